"""guard.py: what an earlier life left is ended, and nobody else; a process dies with its parent."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from exchange.embedded.guard import clear, processes_in_folder, processes_of_home, processes_with_mark
from exchange.embedded.supervise import guarded

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(600)",
]


def start(command: list[str], **options: str | int) -> "subprocess.Popen[str]":
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)  # type: ignore[call-overload]
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def test_a_new_life_ends_what_the_old_one_left_and_nothing_else(tmp_path: Path) -> None:
    old = start(guarded(SLEEP, mark=f"{tmp_path}|web"))
    other = start(guarded(SLEEP, mark=f"{tmp_path}|streams"))
    new = start(guarded(SLEEP, mark=f"{tmp_path}|web"))
    assert old.wait(60) == -signal.SIGTERM
    assert other.poll() is None
    assert new.poll() is None
    assert sorted(processes_of_home(str(tmp_path))) == sorted([other.pid, new.pid])
    for process in (other, new):
        process.kill()
        process.wait()


def test_who_does_not_go_is_killed(tmp_path: Path) -> None:
    stubborn = start(guarded(STUBBORN, mark=f"{tmp_path}|web"))
    assert clear(lambda: processes_with_mark(f"{tmp_path}|web"), signal.SIGTERM, 0.2) == 1
    assert stubborn.wait(60) == -signal.SIGKILL


def test_a_mark_is_compared_as_a_whole(tmp_path: Path) -> None:
    process = start(guarded(SLEEP, mark=f"{tmp_path}|web"))
    assert processes_with_mark(f"{tmp_path}|we") == []
    assert processes_of_home(f"{tmp_path}x") == []
    process.kill()
    process.wait()


def test_left_overs_in_a_folder_are_found(tmp_path: Path) -> None:
    process = start(SLEEP, cwd=str(tmp_path))
    assert processes_in_folder(str(tmp_path)) == [process.pid]
    clear(lambda: processes_in_folder(str(tmp_path)), signal.SIGTERM, 60.0)
    assert process.wait(60) == -signal.SIGTERM


def test_a_process_dies_with_its_parent(tmp_path: Path) -> None:
    parent_code = (
        "import subprocess, sys, time\n"
        "from exchange.embedded.supervise import guarded\n"
        f"child = subprocess.Popen(guarded({SLEEP!r}, mark={f'{tmp_path}|web'!r}), stdout=subprocess.PIPE)\n"
        "child.stdout.readline(); print('up', flush=True); time.sleep(600)"
    )
    parent = start([sys.executable, "-c", parent_code])
    assert len(processes_of_home(str(tmp_path))) == 1
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 60
    while processes_of_home(str(tmp_path)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert processes_of_home(str(tmp_path)) == []


def test_nothing_starts_for_a_parent_that_is_gone(tmp_path: Path) -> None:
    command = guarded(["/bin/true"])
    command[command.index("--parent") + 1] = str(os.getpid() + 100_000)
    assert subprocess.run(command, check=False).returncode == 1


def test_a_program_of_the_supervisor_leads_a_session(tmp_path: Path) -> None:
    # supervisord's children lead a group of processes, as this one does before it runs.
    process = start(guarded(SLEEP, mark=f"{tmp_path}|web", is_supervised=True), process_group=0)
    assert os.getsid(process.pid) == os.getpgid(process.pid) == process.pid
    process.kill()
    process.wait()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_root_is_given_up() -> None:
    command = guarded(["/usr/bin/id", "-u"], user=(65534, 65534))
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "65534\n"
