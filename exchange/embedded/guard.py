"""Stands before every process that is started: clears what an earlier life left, ties the process to its
parent, gives up root where asked, then becomes the process (exec, same pid).

    python -I -S guard.py [--mark TEXT] [--folder DIR] [--user UID:GID] [--parent PID]
                          [--supervisor yes] [--session own] [--death-signal NUMBER] -- COMMAND ...

- `--mark` goes into the environment of the process and so into that of its children. Whoever still carries it
  is left over from a life whose first process was killed: it gets SIGTERM, half a second later SIGKILL. So a
  killed master never has two generations of children at work.
- `--folder` names the working folder of PostgreSQL or Redis: they overwrite their environment with a title, but
  all their processes live in their data folder. Left-overs there get SIGQUIT, PostgreSQL's immediate exit, three
  seconds later SIGKILL.
- `--session own` makes it the leader of a session: sessions share the cores evenly (see `exchange.sessions`), and a
  program is one of them, not all programs together.
- `--death-signal` is what the kernel sends to the process when its parent dies, however it dies. The parent is
  `--parent`, or the process that was started with `--supervisor yes`.

Standard library only and few imports: this runs before each start.
"""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
MARK_VARIABLE = "BOURSE_PROCESS"
SUPERVISOR_VARIABLE = "BOURSE_SUPERVISOR_PID"
POLL_SECONDS = 0.05
GONE_SECONDS = 10.0


def processes_with_mark(mark: str) -> list[int]:
    """Other processes whose environment carries the mark, zombies excluded (they have no environment)."""
    wanted = f"{MARK_VARIABLE}={mark}".encode()
    return [pid for pid in _other_processes() if wanted in _read(f"/proc/{pid}/environ").split(b"\0")]


def processes_of_home(home: str) -> list[int]:
    """Other processes that were started for this home, whatever their name."""
    wanted = f"{MARK_VARIABLE}={home}|".encode()
    return [
        pid
        for pid in _other_processes()
        if any(variable.startswith(wanted) for variable in _read(f"/proc/{pid}/environ").split(b"\0"))
    ]


def processes_in_folder(folder: str) -> list[int]:
    """Other processes whose working folder is `folder`."""
    real = os.path.realpath(folder)
    return [pid for pid in _other_processes() if _working_folder(pid) == real]


def clear(find: Callable[[], list[int]], first_signal: int, patience_seconds: float) -> int:
    """Signal what `find()` returns until it returns nothing; SIGKILL after the patience. Returns how many."""
    found = find()
    count = len(found)
    started = time.monotonic()
    number = first_signal
    while found and time.monotonic() - started < patience_seconds + GONE_SECONDS:
        for pid in found:
            try:
                os.kill(pid, number)
            except OSError:
                continue
        deadline = time.monotonic() + patience_seconds
        while found and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
            found = find()
        number = signal.SIGKILL
    return count


def tie_to_parent(death_signal: int, parent: int | None) -> None:
    """Have the kernel send `death_signal` when the parent dies; exit when it has died already."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if parent is not None and os.getppid() != parent:
        sys.exit(1)


def lead_session() -> None:
    """Begin a session. Who leads a group of processes may not, as supervisord's child would: so it joins its parent's
    first."""
    if os.getpgrp() == os.getpid():
        os.setpgid(0, os.getpgid(os.getppid()))
    os.setsid()


def _other_processes() -> list[int]:
    own = {os.getpid(), os.getppid()}
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) not in own]


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def _working_folder(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return ""


def main(arguments: list[str]) -> None:
    split = arguments.index("--")
    options = dict(zip(arguments[:split:2], arguments[1:split:2], strict=True))
    command = arguments[split + 1 :]
    mark = options.get("--mark")
    if mark is not None:
        clear(lambda: processes_with_mark(mark), signal.SIGTERM, 0.5)
        os.environ[MARK_VARIABLE] = mark
    parent = options.get("--parent") or os.environ.get(SUPERVISOR_VARIABLE)
    if "--supervisor" in options:
        os.environ[SUPERVISOR_VARIABLE] = str(os.getpid())
    if "--session" in options:
        lead_session()
    if "--user" in options:
        uid, gid = (int(part) for part in options["--user"].split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    folder = options.get("--folder")
    if folder is not None:
        # As the process's own user: root without CAP_SYS_PTRACE (a container) cannot see others' folders.
        os.chdir(folder)
        clear(lambda: processes_in_folder(folder), signal.SIGQUIT, 3.0)
    # After setuid: a change of credentials clears the death signal.
    if "--death-signal" in options:
        tie_to_parent(int(options["--death-signal"]), int(parent) if parent else None)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
