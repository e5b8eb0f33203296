"""The order book in Redis is the worker's book: after trades, after Redis lost it, after Redis was away."""

import time

import pytest
import redis

from matching.redis_names import depth_keys
from matching.worker.depth_cache import DEPTH_INTERVAL_SECONDS, DepthCache
from tests.integration.matching.support import cached_book, live_book
from tests.support.audit import audit
from tests.support.exchange import Exchange
from tests.support.random_flow import log_flow
from tests.support.worker_process import WorkerProcess, eventually

SYMBOLS = ("BTC-USDT", "ETH-USDT")
NOWHERE = "unix:///nowhere/redis.sock"


def settle_down(exchange: Exchange) -> None:
    """As the loop does when nothing comes in."""
    exchange.run()
    time.sleep(DEPTH_INTERVAL_SECONDS)
    exchange.worker().flush()


def assert_equal(exchange: Exchange) -> None:
    for symbol in SYMBOLS:
        assert cached_book(exchange, symbol) == live_book(exchange, symbol)


def test_follows_every_change(exchange: Exchange) -> None:
    for seed in range(4):
        log_flow(exchange, 50, seed=seed)
        settle_down(exchange)
        assert_equal(exchange)
    assert live_book(exchange)["bids"]


def test_what_it_looks_like(exchange: Exchange) -> None:
    exchange.place("owner", "BUY", "59000.5", "1.25")
    exchange.place("colleague", "BUY", "59000.5", "0.75")
    exchange.place("owner", "SELL", "61000", "3")
    settle_down(exchange)
    bids, asks, update_id = depth_keys("BTC-USDT")
    assert exchange.redis.zrange(bids, 0, -1, withscores=True) == [(b"59000.5:2", 5_900_050)]
    assert exchange.redis.zrange(asks, 0, -1, withscores=True) == [(b"61000:3", 6_100_000)]
    assert exchange.redis.get(update_id) == b"3"


def test_a_starting_worker_clears_what_an_old_one_left(exchange: Exchange) -> None:
    exchange.place("owner", "BUY", "59000", "1")
    exchange.run()
    exchange.redis.zadd(depth_keys("BTC-USDT")[0], {"1:1": 100})
    exchange.redis.zadd(depth_keys("ETH-USDT")[1], {"2:2": 200})
    exchange.restart_worker()
    assert_equal(exchange)


def test_comes_back_with_the_next_change_after_redis_was_emptied(exchange: Exchange) -> None:
    log_flow(exchange, 40, seed=5)
    settle_down(exchange)
    exchange.redis.flushdb()
    for symbol, price in (("BTC-USDT", "50000"), ("ETH-USDT", "2500")):
        exchange.place("owner", "BUY", price, "0.01", symbol=symbol)
    settle_down(exchange)
    assert_equal(exchange)


def test_comes_back_by_itself_in_a_quiet_market(exchange: Exchange) -> None:
    log_flow(exchange, 40, seed=6)
    settle_down(exchange)
    exchange.redis.flushdb()
    exchange.worker().beat()
    exchange.worker().flush()
    assert_equal(exchange)


def test_the_loop_brings_it_back(exchange: Exchange) -> None:
    with WorkerProcess(exchange.database):
        exchange.place("owner", "BUY", "59000", "1")
        eventually(lambda: cached_book(exchange)["bids"] == ["59000:1"])
        exchange.redis.flushdb()
        eventually(lambda: cached_book(exchange)["bids"] == ["59000:1"])


def test_without_redis_everything_is_settled_and_the_book_is_whole_when_it_is_back(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = exchange.worker()
    log_flow(exchange, 40, seed=7)
    settle_down(exchange)
    publisher = worker._publisher
    assert publisher._depth is not None
    away = DepthCache(redis.Redis.from_url(NOWHERE))
    with monkeypatch.context() as broken:
        broken.setattr(publisher._depth, "_script", away._script)
        broken.setattr(publisher._depth, "_client", away._client)
        broken.setattr(publisher, "_client", away._client)
        order = exchange.place("owner", "BUY", "50000", "0.01", reply_to="a-web-process")
        log_flow(exchange, 40, seed=8)
        settle_down(exchange)
        assert exchange.order(order).pk == order
    time.sleep(DEPTH_INTERVAL_SECONDS)
    worker.flush()
    assert_equal(exchange)
    audit(exchange)


def test_a_worker_that_starts_without_redis_writes_the_books_later(exchange: Exchange) -> None:
    exchange.place("owner", "BUY", "59000", "1")
    exchange.run()
    exchange.worker().step_down()
    exchange._worker = None
    there, exchange.redis = exchange.redis, redis.Redis.from_url(NOWHERE)
    publisher = exchange.worker()._publisher
    there.flushdb()
    assert publisher._depth is not None
    back = DepthCache(there)
    publisher._depth._client, publisher._depth._script = back._client, back._script
    publisher._client = exchange.redis = there
    exchange.worker().flush()
    assert_equal(exchange)
