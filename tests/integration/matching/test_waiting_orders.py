"""Stops, take-profits and trailing stops: what they lock, when they act, and what is told of them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from matching.engine.types import OrderType, Side
from matching.models import Command, CommandKind, Market, OrderStatus
from tests.integration.matching.support import all_money, status_of, told, untouched
from tests.support.audit import audit
from tests.support.exchange import Exchange
from tests.support.full_flow import Clock

OPEN, FILLED = OrderStatus.OPEN, OrderStatus.FILLED


def trade_at(exchange: Exchange, price: str, quantity: str = "0.001") -> None:
    exchange.place("owner", "SELL", price, quantity)
    exchange.place("colleague", "BUY", price, quantity)
    exchange.run()


def test_a_stop_limit_waits_with_its_funds_and_then_rests(exchange: Exchange) -> None:
    stop = exchange.place(
        "outsider", "BUY", "60500", "2", order_type=OrderType.STOP_LIMIT, trigger="60100", client_order_id="mine"
    )
    exchange.run()
    waiting = exchange.order(stop)
    assert (waiting.status, waiting.is_waiting, waiting.trigger_price, waiting.locked) == (OPEN, True, 60_100, 121_000)
    assert exchange.balance("outsider", "USDT") == (10_000_000 - 121_000, 121_000)
    audit(exchange)

    trade_at(exchange, "60100")
    order = exchange.order(stop)
    assert (order.status, order.is_waiting, order.price, order.locked) == (OPEN, False, 60_500, 121_000)
    assert order.triggered_at is not None
    came, triggered, acted = told(exchange, "outsider")
    assert (came["type"], came["waiting"], came["trigger_ticks"], came["status"]) == ("order", True, 6_010_000, OPEN)
    assert (triggered["type"], triggered["id"], triggered["trigger_ticks"]) == ("triggered", stop, 6_010_000)
    # The order came in an earlier batch; what is told of it is whole all the same.
    assert (acted["type"], acted["waiting"], acted["status"], acted["visible_lots"]) == ("order", False, OPEN, 20_000)
    assert (acted["client_order_id"], acted["lots"], acted["order_type"]) == ("mine", 20_000, OrderType.STOP_LIMIT)
    assert "request_id" not in acted, "it was somebody else's request"
    audit(exchange)


def test_a_stop_market_sale_pays_as_a_taker_when_it_is_triggered(exchange: Exchange) -> None:
    stop = exchange.place("outsider", "SELL", None, "2", order_type=OrderType.STOP_MARKET, trigger="59000")
    exchange.place("owner", "BUY", "58900", "1.5")
    exchange.run()
    assert exchange.balance("outsider", "BTC") == (98, 2)
    trade_at(exchange, "59000")
    assert status_of(exchange, stop) == (OrderStatus.EXPIRED, "NO_LIQUIDITY", Decimal("1.5"))
    proceeds = Decimal("58900") * Decimal("1.5")
    assert exchange.balance("outsider", "USDT")[0] == 10_000_000 + proceeds - proceeds * Decimal("0.0015")
    assert exchange.balance("outsider", "BTC") == (Decimal("98.5"), 0)
    (fill,) = told(exchange, "outsider", "order")[-1]["fills"]
    assert fill[1:3] == [5_890_000, 15_000]
    audit(exchange)


def test_a_purchase_by_amount_locks_the_amount(exchange: Exchange) -> None:
    order = exchange.place(
        "outsider", "BUY", None, None, quote_amount="60000", order_type=OrderType.TAKE_PROFIT, trigger="59500"
    )
    exchange.place("owner", "SELL", "59600", "0.9")
    exchange.run()
    assert exchange.order(order).locked == 60_000
    audit(exchange)
    trade_at(exchange, "59500", "0.5")
    assert status_of(exchange, order)[:2] == (OrderStatus.EXPIRED, "NO_LIQUIDITY")
    assert exchange.balance("outsider", "USDT") == (10_000_000 - Decimal("59600") * Decimal("0.9"), 0)
    audit(exchange)


def test_a_purchase_by_quantity_locks_at_its_protection_price(exchange: Exchange) -> None:
    Market.objects.update(protection_ppm=10_000)
    order = exchange.place("outsider", "BUY", None, "2", order_type=OrderType.STOP_MARKET, trigger="61000")
    exchange.run()
    row = exchange.order(order)
    assert (row.protection_price, row.locked) == (61_610, 123_220)
    audit(exchange)
    exchange.cancel("outsider", order)
    exchange.run()
    assert exchange.balance("outsider", "USDT") == (10_000_000, 0)
    assert not exchange.order(order).is_waiting
    audit(exchange)


def test_a_trailing_stop_follows_the_price(exchange: Exchange) -> None:
    order = exchange.place("outsider", "SELL", None, "1", order_type=OrderType.TRAILING_STOP, trailing_ppm=10_000)
    exchange.run()
    assert exchange.order(order).trigger_price == Decimal("59400")
    trade_at(exchange, "61000")
    row = exchange.order(order)
    assert (row.trigger_price, row.trailing_extreme, row.is_waiting) == (Decimal("60390"), 61_000, True)
    (moved,) = told(exchange, "outsider", "trailing")
    assert (moved["id"], moved["trigger_ticks"]) == (order, 6_039_000)
    audit(exchange)
    exchange.place("colleague", "BUY", "60300", "1")
    trade_at(exchange, "60390")
    assert status_of(exchange, order) == (FILLED, "", 1)
    audit(exchange)


def test_what_is_refused_changes_nothing(exchange: Exchange) -> None:
    before = untouched()
    order = exchange.place("outsider", "SELL", "59000", "1", order_type=OrderType.STOP_LIMIT, trigger="60000")
    exchange.run()
    assert status_of(exchange, order) == (OrderStatus.REJECTED, "STOP_WOULD_TRIGGER", 0)
    assert untouched() == before
    audit(exchange)


@pytest.mark.parametrize("waits", [True, False])
def test_on_a_quiet_market_the_clock_ends_what_is_due(exchange: Exchange, waits: bool) -> None:
    clock = Clock()
    exchange.worker(clock_us=clock)
    before = all_money()
    kind: dict[str, Any] = {"order_type": OrderType.STOP_LIMIT, "trigger": "61000"} if waits else {}
    order = exchange.place(
        "owner", "BUY", "50000", "1", time_in_force="GTD", good_till=timezone.now() + timedelta(seconds=30), **kind
    )
    exchange.run()
    assert exchange.worker().run_once() == 0, "nothing is due"
    clock.leap(40)
    assert exchange.worker().run_once() == 1
    assert exchange.worker().run_once() == 0, "and then nothing more"
    assert status_of(exchange, order) == (OrderStatus.EXPIRED, "GOOD_TILL_PASSED", 0)
    assert all_money() == before
    tick = Command.objects.get(kind=CommandKind.TICK)
    assert told(exchange, "owner", "closed")[0]["reason"] == "GOOD_TILL_PASSED"
    assert (tick.account_id, tick.side) == (None, 0)
    audit(exchange)


def test_what_time_frees_is_there_for_the_next_order(exchange: Exchange) -> None:
    clock = Clock()
    exchange.worker(clock_us=clock)
    exchange.place("owner", "BUY", "50000", "90", time_in_force="GTD", good_till=timezone.now() + timedelta(seconds=30))
    exchange.run()
    clock.leap(40)
    order = exchange.place("owner", "BUY", "50000", "99")
    assert exchange.worker().run_once() == 2
    assert status_of(exchange, order)[0] == OPEN
    audit(exchange)


def test_a_countdown_cancels_everything_unless_it_is_renewed(exchange: Exchange) -> None:
    clock = Clock()
    exchange.worker(clock_us=clock)
    resting = exchange.place("owner", "BUY", "50000", "1")
    waiting = exchange.place("owner", "SELL", None, "1", order_type=OrderType.STOP_MARKET, trigger="50000")
    exchange.set_countdown("owner", 60)
    exchange.run()
    clock.leap(40)
    exchange.set_countdown("owner", 60)
    exchange.run()
    clock.leap(40)
    exchange.run()
    assert status_of(exchange, resting)[0] == OPEN
    exchange.restart_worker()
    clock.leap(30)
    exchange.run()
    assert [status_of(exchange, order)[1] for order in (resting, waiting)] == ["COUNTDOWN", "COUNTDOWN"]
    deadlines = [event["deadline_us"] for event in told(exchange, "owner", "countdown")]
    assert deadlines[1] - deadlines[0] >= 40_000_000
    audit(exchange)


def test_one_side_is_cancelled_with_a_reason_of_its_own(exchange: Exchange) -> None:
    purchase = exchange.place("owner", "BUY", "50000", "1")
    stop = exchange.place("owner", "BUY", "62000", "1", order_type=OrderType.STOP_LIMIT, trigger="61000")
    sale = exchange.place("owner", "SELL", "70000", "1")
    exchange.cancel_all("owner", side=Side.BUY, reason="CANCELLED_ON_DISCONNECT")
    exchange.run()
    assert status_of(exchange, sale)[0] == OPEN
    for order in (purchase, stop):
        assert status_of(exchange, order)[:2] == (OrderStatus.CANCELLED, "CANCELLED_ON_DISCONNECT")
    audit(exchange)
