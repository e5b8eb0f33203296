"""`./bourse up` for real: first start, kills, stop, second start, neighbours, and the ways it refuses."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.instance import CHECKOUT, STOP_SECONDS, Instance, end, open_to_others, wait_for

WHO_AM_I = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT current_user")
    print(cursor.fetchone()[0])
"""
PRODUCT = ("bourse", "manage.py", "requirements.txt")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder that the database's user can reach when root runs the tests."""
    open_to_others(tmp_path)
    return tmp_path / "home"


@pytest.fixture
def instance(home: Path) -> Iterator[Instance]:
    made = Instance(home)
    yield made
    end(made)


def assert_refused(result: "subprocess.CompletedProcess[str]", sentence: str) -> None:
    assert result.returncode != 0
    assert re.search(sentence, result.stderr), result.stderr
    assert "Traceback" not in result.stdout + result.stderr


def test_a_life_of_an_instance(instance: Instance) -> None:
    """First start, use by other commands, kill -9 of each process, stop, second start with the same data."""
    first = instance.start()
    assert instance.answers()
    assert instance.says("Demo logins")
    assert instance.says(f"http://127.0.0.1:{instance.port}/")

    assert_refused(instance.run("up"), rf"already running \(pid {instance.process.pid if instance.process else 0}")
    marked = instance.run(
        "manage", "shell", "-c", "from django.contrib.auth.models import Group as G; G(name='mark').save()"
    )
    assert marked.returncode == 0, marked.stderr

    for name in ("postgres", "redis", "matching", "web"):
        before = instance.pid_of(name)
        assert before, name
        os.kill(before, signal.SIGKILL)
        wait_for(lambda name=name, before=before: instance.pid_of(name) not in (0, before))  # type: ignore[misc]
        wait_for(instance.answers)
        wait_for(lambda name=name: instance.says(f"{name} ended unexpectedly"))  # type: ignore[misc]

    secrets = (instance.home / "secrets.json").read_bytes()
    assert instance.stop() == 0
    assert instance.leftovers() == []
    assert "Traceback" not in instance.output.read_text()

    second = instance.start()
    assert (instance.home / "secrets.json").read_bytes() == secrets
    found = instance.run(
        "manage",
        "shell",
        "-v0",
        "-c",
        "from django.contrib.auth.models import Group as G; print(G.objects.get(name='mark'))",
    )
    assert found.stdout.strip() == "mark", found.stderr
    assert instance.stop(signal.SIGINT) == 0
    print(f"first start {first:.1f} s, second {second:.1f} s")


def test_two_instances_and_a_killed_script(instance: Instance, home: Path, fill_home: Callable[[Path], None]) -> None:
    """Neighbours with homes of their own; a kill -9 of one ./bourse takes its processes along and nobody else's."""
    neighbour = Instance(home.with_name("neighbour"))
    for each in (instance, neighbour):
        fill_home(each.home)
    try:
        instance.start()
        neighbour.start()
        assert instance.answers()
        assert neighbour.answers()
        assert instance.process is not None
        instance.process.kill()
        instance.process.wait()
        wait_for(lambda: instance.leftovers() == [], STOP_SECONDS)
        assert neighbour.answers()
        instance.start()
        assert instance.answers()
    finally:
        end(neighbour)


@pytest.fixture
def copy(home: Path) -> Path:
    """The product in a folder of its own, to be damaged."""
    folder = home.with_name("checkout")
    folder.mkdir()
    for name in PRODUCT:
        shutil.copy(CHECKOUT / name, folder / name)
    for init in CHECKOUT.glob("*/__init__.py"):
        if init.parent.name != "tests":
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(init.parent, folder / init.parent.name, ignore=ignored)
    if (CHECKOUT / "templates").is_dir():
        shutil.copytree(CHECKOUT / "templates", folder / "templates")
    return folder


def test_a_process_that_keeps_dying_ends_everything(home: Path, copy: Path) -> None:
    (copy / "exchange" / "asgi.py").write_text('raise SystemExit("these streams cannot start")\n')
    damaged = Instance(home, checkout=copy)
    result = damaged.run(*damaged.arguments())
    assert_refused(result, "The process 'streams' (keeps dying|does not start)")
    assert "these streams cannot start" in result.stderr
    assert str(home / "log" / "streams.log") in result.stderr
    assert damaged.leftovers() == []


def test_a_failing_migration_shows_its_log(home: Path, copy: Path) -> None:
    (copy / "manage.py").write_text('raise SystemExit("no such column: honesty")\n')
    damaged = Instance(home, checkout=copy)
    result = damaged.run(*damaged.arguments())
    assert_refused(result, "'migrating the database' failed")
    assert "no such column: honesty" in result.stderr
    assert damaged.leftovers() == []


def test_a_package_that_does_not_exist_shows_the_end_of_pips_log(home: Path, copy: Path) -> None:
    (copy / "requirements.txt").write_text("a-package-that-is-nowhere-to-be-found==1.0\n")
    nothing = copy / "nothing"
    nothing.mkdir()
    result = Instance(home, checkout=copy).run(
        "up", BOURSE_VENV=str(home / "venv"), PIP_NO_INDEX="1", PIP_FIND_LINKS=str(nothing), PIP_CONFIG_FILE=os.devnull
    )
    assert_refused(result, "could not be installed")
    assert "a-package-that-is-nowhere-to-be-found" in result.stderr


def test_a_taken_port(instance: Instance) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", instance.port))
        taken.listen()
        assert_refused(instance.run(*instance.arguments()), f"Port {instance.port} on 127.0.0.1 is taken")
    assert not (instance.home / "postgres").exists()


def test_a_home_that_cannot_be_written(home: Path) -> None:
    blocked = home.with_name("file")
    blocked.write_text("")
    assert_refused(Instance(blocked / "home").run("up"), "cannot be written")


def test_fresh_deletes_only_after_a_yes(instance: Instance) -> None:
    home = instance.home
    home.mkdir()
    (home / "secrets.json").write_text(json.dumps({"app_password": "kept"}))
    assert_refused(instance.run(*instance.arguments(), "--fresh"), "Say so with --yes")
    assert "kept" in (home / "secrets.json").read_text()
    named = instance.run(*instance.arguments(), "--fresh", "--yes", DATABASE_URL="postgresql://app@db/bourse")
    assert_refused(named, "only the embedded database")


@pytest.mark.parametrize("command", ["", "up", "test", "bench", "replay", "backup", "restore", "manage"])
def test_help_is_for_newcomers(instance: Instance, command: str) -> None:
    shown = instance.run(*command.split(), "--help")
    assert shown.returncode == 0, shown.stderr
    assert f"usage: ./bourse {command}".strip() in shown.stdout
    assert not instance.home.exists()


@pytest.mark.parametrize(
    "arguments", [[], ["uo"], ["up", "--port", "0"], ["up", "--port", "8001"], ["bench", "nothing"]]
)
def test_what_is_misspelt_is_said(instance: Instance, arguments: list[str]) -> None:
    result = instance.run(*arguments)
    assert result.returncode != 0
    assert result.stderr
    assert "Traceback" not in result.stderr


def test_manage_starts_what_it_needs_for_the_duration(instance: Instance) -> None:
    result = instance.run("manage", "shell", "-v0", "-c", WHO_AM_I)
    assert result.stdout.strip() == "bourse_app", result.stderr
    assert instance.leftovers() == []
