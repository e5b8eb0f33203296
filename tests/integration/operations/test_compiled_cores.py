"""The cores as machine code and as Python are one program."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from exchange.compiled import CHECKOUT, VARIABLE, is_current

APPLY_A_FLOW = """
import hashlib, json, bench
from bench.flow import FULL_MIX, RULES, commands
from exchange.compiled import cores_run_as
from matching.engine import book as module
from matching.engine.book import Book

book, told = Book(1, RULES), hashlib.sha256()
for at_us, command in enumerate(commands(6_000, 7, FULL_MIX), start=1):
    mark = book.mark()
    if at_us % 5 == 0:
        book.apply(command, at_us, lambda need: True)
        book.undo(mark)
    told.update(repr(book.apply(command, at_us, lambda need: need % 7 != 0)).encode())
    if at_us % 500 == 0:
        book.check_invariants()
        book.forget_undo()
print(json.dumps([cores_run_as(), module.__file__, told.hexdigest(), book.event_hash.hex(), book.state_hash().hex()]))
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Machine code of the sources as they are."""
    named = Path(os.environ.get(VARIABLE) or tmp_path_factory.mktemp("compiled") / "cores")
    if not is_current(named):
        if shutil.which("gcc") is None:
            pytest.skip("there is no C compiler on this machine: apt install gcc python3-dev")
        subprocess.run([sys.executable, "-m", "exchange.compile", str(named)], cwd=CHECKOUT, check=True)
    return named


def ask(program: str, folder: Path | str) -> Any:
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=CHECKOUT,
        env={**os.environ, VARIABLE: str(folder)},
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(result.stdout)


def test_both_tell_the_same_of_the_same_commands_and_end_in_the_same_state(compiled: Path) -> None:
    as_machine_code, as_python = ask(APPLY_A_FLOW, compiled), ask(APPLY_A_FLOW, "")
    assert as_machine_code[0] == "machine code"
    assert as_machine_code[1].startswith(str(compiled))
    assert as_python[:2] == ["Python", str(CHECKOUT / "matching/engine/book.py")]
    assert as_machine_code[2:] == as_python[2:]


def test_machine_code_of_other_sources_is_not_used(compiled: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(compiled, other)
    (other / "sources.sha256").write_text("of another version")
    assert ask("import json, exchange.compiled as c; print(json.dumps(c.cores_run_as()))", other) == "Python"


def test_a_second_compiler_leaves_what_is_there(compiled: Path) -> None:
    before = {path: path.stat().st_ino for path in compiled.rglob("*") if path.is_file()}
    subprocess.run([sys.executable, "-m", "exchange.compile", str(compiled)], cwd=CHECKOUT, check=True)
    assert {path: path.stat().st_ino for path in compiled.rglob("*") if path.is_file()} == before
