"""Candles are committed with their trades: no more, no less, whatever happens to the batch."""

import random
import threading

import pytest
from django.db import connection

from accounts.services import change_house_mark
from marketdata.intervals import INTERVALS
from marketdata.models import StoredCandle, StoredInterval
from marketdata.selectors.candles import list_candles
from marketdata.selectors.house import forget_house_accounts
from marketdata.services import rebuild_candles, roll_up_hours
from matching.models import Shard, Trade
from matching.worker.failpoints import Failpoint
from tests.support.exchange import Exchange

NAMES = ("owner", "colleague", "outsider")
MIDDLE = {"BTC-USDT": 60_000, "ETH-USDT": 3_000}
START_US = 1_800_000_000_000_000
"""Long after the cast was made; the 15th of January 2027, 08:00 UTC."""


class Clock:
    """The worker's, moved by hand."""

    def __init__(self) -> None:
        self.now_us = START_US

    def __call__(self) -> int:
        return self.now_us

    @property
    def now_ms(self) -> int:
        return self.now_us // 1000


def place_some(exchange: Exchange, chance: random.Random, count: int) -> None:
    """Orders around the middle, many of which meet."""
    for _ in range(count):
        symbol = chance.choice(list(MIDDLE))
        price = MIDDLE[symbol] + chance.randint(-5, 5)
        exchange.place(
            chance.choice(NAMES),
            chance.choice(["BUY", "SELL"]),
            str(price),
            f"0.0{chance.randint(1, 9)}",
            symbol=symbol,
        )


def stored(exchange: Exchange) -> list[tuple[object, ...]]:
    rows = StoredCandle.objects.order_by("market_id", "seconds", "opened_at").values_list()
    return [row[1:] for row in rows]


@pytest.fixture
def house(exchange: Exchange) -> None:
    for name in ("owner", "colleague"):
        change_house_mark(user=exchange.user(name), is_house=True, by=None, reason="makes the market")
    forget_house_accounts()


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("seed", range(3))
def test_what_settlement_writes_is_what_all_trades_add_up_to(exchange: Exchange, seed: int) -> None:
    chance, clock = random.Random(seed), Clock()
    worker = exchange.worker(clock_us=clock, batch_limit=7)
    for _ in range(25):
        place_some(exchange, chance, chance.randint(1, 10))
        worker.run_once()
        clock.now_us += chance.choice([0, 100_000, 900_000, 45_000_000, 1_900_000_000])
    exchange.run()
    markets = [exchange.market(symbol) for symbol in MIDDLE]
    for market in markets:
        roll_up_hours(market_id=market.pk)
    settled = stored(exchange)
    assert {row[1] for row in settled} == {1, 60, 3600}
    counted = [rebuild_candles(market_id=market.pk, now_ms=clock.now_ms) for market in markets]
    assert sum(counted) == Trade.objects.count() > 20
    assert stored(exchange) == settled
    for market, trades in zip(markets, counted, strict=True):
        for interval in INTERVALS.values():
            candles = list_candles(
                market_id=market.pk,
                interval=interval,
                start_ms=None,
                end_ms=None,
                limit=1000,
                now_ms=clock.now_ms,
            )
            if interval.shifted(interval.opening(clock.now_ms), -999) < START_US // 1000:
                assert sum(candle.trades for candle in candles) == trades
                assert 0 < sum(candle.house_trades for candle in candles) < trades


def test_a_batch_that_fails_leaves_no_candle(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = exchange.worker()
    exchange.place("owner", "SELL", "60000", "0.1")
    exchange.place("colleague", "BUY", "60000", "0.1")

    def fail(place: Failpoint) -> None:
        if place is Failpoint.STATE_WRITTEN:
            raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("matching.worker.committing.pass_failpoint", fail)
        with pytest.raises(RuntimeError):
            worker.run_once()
    assert not StoredCandle.objects.exists()
    exchange.run()
    assert [candle.trades for candle in StoredCandle.objects.all()] == [1, 1]


def test_a_rebuild_beside_the_worker_counts_everything_once(exchange: Exchange) -> None:
    """The worker commits while the past is made anew, and waits for its end alone."""
    chance, clock = random.Random(5), Clock()
    worker = exchange.worker(clock_us=clock, batch_limit=5)
    place_some(exchange, chance, 60)
    exchange.run()
    market = exchange.market()
    ended = threading.Event()

    def rebuild() -> None:
        try:
            while not ended.is_set():
                rebuild_candles(market_id=market.pk, now_ms=clock.now_ms)
        finally:
            connection.close()

    thread = threading.Thread(target=rebuild)
    thread.start()
    try:
        for _ in range(40):
            place_some(exchange, chance, 6)
            clock.now_us += chance.choice([10_000, 70_000_000])
            worker.run_once()
    finally:
        ended.set()
        thread.join()
    exchange.run()
    minutes = StoredCandle.objects.filter(market=market, seconds=StoredInterval.MINUTE)
    assert sum(minutes.values_list("trades", flat=True)) == Trade.objects.filter(market=market).count()
    before = stored(exchange)
    rebuild_candles(market_id=market.pk, now_ms=clock.now_ms)
    assert stored(exchange) == before
    assert Shard.objects.get().applied_at_us == clock.now_us
