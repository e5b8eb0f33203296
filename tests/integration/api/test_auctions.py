"""What an auction would come to is told while orders are collected: by REST, from the cache and from the database."""

from typing import Any

import pytest

from matching.engine.types import MarketState, OrderType
from matching.redis_names import auction_key
from matching.selectors.markets import forget_markets
from matching.worker import auction_cache
from tests.integration.api.conftest import TradingFloor

MARKET = "/api/v1/markets/BTC-USDT"
KEY = auction_key("BTC-USDT")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pause between two writings."""
    monkeypatch.setattr(auction_cache, "AUCTION_INTERVAL_SECONDS", 0)
    monkeypatch.setattr(auction_cache, "_LEAST_PAUSE_IN_WORK", 0)


def told(floor: TradingFloor) -> Any:
    """The same wherever it is asked for."""
    forget_markets()
    auction = floor.stranger.get(f"{MARKET}/ticker").json()["auction"]
    items = floor.stranger.get("/api/v1/tickers").json()["items"]
    assert items[0]["auction"] == auction
    assert items[1]["auction"] is None
    return auction


def told_without_cache(floor: TradingFloor) -> Any:
    kept = floor.exchange.redis.getdel(KEY)
    assert kept is not None
    try:
        return told(floor)
    finally:
        floor.exchange.redis.set(KEY, kept)


def collect(floor: TradingFloor, state: MarketState = MarketState.AUCTION) -> None:
    floor.exchange.set_state(state, reason="opening")
    floor.exchange.run()


NOTHING = {"price": None, "quantity": "0", "surplus_side": None, "surplus_quantity": "0"}


@pytest.mark.parametrize("state", [MarketState.PRE_OPEN, MarketState.AUCTION])
def test_price_quantity_and_surplus_follow_the_orders(idle: TradingFloor, state: MarketState) -> None:
    exchange = idle.exchange
    assert told(idle) is None
    collect(idle, state)
    assert told(idle) == told_without_cache(idle) == NOTHING

    sale = exchange.place("owner", "SELL", "59000", "2")
    exchange.place("colleague", "BUY", "58000", "1")
    exchange.run()
    assert told(idle) == told_without_cache(idle) == NOTHING

    exchange.place("colleague", "BUY", "61000", "1.5")
    exchange.run()
    assert told(idle) == told_without_cache(idle)
    assert told(idle) == {"price": "60000", "quantity": "1.5", "surplus_side": "SELL", "surplus_quantity": "0.5"}

    exchange.place("outsider", "BUY", "60500", "3", order_type=OrderType.ICEBERG, display="0.1")
    exchange.run()
    assert told(idle) == told_without_cache(idle)
    assert told(idle) == {"price": "60000", "quantity": "2", "surplus_side": "BUY", "surplus_quantity": "2.5"}

    exchange.cancel("owner", sale)
    exchange.run()
    assert told(idle) == NOTHING


def test_it_ends_with_the_auction(idle: TradingFloor) -> None:
    exchange = idle.exchange
    collect(idle)
    exchange.place("owner", "SELL", "59000", "1")
    exchange.place("colleague", "BUY", "59000", "1")
    exchange.run()
    expected = told(idle)
    assert expected == {"price": "59000", "quantity": "1", "surplus_side": None, "surplus_quantity": "0"}
    exchange.set_state(MarketState.TRADING, reason="open")
    exchange.run()
    assert told(idle) is None
    assert not exchange.redis.exists(KEY)
    forget_markets()
    market = idle.stranger.get(MARKET).json()
    assert (market["static_reference"], market["last_price"]) == (expected["price"], expected["price"])


def test_it_is_found_again_after_a_restart_and_after_a_loss(idle: TradingFloor) -> None:
    exchange = idle.exchange
    collect(idle)
    exchange.place("owner", "SELL", "59000", "1")
    exchange.place("colleague", "BUY", "59000", "1")
    exchange.run()
    expected = exchange.redis.get(KEY)
    exchange.redis.delete(KEY)
    exchange.worker().beat()
    assert exchange.redis.get(KEY) == expected
    exchange.redis.set(auction_key("ETH-USDT"), b"[1, 1, 1]")
    exchange.redis.delete(KEY)
    exchange.restart_worker()
    assert exchange.redis.get(KEY) == expected
    assert not exchange.redis.exists(auction_key("ETH-USDT"))


def test_it_is_written_at_a_pace(idle: TradingFloor, monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = idle.exchange
    collect(idle)
    monkeypatch.setattr(auction_cache, "AUCTION_INTERVAL_SECONDS", 3600)
    exchange.place("owner", "SELL", "59000", "1")
    exchange.run()
    before = exchange.redis.get(KEY)
    exchange.place("colleague", "BUY", "59000", "1")
    exchange.run()
    exchange.worker().flush()
    assert exchange.redis.get(KEY) == before
    monkeypatch.setattr(auction_cache.time, "monotonic", lambda: 1e12)
    exchange.worker().flush()
    assert exchange.redis.get(KEY) != before
