"""Sentences instead of tracebacks: ports, modules, packages, commands."""

import importlib.util
import socket
from pathlib import Path
from typing import Any

import pytest

from exchange.embedded import cli, commands, ports, virtualenv
from exchange.embedded.failure import StartError, tail


def test_a_taken_port_names_the_option() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=rf"Port {port} on 127\.0\.0\.1 is taken.*--stream-port"):
            ports.require_free("127.0.0.1", port, option="--stream-port")
    ports.require_free("127.0.0.1", port, option="--port")


def test_an_unknown_address_is_a_sentence() -> None:
    with pytest.raises(StartError, match="not known on this machine"):
        ports.require_free("no-such-host.invalid", 8000, option="--port")


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_missing_venv_module_says_what_to_install(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec

    def find_spec(name: str, *arguments: Any) -> Any:
        return None if name == missing else real(name, *arguments)

    monkeypatch.setattr(virtualenv.importlib.util, "find_spec", find_spec)
    with pytest.raises(StartError, match=r"apt install python3\.\d+-venv"):
        virtualenv.require_venv_module()


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", "8000.5", ""])
def test_what_is_not_a_port(text: str) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.parser().parse_args(["up", "--port", text])
    assert stop.value.code == 2


def test_the_log_of_a_failure_is_shown(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_text("\n".join(f"line {number}" for number in range(100)) + "\n\n")
    assert tail(log, 2) == ["line 98", "line 99"]
    shown = str(StartError("The process 'web' keeps dying.", log=log))
    assert shown.startswith("The process 'web' keeps dying.")
    assert str(log) in shown
    assert "line 99" in shown
    assert "line 10\n" not in shown


def test_a_traceback_in_a_log_is_shortened_to_what_it_says(tmp_path: Path) -> None:
    log = tmp_path / "migrate.log"
    log.write_text('Traceback (most recent call last):\n  File "a.py", line 1, in b\n    c()\nValueError: no honesty\n')
    shown = str(StartError("It failed.", log=log))
    assert "ValueError: no honesty" in shown
    assert "Traceback" not in shown
    assert "a.py" not in shown


def test_an_absent_log_is_no_second_failure(tmp_path: Path) -> None:
    assert "is empty" in str(StartError("It failed.", log=tmp_path / "absent.log"))


def test_a_benchmark_says_without_being_imported_that_it_needs_no_services(tmp_path: Path) -> None:
    module = tmp_path / "pure.py"
    module.write_text('"""Pure."""\nimport nothing_like_this\nNEEDS_SERVICES = False\n')
    assert not commands.needs_services(module)
    module.write_text("NEEDS_SERVICES: bool = True\n")
    assert commands.needs_services(module)
    module.write_text("")
    assert commands.needs_services(module)


def test_logins_are_shown_in_columns() -> None:
    rows = [
        {"username": "alice", "password": "x", "is_staff": False},
        {"username": "bo", "password": "y", "is_staff": True},
    ]
    assert commands.login_lines({"users": rows}) == ["alice  x", "bo     y  is_staff"]
    assert commands.login_lines(rows) == commands.login_lines({"users": rows})
    assert commands.login_lines({}) == []
