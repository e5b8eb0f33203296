"""Compile the pure cores: `python -m exchange.compile FOLDER`. Needs a C compiler and Python's headers.

mypyc reads the same types that mypy checks. The folder appears in one step when all is done, so nobody ever finds half
of it.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from exchange.compiled import CHECKOUT, LEFT_AS_PYTHON, is_current, sign, sources
from exchange.sessions import hold_back_session

OPTIMISATION = "1"
"""gcc's level. 2 takes half as long again to compile and saves one per cent of the instructions."""

_BUILDING = ".building-"
_ABANDONED_SECONDS = 3600
_MYPY_OPTIONS = "[mypy]\npython_version = 3.11\nignore_missing_imports = True\n"


def compile_cores(target: Path, checkout: Path = CHECKOUT) -> None:
    """Make `target`, unless it is there and current. Raises what the compilers raise."""
    if is_current(target, checkout):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    _clear_abandoned(target.parent)
    building = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=target.parent))
    try:
        _copy_sources(checkout, building / "sources")
        _compile(building / "sources", building / "built")
        sign(building / "built", checkout)
        if not is_current(target, checkout):
            shutil.rmtree(target, ignore_errors=True)
            (building / "built").rename(target)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _clear_abandoned(folder: Path) -> None:
    """Delete what compilers have left that were killed."""
    for old in folder.glob(f"{_BUILDING}*"):
        if time.time() - old.stat().st_mtime > _ABANDONED_SECONDS:
            shutil.rmtree(old, ignore_errors=True)


def _copy_sources(checkout: Path, folder: Path) -> None:
    """The cores alone, and the packages they lie in: the compiler meets nothing of Django."""
    for path in sources(checkout):
        for parent in (folder / path).parents:
            if parent == folder:
                break
            parent.mkdir(parents=True, exist_ok=True)
            (parent / "__init__.py").touch()
        shutil.copyfile(checkout / path, folder / path)
    (folder / "mypy.ini").write_text(_MYPY_OPTIONS)


def _compile(folder: Path, target: Path) -> None:
    from mypyc.build import mypycify
    from setuptools import setup

    os.chdir(folder)
    modules = [path for path in map(str, sources(folder)) if path not in LEFT_AS_PYTHON]
    extensions = mypycify(["--config-file=mypy.ini", *modules], opt_level=OPTIMISATION, debug_level="0")
    arguments = ["build_ext", "--build-lib", str(target), "--build-temp", str(folder / "objects")]
    setup(name="bourse-cores", ext_modules=extensions, script_args=arguments)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m exchange.compile", description="Compile the pure cores.")
    parser.add_argument("folder", type=Path, help="where the machine code is to lie; BOURSE_COMPILED names it later")
    parser.add_argument("--nice", type=int, default=0, help="give way to other processes, up to 19")
    options = parser.parse_args()
    if os.nice(options.nice):
        with suppress(OSError):
            hold_back_session(os.getpid())
    compile_cores(options.folder.absolute())
    print(f"compiled into {options.folder}", file=sys.stderr)


if __name__ == "__main__":
    main()
