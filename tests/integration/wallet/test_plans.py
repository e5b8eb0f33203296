"""What requests and batches of funds read costs the same however young the tables were when the plans were made."""

import pytest
from django.db import transaction

from storage.bulk import text_array
from storage.connections import database_cursor
from tests.support import funds
from tests.support.exchange import Exchange
from wallet.processor import reading
from wallet.services import operations


@pytest.fixture(autouse=True)
def _young_tables(monkeypatch: pytest.MonkeyPatch, exchange: Exchange) -> None:
    monkeypatch.setattr(operations, "wake_processor", lambda: None)
    funds.open_rail()
    funds.carry_out(funds.deposit("owner", "1.5", tx="abc"))


def plan_of(statement: str, parameters: tuple[object, ...]) -> str:
    rows = database_cursor().execute("EXPLAIN " + statement, parameters).fetchall()
    return "\n".join(row[0] for row in rows)


def test_a_repeated_request_finds_its_first_row_by_its_key() -> None:
    plan = plan_of(operations._FIRST_ROWS, (text_array(["abc", "def"]), "rail:sim"))
    assert "Index" in plan, plan
    assert "Seq Scan" not in plan, plan
    assert "Hash" not in plan, plan


def test_a_batch_finds_what_is_pending_by_keys() -> None:
    with transaction.atomic():
        position = reading.read_position()
        assert position is not None
        plan = plan_of(reading._PENDING, (*position.scan_place, "{}", 500))
    assert "Index" in plan, plan
    assert "Seq Scan" not in plan, plan
    assert "Hash" not in plan, plan


def test_the_session_plans_as_before_after_a_batch() -> None:
    (row,) = database_cursor().execute("SELECT current_setting('enable_seqscan')").fetchall()
    assert row == ("on",)
