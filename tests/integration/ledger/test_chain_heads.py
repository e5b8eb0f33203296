"""Signed chain heads: whoever rewrites history, chain and all, is found out by a file outside the database."""

from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from ledger.heads import sign_heads, signed_heads_check
from ledger.models import Writer
from tests.support.cast import FUNDS_WRITER
from tests.support.databases import owner_url
from tests.support.exchange import Exchange

NOW = datetime(2026, 1, 20, 14, 25, tzinfo=UTC)


@pytest.fixture(autouse=True)
def heads(settings: object, tmp_path: Path) -> Path:
    settings.CHAIN_HEADS_DIR = tmp_path / "heads"  # type: ignore[attr-defined]
    return tmp_path / "heads" / "2026-01.jsonl"


def test_a_head_is_signed_once_and_again_when_the_chain_has_grown(exchange: Exchange, heads: Path) -> None:
    assert sign_heads(at=NOW) == 1
    assert sign_heads(at=NOW) == 0
    exchange.place("owner", "BUY", "50000", "1")
    exchange.run()
    assert sign_heads(at=NOW) == 1
    assert len(heads.read_text().splitlines()) == 2
    assert list(signed_heads_check()()) == []


def test_half_a_line_left_by_a_crash_is_passed_over(exchange: Exchange, heads: Path) -> None:
    sign_heads(at=NOW)
    heads.write_text(heads.read_text() * 2 + '{"writer": 1, "sequ')
    exchange.place("owner", "BUY", "50000", "1")
    exchange.run()
    assert sign_heads(at=NOW) == 1
    assert list(signed_heads_check()()) == []


def test_a_rewritten_chain_is_found(exchange: Exchange) -> None:
    sign_heads(at=NOW)
    last = Writer.objects.get(pk=FUNDS_WRITER).last_sequence
    with psycopg.connect(owner_url(exchange.database)) as owner:
        owner.execute("UPDATE ledger_chainlink SET hash = '\\x00' WHERE last_sequence = %s", [last])
    assert list(signed_heads_check()()) == [
        f"writer {FUNDS_WRITER} had another chain at entry {last}: history was rewritten"
    ]


def test_a_database_that_lost_entries_is_found(exchange: Exchange) -> None:
    sign_heads(at=NOW)
    with psycopg.connect(owner_url(exchange.database)) as owner:
        owner.execute("DELETE FROM ledger_chainlink")
    assert "the database has no such link" in next(iter(signed_heads_check()()))


def test_a_forged_line_is_found(exchange: Exchange, heads: Path) -> None:
    sign_heads(at=NOW)
    heads.write_text(heads.read_text().replace('"sequence": 9', '"sequence": 8'))
    assert list(signed_heads_check()()) == [f"2026-01.jsonl: the head of writer {FUNDS_WRITER} has a wrong signature"]


def test_a_head_signed_after_the_snapshot_is_not_held_against_it(exchange: Exchange) -> None:
    sign_heads(at=NOW)
    check = signed_heads_check()
    with psycopg.connect(owner_url(exchange.database)) as owner:
        exchange.place("owner", "BUY", "50000", "1")
        exchange.run()
        sign_heads(at=NOW)
        # A snapshot of before would not have the new link; here it is taken away.
        owner.execute("DELETE FROM ledger_chainlink WHERE writer_id <> %s", [FUNDS_WRITER])
    assert list(check()) == []
    assert "the database has no such link" in next(iter(signed_heads_check()()))


@pytest.mark.parametrize(
    "line", ["x}", "{}", '{"a": {}}', "[{}", '{"writer": "\\u0000", "sequence": {}}', "\udcff}", "[" * 99_999 + "}"]
)
def test_a_line_that_is_no_head_is_found_and_keeps_no_other_from_being_signed(
    exchange: Exchange, heads: Path, line: str
) -> None:
    sign_heads(at=NOW)
    with heads.open("a", errors="surrogateescape") as handle:
        handle.write(line + "\n")
    exchange.place("owner", "BUY", "50000", "1")
    exchange.run()
    assert sign_heads(at=NOW) == 1
    assert list(signed_heads_check()()) == ["2026-01.jsonl: line 2 is no signed head"]
    assert sign_heads(at=NOW) == 0
