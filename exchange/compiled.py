"""The pure cores as machine code: the same sources, compiled by mypyc, where somebody has compiled them.

`python -m exchange.compile FOLDER` (exchange/compile.py) makes such a folder, and BOURSE_COMPILED names it. It holds
for the very sources it was made from, and for the kind of Python that it was made with: whenever one byte differs, or
nothing is there, the cores run as Python. What they do is the same either way, only the time it takes is not.

Imports nothing but the standard library: it runs before anything else of a process.
"""

import hashlib
import os
import sys
import sysconfig
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

CHECKOUT = Path(__file__).resolve().parent.parent
VARIABLE = "BOURSE_COMPILED"
PACKAGES = ("kernel", "ledger/core", "matching/engine", "risk/core")
"""All modules of these folders, without those of folders below them. A package itself (`__init__`) stays Python."""

LEFT_AS_PYTHON = frozenset({"kernel/errors.py", "ledger/core/errors.py"})
"""Classes that are compiled keep no attributes for subclasses that are not, and no docstrings: errors need both."""

REVISION = 1
"""Grows when the same sources are to be compiled in another way."""

_STAMP = "sources.sha256"
_SUFFIX = EXTENSION_SUFFIXES[0]


def sources(checkout: Path = CHECKOUT) -> list[Path]:
    """The files of the cores, relative to the checkout, in one order everywhere."""
    folders = [checkout / package for package in PACKAGES]
    files = [path for folder in folders for path in folder.glob("*.py") if path.name != "__init__.py"]
    return sorted(path.relative_to(checkout) for path in files)


def digest(checkout: Path = CHECKOUT) -> str:
    """Names the machine code of these sources for this Python."""
    hashed = hashlib.sha256(f"{REVISION} {sys.implementation.cache_tag} {sysconfig.get_platform()}".encode())
    for path in sources(checkout):
        content = (checkout / path).read_bytes()
        hashed.update(f"{path}\0{len(content)}\0".encode() + content)
    return hashed.hexdigest()


def is_current(folder: Path, checkout: Path = CHECKOUT) -> bool:
    """Was the folder made, to its end, from the sources as they are?"""
    try:
        return (folder / _STAMP).read_text() == digest(checkout)
    except OSError:
        return False


def sign(folder: Path, checkout: Path) -> None:
    """Say of a complete folder what it was made from."""
    (folder / _STAMP).write_text(digest(checkout))


class _Finder(MetaPathFinder):
    """Finds machine code for modules that have it; all others are none of its business."""

    def __init__(self, folder: Path) -> None:
        paths = folder.rglob(f"*{_SUFFIX}")
        self._files = {str(path.relative_to(folder)).removesuffix(_SUFFIX).replace(os.sep, "."): path for path in paths}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        file = self._files.get(fullname)
        return None if file is None else spec_from_file_location(fullname, file)


def prefer_compiled() -> None:
    """From now on the cores are imported as machine code, if BOURSE_COMPILED names a folder that holds for them."""
    named = os.environ.get(VARIABLE)
    if named and not _is_preferred() and is_current(Path(named)):
        sys.meta_path.insert(0, _Finder(Path(named)))


def cores_run_as() -> str:
    """What the cores are in this process, for logs and measurements: "machine code" or "Python"."""
    return "machine code" if _is_preferred() else "Python"


def _is_preferred() -> bool:
    return any(isinstance(finder, _Finder) for finder in sys.meta_path)
