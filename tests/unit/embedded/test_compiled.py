"""Which machine code holds for which sources."""

import shutil
from pathlib import Path

import pytest

from exchange.compiled import CHECKOUT, LEFT_AS_PYTHON, PACKAGES, digest, is_current, sign, sources
from exchange.embedded.compiling import compiled_folder
from exchange.embedded.home import Home


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(CHECKOUT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_the_cores_are_all_modules_of_their_packages(checkout: Path) -> None:
    names = {str(path) for path in sources(checkout)}
    assert {"kernel/units.py", "matching/engine/book.py", "ledger/core/journal.py", "risk/core/pretrade.py"} <= names
    assert names >= LEFT_AS_PYTHON
    assert not [name for name in names if name.endswith("__init__.py")]


def test_the_same_sources_have_one_name_wherever_they_lie(checkout: Path) -> None:
    assert digest(checkout) == digest(CHECKOUT)


@pytest.mark.parametrize("change", ["a byte more", "another name", "a module more", "a module less"])
def test_any_other_sources_have_another(checkout: Path, change: str) -> None:
    before, book = digest(checkout), checkout / "matching/engine/book.py"
    match change:
        case "a byte more":
            book.write_text(book.read_text() + "\n")
        case "another name":
            book.rename(book.with_name("books.py"))
        case "a module more":
            (checkout / "kernel/more.py").touch()
        case "a module less":
            book.unlink()
    assert digest(checkout) != before


def test_a_folder_holds_for_the_sources_it_was_made_from_alone(checkout: Path, tmp_path: Path) -> None:
    folder = tmp_path / "compiled"
    folder.mkdir()
    assert not is_current(folder, checkout)
    sign(folder, checkout)
    assert is_current(folder, checkout)
    (checkout / "risk/core/fees.py").write_text("")
    assert not is_current(folder, checkout)


def test_the_machine_code_of_other_sources_lies_elsewhere(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BOURSE_COMPILED", raising=False)
    home = Home(tmp_path / "home")
    before = compiled_folder(home, checkout)
    assert before.is_relative_to(home.root)
    (checkout / "risk/core/fees.py").write_text("")
    assert compiled_folder(home, checkout) != before


def test_a_folder_that_is_named_is_used_where_it_holds_and_never_written_to(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = tmp_path / "named"
    named.mkdir()
    sign(named, checkout)
    monkeypatch.setenv("BOURSE_COMPILED", str(named))
    home = Home(tmp_path / "home")
    assert compiled_folder(home, checkout) == named
    (checkout / "risk/core/fees.py").write_text("")
    assert compiled_folder(home, checkout).is_relative_to(home.root)
