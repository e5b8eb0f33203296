"""A bust that was agreed to is done or refused, once, whatever happens around it, and can be checked and looked up."""

import signal
import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from kernel.units import to_atoms
from ledger.models import EntryKind, JournalEntry
from ledger.services import PostingRequest, post_entry
from ledger.verification import verify_ledger
from matching.models import BustState, TradeBust
from matching.selectors.trail import order_trail
from matching.trade_busts import approve_bust
from matching.verification import CHECKS
from matching.worker.failpoints import Failpoint
from tests.integration.matching.busts import a_trade, asked, bust, second
from tests.support.audit import audit
from tests.support.cast import FUNDS_WRITER
from tests.support.exchange import Exchange
from tests.support.worker_process import WorkerProcess

__all__ = ["second"]

D = Decimal


def test_money_that_goes_while_the_bust_is_decided_is_not_given_back_twice(exchange: Exchange, second: User) -> None:
    """The batch runs again on what is there under the locks, and refuses."""
    trade = a_trade(exchange)
    approved = approve_bust(bust_id=asked(exchange, trade).pk, by=second, reason="seen")
    worker = exchange.worker()

    def withdraw_once() -> None:
        worker.before_lock = None
        thread = threading.Thread(target=withdraw_all, args=(exchange,))
        thread.start()
        thread.join()

    worker.before_lock = withdraw_once
    exchange.run()
    assert worker.reruns == 1
    approved.refresh_from_db()
    assert (approved.state, approved.code) == (BustState.REFUSED, "INSUFFICIENT_BALANCE")
    assert exchange.balance("colleague", "BTC") == (0, 0)
    audit(exchange)


def withdraw_all(exchange: Exchange) -> None:
    """All of the colleague's base money goes to somebody else, by another writer."""
    asset = exchange.market().base
    atoms = to_atoms(exchange.balance("colleague", asset.symbol)[0], asset.scale)
    giver, taker = exchange.account("colleague").pk, exchange.account("outsider").pk
    try:
        post_entry(
            writer_id=FUNDS_WRITER,
            idempotency_key="all of it",
            kind=EntryKind.TRANSFER,
            postings=[PostingRequest(giver, asset.pk, -atoms), PostingRequest(taker, asset.pk, atoms)],
            at=timezone.now(),
        )
    finally:
        connection.close()


@pytest.mark.parametrize(
    "failpoint", [Failpoint.COMMANDS_READ, Failpoint.FACTS_READ, Failpoint.STATE_WRITTEN, Failpoint.COMMITTED]
)
def test_what_was_agreed_to_is_done_whatever_dies_in_between(
    exchange: Exchange, second: User, failpoint: Failpoint
) -> None:
    trade = a_trade(exchange)
    worker = exchange.worker()
    approved = approve_bust(bust_id=asked(exchange, trade).pk, by=second, reason="seen")
    worker.step_down()
    with WorkerProcess(exchange.database, failpoint=f"{failpoint}:kill") as process:
        assert process.wait() == -signal.SIGKILL
    approved.refresh_from_db()
    is_committed = failpoint is Failpoint.COMMITTED
    assert approved.state == (BustState.DONE if is_committed else BustState.APPROVED)
    exchange.restart_worker()
    exchange.run()
    approved.refresh_from_db()
    assert approved.state == BustState.DONE
    assert JournalEntry.objects.filter(kind=EntryKind.BUST).count() == 1
    assert exchange.balance("colleague", "BTC") == (100, 0)
    audit(exchange)


def test_a_check_of_the_books_finds_a_bust_that_never_was(exchange: Exchange, second: User) -> None:
    trade = a_trade(exchange)
    waiting = asked(exchange, trade)
    TradeBust.objects.filter(pk=waiting.pk).update(
        state=BustState.DONE, decided_by=second, decided_at=timezone.now(), settled_at=timezone.now(), command_id=17
    )
    assert verify_ledger(extra_checks=CHECKS).findings == [
        f"trade {trade.pk} is said to be busted, but the log does not say so"
    ]


def test_the_trail_names_the_trade_and_tells_both_sides(exchange: Exchange, second: User) -> None:
    trade = a_trade(exchange)
    row = bust(exchange, trade, second)
    trail = order_trail(
        shard=exchange.market().shard, since=trade.executed_at, until=timezone.now() + timedelta(minutes=1)
    )
    (record,) = [record for record in trail if record["kind"] == "BUST_TRADE"]
    assert record["command_id"] == str(row.command_id)
    assert (record["asked"]["target_order_id"], record["asked"]["reason"]) == (trade.pk, "a plain error")
    sold, bought = record["events"]
    assert (sold["type"], sold["side"], sold["quantity"], D(sold["fee"])) == ("bust", "SELL", "0.4", trade.maker_fee)
    assert (bought["side"], bought["price"], D(bought["fee"])) == ("BUY", "60000", trade.taker_fee)
