"""What becomes of one's money is told on the private stream, with numbers of the funds writer's own."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.integration.streams.conftest import Stage
from tests.support import funds
from tests.support.streams_process import StreamClient
from wallet.announcing import COUNT_KEY, announce_progress
from wallet.notices import tell_user
from wallet.processor import processor

WRITER = "funds"


def test_a_deposit_is_told_with_the_balance_it_leads_to(stage: Stage, clients: Callable[..., StreamClient]) -> None:
    funds.open_rail()
    client, outsider = clients("owner"), clients("outsider")
    snapshot = client.ask("subscribe")
    outsider.ask("subscribe")
    start = snapshot["sequences"].get(WRITER, 0)
    (before,) = [row for row in snapshot["balances"] if row["asset"] == "BTC"]
    assert funds.carry_out(funds.deposit("owner", "1.5")).code == ""
    event = client.next("event")
    assert (event["writer"], event["sequence"], event["event"]) == (WRITER, start + 1, "deposit")
    assert (event["asset"], event["amount"], event["state"]) == ("BTC", "1.5", "CREDITED")
    assert Decimal(event["balances"][0]["available"]) == Decimal(before["available"]) + Decimal("1.5")
    tell_user(
        account_id=stage.exchange.account("owner").pk,
        cause_id=int(event["id"]),
        event="withdrawal",
        content={"id": "1", "state": "SENT"},
    )
    event = client.next("event")
    assert (event["sequence"], event["event"], event["state"]) == (start + 2, "withdrawal", "SENT")
    assert outsider.drain(0.3) == []


def test_an_announcement_that_got_lost_is_noticed_by_the_next_sign_of_life(
    stage: Stage, clients: Callable[..., StreamClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    funds.open_rail()
    client = clients("owner")
    start = client.ask("subscribe")["sequences"].get(WRITER, 0)
    announce_progress()
    # Counted as sent, heard by nobody.
    monkeypatch.setattr(processor, "announce_batch", lambda told, *, at_us: stage.exchange.redis.incr(COUNT_KEY))
    assert funds.carry_out(funds.deposit("owner", "1")).code == ""
    announce_progress()
    event = client.next("event")
    assert (event["sequence"], event["event"]) == (start + 1, "deposit")
