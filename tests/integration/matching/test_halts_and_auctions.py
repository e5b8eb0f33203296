"""Circuit breaker, states and auctions: in the log and without anybody's command, told, and found again."""

from decimal import Decimal

import orjson
import pytest

from matching.engine.types import MarketState, OrderType
from matching.models import Command, CommandKind, Market, MarketEngineState, OrderStatus, Trade
from matching.redis_names import market_channel
from tests.integration.matching.support import fees, status_of, told
from tests.support.audit import audit
from tests.support.exchange import Exchange
from tests.support.full_flow import Clock

TRADING, HALTED, AUCTION = MarketState.TRADING, MarketState.HALTED, MarketState.AUCTION


@pytest.fixture
def clock(exchange: Exchange) -> Clock:
    """BTC-USDT halts for 20 seconds at a move of 1 %, then collects orders for 10; the clock goes as it is told."""
    Market.objects.filter(symbol="BTC-USDT").update(
        breaker_ppm=10_000, breaker_window_seconds=60, halt_seconds=20, auction_seconds=10
    )
    clock = Clock()
    exchange.worker(clock_us=clock)
    return clock


def state(exchange: Exchange) -> tuple[int, str, bool]:
    """State, reason, and whether the market will go on by itself."""
    row = MarketEngineState.objects.get(market=exchange.market())
    return row.state, row.state_reason, row.state_until_us > 0


def trip_the_breaker(exchange: Exchange) -> int:
    """The order that did it."""
    exchange.place("owner", "SELL", "60000", "1")
    exchange.place("owner", "SELL", "61000", "1")
    exchange.place("colleague", "BUY", "60000", "1")
    order = exchange.place("colleague", "BUY", "61000", "1")
    exchange.run()
    return order


def test_a_halt_ends_in_an_auction_by_itself(exchange: Exchange, clock: Clock) -> None:
    pubsub = exchange.redis.pubsub(ignore_subscribe_messages=True)
    database = int(exchange.redis.connection_pool.connection_kwargs.get("db") or 0)
    pubsub.subscribe(market_channel(database, "BTC-USDT"))
    assert pubsub.get_message(timeout=60) is None, "the answer to subscribing, which is not told"
    order = trip_the_breaker(exchange)
    assert status_of(exchange, order) == (OrderStatus.EXPIRED, "CIRCUIT_BREAKER", 0)
    assert state(exchange) == (HALTED, "CIRCUIT_BREAKER", True)
    late = exchange.place("colleague", "BUY", "61000", "1")
    exchange.run()
    assert status_of(exchange, late)[1] == "MARKET_HALTED"

    clock.leap(21)
    exchange.run()
    assert state(exchange) == (AUCTION, "AFTER_HALT", True)
    exchange.restart_worker()
    exchange.place("colleague", "BUY", "61000", "0.4")
    exchange.run()
    clock.leap(11)
    exchange.run()
    assert state(exchange) == (TRADING, "AFTER_AUCTION", False)
    assert Trade.objects.filter(price=61_000, quantity=Decimal("0.4")).exists()
    assert Command.objects.filter(kind=CommandKind.TICK).count() == 2

    messages = [orjson.loads(message["data"]) for message in iter(lambda: pubsub.get_message(timeout=1), None)]
    states = [message["state"] for message in messages if message["state"]]
    assert [told_state[:2] for told_state in states] == [
        [HALTED, "CIRCUIT_BREAKER"],
        [AUCTION, "AFTER_HALT"],
        [TRADING, "AFTER_AUCTION"],
    ]
    assert [told_state[2] > 0 for told_state in states] == [True, True, False]
    pubsub.close()
    audit(exchange)


def test_time_that_passed_in_an_outage_is_made_up_for(exchange: Exchange, clock: Clock) -> None:
    trip_the_breaker(exchange)
    exchange.close()
    exchange._worker = None
    exchange.set_countdown("owner", 5)
    clock.leap(600)
    exchange.run()
    assert state(exchange) == (TRADING, "AFTER_AUCTION", False)
    clock.leap(6)
    exchange.run()
    assert told(exchange, "owner", "closed")[-1]["reason"] == "COUNTDOWN"
    audit(exchange)


def test_an_auction_has_one_price_and_two_makers(exchange: Exchange) -> None:
    exchange.set_state(AUCTION, reason="opening")
    sale = exchange.place("owner", "SELL", "59000", "2")
    purchase = exchange.place("colleague", "BUY", "61000", "1.5")
    iceberg = exchange.place("outsider", "BUY", "60500", "3", order_type=OrderType.ICEBERG, display="0.1")
    refused = exchange.place("outsider", "BUY", None, "1")
    exchange.run()
    assert Trade.objects.count() == 0
    assert status_of(exchange, refused)[1] == "NOT_IN_AUCTION"
    audit(exchange)
    exchange.set_state(TRADING, reason="open")
    exchange.run()
    assert status_of(exchange, sale) == (OrderStatus.FILLED, "", 2)
    assert status_of(exchange, purchase) == (OrderStatus.FILLED, "", Decimal("1.5"))
    row = exchange.order(iceberg)
    assert (row.status, row.filled_quantity, row.visible_quantity) == (
        OrderStatus.PARTIAL,
        Decimal("0.5"),
        Decimal("0.1"),
    )
    trades = Trade.objects.order_by("number")
    (price,) = {trade.price for trade in trades}
    assert sum(trade.quantity for trade in trades) == 2
    assert {trade.taker_side for trade in trades} == {1}, "the purchases came later"
    assert {trade.maker_order_id for trade in trades} == {sale}
    assert exchange.balance("owner", "USDT")[0] == 10_000_000 + 2 * price - 2 * price * Decimal("0.001")
    assert exchange.balance("colleague", "USDT") == (10_000_000 - price * Decimal("1.5"), 0)
    assert exchange.balance("colleague", "BTC")[0] == 100 + Decimal("1.5") * Decimal("0.999")
    assert (fees("BTC"), fees("USDT")) == (Decimal("0.002"), 2 * price * Decimal("0.001"))
    fill = told(exchange, "colleague", "fill")[-1]
    assert (fill["side"], fill["lots"], fill["remaining_lots"]) == (1, 15_000, 0)
    audit(exchange)


def test_a_new_tick_cancels_what_is_off_it(exchange: Exchange) -> None:
    off = exchange.place("owner", "BUY", "59000.03", "1")
    on = exchange.place("owner", "BUY", "59000.05", "1")
    exchange.run()
    exchange.set_rules(tick_multiple=5, max_order_rate=3)
    late = exchange.place("owner", "BUY", "59000.01", "1")
    exchange.run()
    assert status_of(exchange, off)[:2] == (OrderStatus.CANCELLED, "TICK_SIZE_CHANGED")
    assert status_of(exchange, on)[0] == OrderStatus.OPEN
    assert status_of(exchange, late)[1] == "PRICE_OFF_TICK"
    market = exchange.market()
    assert (market.tick_multiple, market.max_order_rate, market.rules_version) == (5, 3, 2)
    audit(exchange)
    exchange.set_rules(tick_multiple=1, static_band_ppm=5_000, min_kyc_level=2)
    exchange.run()
    assert exchange.market().min_kyc_level == 2
    audit(exchange)
