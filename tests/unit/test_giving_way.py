"""Which workers let trading go first, and what of them goes back."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db.backends.signals import connection_created

from exchange import giving_way, sessions
from exchange.giving_way import NICENESS, GivingWayStep, give_way
from tests.support.worker_process import eventually


@pytest.mark.parametrize(
    ("queues", "gives_way"),
    [({"funds"}, True), ({"default"}, True), ({"matching"}, False), ({"funds", "default", "matching"}, False)],
)
def test_every_worker_gives_way_that_does_not_trade(queues: set[str], gives_way: bool) -> None:
    worker = SimpleNamespace(
        app=SimpleNamespace(amqp=SimpleNamespace(queues=SimpleNamespace(consume_from=queues))), steps=[]
    )
    assert GivingWayStep(worker).include_if(worker) is gives_way


@pytest.fixture
def own_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Stands for the worker: a process whose priority may be lost."""
    with process("worker") as pid:
        monkeypatch.setattr(giving_way.os, "getpid", lambda: pid)
        yield pid
    connection_created.disconnect(dispatch_uid=giving_way.__name__)


@contextmanager
def process(name: str) -> Iterator[int]:
    """A process of this name that leads a session."""
    sleeping = subprocess.Popen([name, "60"], executable=shutil.which("sleep"), start_new_session=True)
    try:
        # A process has its name a moment after it was started.
        eventually(lambda: giving_way._name(sleeping.pid).startswith(name.encode()))
        yield sleeping.pid
    finally:
        sleeping.kill()
        sleeping.wait()


@contextmanager
def process_in_anothers_session() -> Iterator[int]:
    leader = subprocess.Popen(
        ["sh", "-c", "sleep 60 & echo $!; wait"], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    with leader:
        assert leader.stdout
        try:
            yield int(leader.stdout.readline())
        finally:
            os.killpg(leader.pid, signal.SIGKILL)


def connect(pid: int, host: str) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        raw = SimpleNamespace(info=SimpleNamespace(host=host, backend_pid=pid), fileno=ours.fileno)
        connection_created.send(sender=None, connection=SimpleNamespace(vendor="", connection=raw))


def niceness(pid: int) -> int:
    return os.getpriority(os.PRIO_PROCESS, pid)


def test_it_goes_back_and_takes_no_core_from_others(own_process: int) -> None:
    GivingWayStep(SimpleNamespace(steps=[])).start(SimpleNamespace())
    assert niceness(own_process) == NICENESS
    assert os.sched_getscheduler(own_process) == os.SCHED_BATCH


needs_autogroup = pytest.mark.skipif(
    not Path("/proc/self/autogroup").exists(), reason="this kernel has no groups of sessions (CONFIG_SCHED_AUTOGROUP)"
)


def session_niceness(pid: int) -> int:
    return int(Path(f"/proc/{pid}/autogroup").read_text().rsplit(maxsplit=1)[1])


@needs_autogroup
def test_its_session_goes_back_with_it(own_process: int) -> None:
    give_way()
    assert session_niceness(own_process) == NICENESS


@needs_autogroup
def test_a_session_that_others_are_in_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with process_in_anothers_session() as pid:
        monkeypatch.setattr(giving_way.os, "getpid", lambda: pid)
        give_way()
        assert (niceness(pid), session_niceness(pid)) == (NICENESS, 0)
    connection_created.disconnect(dispatch_uid=giving_way.__name__)


def test_the_kernel_may_ask_for_a_moment_between_two_such_changes(
    own_process: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([BlockingIOError(), BlockingIOError(), None])
    written = []

    def write(path: Path, text: str) -> None:
        if error := next(answers):
            raise error
        written.append((path.parts[2], text))

    monkeypatch.setattr(sessions.Path, "exists", lambda _: True)
    monkeypatch.setattr(sessions.Path, "write_text", write)
    give_way()
    assert written == [(str(own_process), str(NICENESS))]


@pytest.mark.parametrize(
    ("name", "host", "expected"),
    [
        ("postgres: bourse_app bourse [local] idle", "/run/bourse", NICENESS),
        ("postgres: bourse_app bourse [local] idle", "database.example", 0),
        ("something else", "/run/bourse", 0),
    ],
    ids=["its own on this machine", "of another machine", "of another container"],
)
def test_its_server_process_goes_back_with_it(own_process: int, name: str, host: str, expected: int) -> None:
    give_way()
    with process(name) as pid:
        connect(pid, host)
        assert niceness(pid) == expected


def test_what_went_back_further_stays_there(own_process: int) -> None:
    os.setpriority(os.PRIO_PROCESS, own_process, NICENESS + 3)
    give_way()
    assert niceness(own_process) == NICENESS + 3


def test_a_server_process_that_has_ended_is_no_error(own_process: int, monkeypatch: pytest.MonkeyPatch) -> None:
    give_way()
    with process("postgres: gone") as pid:
        pass
    monkeypatch.setattr(giving_way, "_name", lambda _: b"postgres: gone")
    connect(pid, "/run/bourse")
