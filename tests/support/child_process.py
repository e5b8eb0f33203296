"""Processes of tests, forked from one that has loaded Django: loading it anew took each of them over a second.

They are processes like any other: with connections of their own, to be stopped and killed. Only a test that changes
the environment beyond their database and failpoint gets one that starts from nothing.
"""

import multiprocessing
import os
import subprocess
import sys
from importlib import import_module
from multiprocessing.process import BaseProcess
from signal import SIGKILL, Signals
from urllib.parse import urlsplit

from tests.support import databases

_OWN = {"PYTEST_CURRENT_TEST"}
_environment = {name: value for name, value in os.environ.items() if name not in _OWN}
_server = multiprocessing.get_context("forkserver")
_server.set_forkserver_preload(["tests.support.loaded"])


class ForkedProcess:
    """`module.main(*arguments)` in a process of its own, with the part of Popen's interface that tests use."""

    def __init__(self, module: str, arguments: list[str], changes: dict[str, str]) -> None:
        self._process: BaseProcess = _server.Process(target=_run, args=(module, arguments, changes), daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return self._process.exitcode

    def send_signal(self, number: Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(SIGKILL)


def start(
    module: str, *arguments: str, database: str, failpoint: str = ""
) -> "ForkedProcess | subprocess.Popen[bytes]":
    """Run `module.main` on that database. It says nothing; its exit code is minus the signal where one ended it."""
    changes = {"DATABASE_URL": databases.app_url(database), "BOURSE_FAILPOINT": failpoint}
    if {name: value for name, value in os.environ.items() if name not in _OWN} == _environment:
        return ForkedProcess(module, list(arguments), changes)
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=databases.ROOT,
        env=os.environ | changes | {"DJANGO_SETTINGS_MODULE": "exchange.settings"},
        stderr=subprocess.DEVNULL,
    )


def _run(module: str, arguments: list[str], changes: dict[str, str]) -> None:
    """In the new process. The settings were read before it was forked: its database is named to them here."""
    from django.db import connections

    os.environ.update(changes)
    connections.databases["default"]["NAME"] = urlsplit(changes["DATABASE_URL"]).path.lstrip("/")
    sys.argv = [module, *arguments]
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    import_module(module).main()
