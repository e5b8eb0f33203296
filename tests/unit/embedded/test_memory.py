"""Runs that keep nothing lie in memory where there is room for them, and on the disk everywhere else."""

from pathlib import Path

import pytest

from exchange.embedded import memory
from exchange.embedded.commands import temporary_home
from exchange.embedded.home import Home
from exchange.embedded.memory import memory_folder
from exchange.embedded.postgres import Postgres
from exchange.embedded.users import ServiceUser


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands for the folder of the machine's memory; there is room for anything."""
    folder = tmp_path / "shm"
    folder.mkdir()
    monkeypatch.setattr(memory, "MEMORY", folder)
    monkeypatch.setattr(memory, "ROOM_BYTES", 0)
    return folder


def test_a_temporary_home_lies_in_memory_and_leaves_nothing(shared: Path, tmp_path: Path) -> None:
    with temporary_home(Home(tmp_path / "home"), "test", in_memory=True) as own:
        assert own.root.is_relative_to(shared)
    assert not own.root.exists()


def test_without_room_it_lies_on_the_disk(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "ROOM_BYTES", 2**60)
    with temporary_home(Home(tmp_path / "home"), "test", in_memory=True) as own:
        assert own.root.is_relative_to(tmp_path / "home")
    assert list(shared.iterdir()) == []


def test_without_such_a_folder_there_is_none(shared: Path) -> None:
    shared.rmdir()
    assert memory_folder("test") is None


def test_a_folder_that_another_has_put_there_is_not_used(shared: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.mkdir()
    folder = memory_folder("test")
    assert folder is not None
    folder.rmdir()
    folder.symlink_to(trap)
    assert memory_folder("test") is None


@pytest.mark.parametrize(("is_thrown_away", "fsync"), [(False, "fsync=on"), (True, "fsync=off")])
def test_only_data_that_is_thrown_away_does_not_wait_for_the_disk(
    tmp_path: Path, is_thrown_away: bool, fsync: str
) -> None:
    server = Postgres(Home(tmp_path), ServiceUser.choose(), tmp_path, tmp_path, is_thrown_away)
    settings = server.command()
    assert fsync in settings
    assert "synchronous_commit=on" in settings
