"""The list of addresses nobody may be paid at: what is a hit, and what makes a list no answer at all."""

from pathlib import Path

import pytest
from pytest_django import Settings

from wallet.services.screening import ListFileProvider, ListUnreadable, ScreeningResult

ADDRESS = "bc1qaddress"
NOT_LISTED = ScreeningResult(is_hit=False)


def screened(settings: Settings, path: Path, content: str | bytes) -> ScreeningResult:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    settings.SCREENING_LIST = str(path)
    return ListFileProvider().screen(network="BTC", address=ADDRESS, tag="")


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        ("bc1qaddress", "on the list"),
        ("# ours\n\n  BC1QADDRESS # a mixer", "a mixer"),
        ("other\nbtc bc1qaddress# stolen", "stolen"),
        ("\ufeffbc1qaddress # the first line of a file from an editor with a mark", "the first line of a"),
        ("bc1qaddress mixer", "on the list"),
        ("bc1qaddress # first\nbtc bc1qaddress # second", "first"),
    ],
)
def test_a_listed_address_is_a_hit(settings: Settings, tmp_path: Path, content: str, detail: str) -> None:
    found = screened(settings, tmp_path / "list.txt", content)
    assert found.is_hit
    assert found.detail.startswith(detail)


@pytest.mark.parametrize("content", ["", "# bc1qaddress", "bc1qaddress2", "eth bc1qaddress", "x # bc1qaddress"])
def test_any_other_is_not(settings: Settings, tmp_path: Path, content: str) -> None:
    assert screened(settings, tmp_path / "list.txt", content) == NOT_LISTED


@pytest.mark.parametrize(
    "line", ["bc1qaddress Some Name", "DE89 3704 0044 0532 0130 00", "btc bc1qaddress mixer", "a b c # note"]
)
@pytest.mark.parametrize("before", ["", "bc1qaddress\n", "# a list\nother\n"])
def test_a_list_that_is_not_understood_is_no_answer(settings: Settings, tmp_path: Path, before: str, line: str) -> None:
    with pytest.raises(ListUnreadable, match=f"line {before.count(chr(10)) + 1}$"):
        screened(settings, tmp_path / "list.txt", before + line)


def test_a_list_in_another_encoding_is_no_answer(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(UnicodeDecodeError):
        screened(settings, tmp_path / "list.txt", "bc1qaddress # Süd".encode("utf-16"))


def test_without_a_list_nothing_is_on_it(settings: Settings) -> None:
    settings.SCREENING_LIST = ""
    assert ListFileProvider().screen(network="BTC", address=ADDRESS, tag="") == NOT_LISTED
