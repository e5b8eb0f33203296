"""The home: its lock, its secrets, the folder of its sockets, and the sentences of what can be wrong with it."""

import base64
import errno
import os
import stat
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from exchange.embedded import home as home_module
from exchange.embedded.failure import StartError
from exchange.embedded.home import Home, HomeLock, load_secrets, make_run_directory, remove_run_directory, unwritable
from exchange.embedded.users import ServiceUser

HOLD_LOCK = """
import sys
from pathlib import Path
from exchange.embedded.home import Home, HomeLock
HomeLock(Home(Path(sys.argv[1]))).acquire("up")
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.create()
    return made


@pytest.fixture
def me() -> ServiceUser:
    return ServiceUser(os.geteuid(), os.getegid())


def test_the_lock_names_its_holder(home: Home) -> None:
    first, second = HomeLock(home), HomeLock(home)
    first.acquire("up")
    with pytest.raises(StartError, match=rf"already running \(pid {os.getpid()}, \./bourse up\)"):
        second.acquire("up")
    assert second.is_held()
    first.release()
    assert not second.is_held()
    second.acquire("manage")
    second.release()


def test_the_lock_of_a_dead_holder_is_free(home: Home) -> None:
    subprocess.run([sys.executable, "-c", HOLD_LOCK, str(home.root)], check=True)
    lock = HomeLock(home)
    lock.acquire("up")
    lock.release()


def test_secrets_are_made_once_and_only_their_owner_reads_them(home: Home) -> None:
    made = load_secrets(home)
    assert load_secrets(home) == made
    assert stat.S_IMODE(home.secrets_file.stat().st_mode) == 0o600
    key_id, _, key = made["field_encryption_keys"].partition(":")
    assert key_id == "k1"
    assert len(base64.b64decode(key)) == 32
    assert len(set(made.values())) == len(made)


def test_secrets_that_others_could_read_are_closed(home: Home) -> None:
    load_secrets(home)
    home.secrets_file.chmod(0o644)
    load_secrets(home)
    assert stat.S_IMODE(home.secrets_file.stat().st_mode) == 0o600


def test_lost_secrets_of_existing_books_are_not_made_anew(home: Home) -> None:
    data = home.postgres / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("18")
    with pytest.raises(StartError, match=r"secrets\.json is missing"):
        load_secrets(home)
    assert not home.secrets_file.exists()


def test_a_full_disk_is_a_sentence(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(home_module.shutil, "disk_usage", lambda path: usage(10, 10, 0))
    with pytest.raises(StartError, match="is full: 0 MB are free"):
        home.create()


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "No space is left"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "cannot be written"),
        (errno.ENOTDIR, "cannot be written"),
    ],
)
def test_why_a_folder_cannot_be_written(number: int, sentence: str) -> None:
    assert sentence in str(unwritable(Path("/x"), OSError(number, os.strerror(number))))


def test_a_home_inside_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StartError, match="cannot be written"):
        Home(tmp_path / "file" / "home").create()


def test_sockets_lie_in_the_home_if_the_path_is_short(me: ServiceUser) -> None:
    short = Home(Path("/tmp") / f"bourse-home-{os.getpid()}")
    short.create()
    try:
        assert make_run_directory(short, me) == short.root / "run"
    finally:
        subprocess.run(["rm", "-r", str(short.root)], check=True)


def test_sockets_of_a_deep_home_lie_in_a_short_folder(tmp_path: Path, me: ServiceUser) -> None:
    deep = Home(tmp_path / ("d" * 60) / ("e" * 60))
    deep.create()
    run = make_run_directory(deep, me)
    assert len(str(run / "postgres" / ".s.PGSQL.5432.lock")) < 107
    deep.write_instance(run_directory=str(run))
    again = make_run_directory(deep, me)
    assert not run.exists(), "the folder that a killed run left is removed"
    remove_run_directory(again, deep)
    assert not again.exists()


def test_only_our_own_folders_are_removed(tmp_path: Path, home: Home) -> None:
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    remove_run_directory(foreign, home)
    assert foreign.exists()


def test_fresh_keeps_the_python_environment(home: Home) -> None:
    load_secrets(home)
    (home.postgres / "data").mkdir(parents=True)
    (home.root / "venv").mkdir()
    assert home.has_data
    home.remove_data()
    assert not home.has_data
    assert not home.postgres.exists()
    assert (home.root / "venv").is_dir()


def test_fresh_follows_the_link_to_data_elsewhere(tmp_path: Path, home: Home) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "data").mkdir(parents=True)
    home.postgres.symlink_to(elsewhere)
    home.remove_data()
    assert not elsewhere.exists()
    assert not home.postgres.is_symlink()
