"""Busts of trades: two people decide, the worker undoes what the trade did to money, and nothing else changes."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import ReasonMissing
from accounts.models import StaffAction, User
from ledger.models import EntryKind, JournalEntry, Posting
from matching.engine.types import MarketState
from matching.errors import BustNeedsAnother, BustNotOpen, BustRequested, TradeAlreadyBusted, UnknownTrade
from matching.models import BustState, Command, CommandKind, Outcome, Trade, TradeBust
from matching.trade_busts import approve_bust, request_bust, withdraw_bust
from tests.integration.matching.busts import a_trade, asked, bust, command_of, lock_up, second
from tests.integration.matching.support import all_money, told, untouched
from tests.support.audit import audit
from tests.support.exchange import Exchange

__all__ = ["second"]

D = Decimal


@pytest.mark.parametrize("maker_side", ["SELL", "BUY"])
def test_a_bust_is_the_trade_the_other_way_round(exchange: Exchange, second: User, maker_side: str) -> None:
    exchange.worker()
    trade = a_trade(exchange, maker_side)
    after_trade = all_money()
    row = bust(exchange, trade, second)
    assert (row.state, row.code) == (BustState.DONE, "")
    assert row.settled_at is not None
    entry = JournalEntry.objects.get(pk=command_of(row))
    assert entry.kind == EntryKind.BUST
    undone = _by_balance(entry)
    done = _by_balance(JournalEntry.objects.get(pk=trade.taker_order_id))
    assert undone == {balance: -amount for balance, amount in done.items()}
    assert len(undone) == 6
    locked = D("0.6") if maker_side == "SELL" else D(36_000)
    asset = "BTC" if maker_side == "SELL" else "USDT"
    has = {"BTC": D(100), "USDT": D(10_000_000)}
    assert exchange.balance("owner", asset) == (has[asset] - locked, locked), "the rest of the order stays"
    assert exchange.balance("colleague", "BTC") == (100, 0)
    assert exchange.balance("colleague", "USDT") == (10_000_000, 0)
    assert after_trade != all_money()
    order = exchange.order(trade.maker_order_id)
    assert order.filled_quantity == D("0.4"), "what has traded has traded"
    audit(exchange)


def _by_balance(entry: JournalEntry) -> dict[tuple[int, int], Decimal]:
    rows = Posting.objects.filter(entry=entry)
    return {(row.account_id, row.asset_id): row.available_delta + row.locked_delta for row in rows}


def test_of_a_trade_with_oneself_only_the_fees_come_back(exchange: Exchange, second: User) -> None:
    trade = a_trade(exchange, maker="owner", taker="owner")
    assert trade.maker_account_id == trade.taker_account_id
    row = bust(exchange, trade, second)
    assert row.state == BustState.DONE
    assert exchange.balance("owner", "BTC") == (D("99.4"), D("0.6"))
    assert exchange.balance("owner", "USDT") == (10_000_000, 0)
    assert [event["id"] for event in told(exchange, "owner", "bust")] == [trade.maker_order_id, trade.taker_order_id]
    audit(exchange)


def test_an_auctions_trade_is_busted_like_any_other(exchange: Exchange, second: User) -> None:
    exchange.set_state(MarketState.PRE_OPEN)
    exchange.place("owner", "SELL", "60000", "1")
    exchange.place("colleague", "BUY", "60500", "1")
    exchange.set_state(MarketState.TRADING)
    exchange.run()
    before = exchange.balance("owner", "BTC")[0]
    row = bust(exchange, Trade.objects.get(), second)
    assert row.state == BustState.DONE
    assert exchange.balance("owner", "BTC") == (before + 1, 0)
    assert exchange.balance("colleague", "USDT") == (10_000_000, 0)
    audit(exchange)


def test_who_cannot_give_back_keeps_everything(exchange: Exchange, second: User) -> None:
    trade = a_trade(exchange)
    lock_up(exchange)
    exchange.run()
    before = untouched()
    row = bust(exchange, trade, second)
    assert (row.state, row.code) == (BustState.REFUSED, "INSUFFICIENT_BALANCE")
    outcome = Outcome.objects.get(pk=command_of(row))
    assert (outcome.code, outcome.refusal) == ("INSUFFICIENT_BALANCE", "INSUFFICIENT_BALANCE")
    assert untouched() == before
    assert told(exchange, "colleague", "bust") == []
    exchange.cancel_all("colleague")
    exchange.run()
    assert bust(exchange, trade, second).state == BustState.DONE, "it may be asked for again"
    audit(exchange)


def test_one_batch_decides_on_what_it_has_moved_itself(exchange: Exchange, second: User) -> None:
    """What is left when the bust comes to its place counts, not what was there when the batch began."""
    trade = a_trade(exchange)
    waiting = asked(exchange, trade)
    lock_up(exchange)
    approve_bust(bust_id=waiting.pk, by=second, reason="seen")
    exchange.worker().run_once()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.code) == (BustState.REFUSED, "INSUFFICIENT_BALANCE")
    audit(exchange)


def test_a_trade_is_busted_once(exchange: Exchange, second: User) -> None:
    """The rows say so, and the worker says it again, whatever is in the log: also within one batch."""
    trade = a_trade(exchange)
    staff = exchange.user("staff")
    waiting = asked(exchange, trade)
    with pytest.raises(BustRequested):
        request_bust(trade_id=trade.pk, by=second, reason="again")
    approve_bust(bust_id=waiting.pk, by=second, reason="seen")
    with pytest.raises(BustNotOpen):
        approve_bust(bust_id=waiting.pk, by=second, reason="again")
    with pytest.raises(BustNotOpen):
        withdraw_bust(bust_id=waiting.pk, by=second, reason="again")
    market = exchange.market()
    twice = [
        Command.objects.create(
            shard=market.shard, market=market, rules_version=1, kind=CommandKind.BUST_TRADE, target_order_id=trade.pk
        )
    ]
    exchange.run()
    twice.append(
        Command.objects.create(
            shard=market.shard, market=market, rules_version=1, kind=CommandKind.BUST_TRADE, target_order_id=trade.pk
        )
    )
    exchange.run()
    codes = Outcome.objects.filter(pk__in=[command.pk for command in twice]).values_list("code", flat=True)
    assert list(codes) == ["TRADE_ALREADY_BUSTED"] * 2
    waiting.refresh_from_db()
    assert waiting.state == BustState.DONE
    with pytest.raises(TradeAlreadyBusted):
        request_bust(trade_id=trade.pk, by=staff, reason="again")
    assert JournalEntry.objects.filter(kind=EntryKind.BUST).count() == 1
    audit(exchange)


def test_two_people_decide(exchange: Exchange, second: User) -> None:
    trade = a_trade(exchange)
    staff = exchange.user("staff")
    before = untouched()
    with pytest.raises(ReasonMissing):
        request_bust(trade_id=trade.pk, by=staff, reason=" ")
    with pytest.raises(UnknownTrade):
        request_bust(trade_id=17, by=staff, reason="why")
    with pytest.raises(BustNeedsAnother):
        request_bust(trade_id=trade.pk, by=exchange.user("owner"), reason="my own")
    waiting = asked(exchange, trade)
    with pytest.raises(BustNeedsAnother):
        approve_bust(bust_id=waiting.pk, by=staff, reason="my own request")
    with pytest.raises(BustNeedsAnother):
        approve_bust(bust_id=waiting.pk, by=exchange.user("colleague"), reason="my own trade")
    with pytest.raises(ReasonMissing):
        approve_bust(bust_id=waiting.pk, by=second, reason="")
    with pytest.raises(ReasonMissing):
        withdraw_bust(bust_id=waiting.pk, by=second, reason="")
    with pytest.raises(BustNotOpen):
        approve_bust(bust_id=waiting.pk + 1, by=second, reason="why")
    waiting.refresh_from_db()
    assert (waiting.state, waiting.command_id) == (BustState.REQUESTED, None)
    assert not Command.objects.filter(kind=CommandKind.BUST_TRADE).exists()
    withdraw_bust(bust_id=waiting.pk, by=staff, reason="a mistake")
    again = asked(exchange, trade)
    approved = approve_bust(bust_id=again.pk, by=second, reason="seen")
    assert untouched() == before, "nothing moves before the worker comes to it"
    actions = StaffAction.objects.order_by("pk").values_list("action", "by__username", "reason", "command_id")
    assert list(actions) == [
        ("request bust", "staff", "a plain error", None),
        ("withdraw bust", "staff", "a mistake", None),
        ("request bust", "staff", "a plain error", None),
        ("approve bust", "second", "seen", approved.command_id),
    ]
    command = Command.objects.get(pk=command_of(approved))
    assert (command.account_id, command.target_order_id, command.reason) == (None, trade.pk, "a plain error")
    exchange.run()
    audit(exchange)


def test_the_database_knows_four_eyes_as_well(exchange: Exchange) -> None:
    waiting = asked(exchange, a_trade(exchange))
    rows = TradeBust.objects.filter(pk=waiting.pk)
    with pytest.raises(IntegrityError, match="bust_needs_four_eyes"), transaction.atomic():
        rows.update(state=BustState.APPROVED, decided_by=waiting.requested_by, decided_at=timezone.now(), command_id=1)
    with pytest.raises(IntegrityError, match="bust_says_who_decided"), transaction.atomic():
        rows.update(state=BustState.DONE, settled_at=timezone.now())


def test_both_sides_are_told_with_their_balances(exchange: Exchange, second: User) -> None:
    trade = a_trade(exchange)
    bust(exchange, trade, second)
    (sold,) = told(exchange, "owner", "bust")
    (bought,) = told(exchange, "colleague", "bust")
    market = exchange.market()
    assert {key: sold[key] for key in ("id", "market", "side", "trade_id", "lots")} == {
        "id": trade.maker_order_id,
        "market": market.pk,
        "side": 2,
        "trade_id": trade.pk,
        "lots": int(trade.quantity / market.lot_size),
    }
    assert D(sold["fee"]).scaleb(-market.quote.scale) == trade.maker_fee
    assert (bought["id"], bought["side"]) == (trade.taker_order_id, 1)
    assert D(bought["fee"]).scaleb(-market.base.scale) == trade.taker_fee
    assert len(bought["balances"]) == len(sold["balances"]) == 2


def test_a_bust_comes_to_its_place_in_every_state_of_the_market(exchange: Exchange, second: User) -> None:
    trade = a_trade(exchange)
    exchange.set_state(MarketState.CLOSED)
    exchange.run()
    book = exchange.worker().books[exchange.market().pk]
    state = book.state_hash()
    assert bust(exchange, trade, second).state == BustState.DONE
    # The chain over all events is part of it; but for that the market is as before.
    assert book.last_ticks
    assert state != book.state_hash()
    assert len(book) == 1
    audit(exchange)
