"""GET /api/v1/markets/{symbol}/candles, /ticker and /statistics"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import redis

from kernel.ids import first_id_at
from marketdata.selectors import summaries
from marketdata.selectors.summaries import forget_summaries
from marketdata.services import rebuild_candles
from matching.models import Trade
from tests.integration.api.conftest import TradingFloor
from tests.support.api import error_code

CANDLES = "/api/v1/markets/BTC-USDT/candles"
TICKER = "/api/v1/markets/BTC-USDT/ticker"
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)

Tape = Callable[..., None]


@pytest.fixture
def tape(idle: TradingFloor) -> Tape:
    """Writes past trades, as (time, price, quantity)."""

    def write(*trades: tuple[datetime, str, str]) -> None:
        market, account = idle.exchange.market(), idle.exchange.account("owner")
        for number, (at, price, quantity) in enumerate(trades, 1):
            Trade.objects.create(
                id=first_id_at(int(at.timestamp() * 1000)) + number,
                market=market,
                number=number,
                price=Decimal(price),
                quantity=Decimal(quantity),
                quote_amount=Decimal(price) * Decimal(quantity),
                taker_side=1,
                maker_order_id=1,
                taker_order_id=2,
                maker_account=account,
                taker_account=account,
                maker_fee=0,
                taker_fee=0,
                executed_at=at,
            )
        rebuild_candles(market_id=market.pk, now_ms=int(NOON.timestamp() * 1000))

    return write


def rows(idle: TradingFloor, query: str) -> list[tuple[str, ...]]:
    body = idle.stranger.get(f"{CANDLES}?{query}").json()
    return [
        (
            candle["opened_at"][11:16],
            *(candle[name] for name in ("open", "high", "low", "close", "volume", "quote_volume", "trades")),
        )
        for candle in body["items"]
    ]


def test_intervals_gaps_and_edges(idle: TradingFloor, tape: Tape) -> None:
    tape(
        (NOON - timedelta(minutes=10), "90", "9"),
        (NOON, "100", "1"),
        (NOON + timedelta(seconds=30), "120", "2"),
        (NOON + timedelta(seconds=59, microseconds=999_999), "110", "1"),
        (NOON + timedelta(minutes=3), "105", "1"),
    )
    minutes = rows(idle, "interval=1m&start=2026-03-04T11:59:00Z&end=2026-03-04T12:04:00Z")
    assert minutes == [
        ("11:59", "90", "90", "90", "90", "0", "0", 0),
        ("12:00", "100", "120", "100", "110", "4", "450", 3),
        ("12:01", "110", "110", "110", "110", "0", "0", 0),
        ("12:02", "110", "110", "110", "110", "0", "0", 0),
        ("12:03", "105", "105", "105", "105", "1", "105", 1),
    ]
    assert rows(idle, "interval=5m&end=2026-03-04T12:05:00Z&limit=1") == [
        ("12:00", "100", "120", "100", "105", "5", "555", 4)
    ]
    assert rows(idle, "interval=1s&start=2026-03-04T12:00:29Z&limit=3") == [
        ("12:00", "100", "100", "100", "100", "0", "0", 0),
        ("12:00", "120", "120", "120", "120", "2", "240", 1),
        ("12:00", "120", "120", "120", "120", "0", "0", 0),
    ]
    for interval, opened in (
        ("15m", "12:00"),
        ("30m", "12:00"),
        ("1h", "12:00"),
        ("2h", "12:00"),
        ("4h", "12:00"),
        ("6h", "12:00"),
        ("12h", "12:00"),
        ("1d", "00:00"),
        ("1w", "00:00"),
        ("1M", "00:00"),
    ):
        (candle,) = rows(idle, f"interval={interval}&end=2026-03-04T12:05:00Z&limit=1")
        assert candle[0] == opened
        assert candle[4] == "105"
    assert len(rows(idle, "interval=1m&start=2026-03-04T11:50:00Z&limit=3")) == 3


def test_before_the_first_trade_there_is_no_candle(idle: TradingFloor, tape: Tape) -> None:
    assert rows(idle, "interval=1h") == []
    tape((NOON, "100", "1"))
    assert [row[0] for row in rows(idle, "interval=1h&start=2026-03-04T10:00:00Z&end=2026-03-04T14:00:00Z")] == [
        "12:00",
        "13:00",
    ]
    assert rows(idle, "interval=1h&start=2999-01-01T00:00:00Z") == []


def test_moments_far_away_are_moments(idle: TradingFloor, tape: Tape) -> None:
    tape((NOON, "100", "1"))
    for interval in ("1s", "1w", "1M"):
        assert rows(idle, f"interval={interval}&start=0001-01-01T00:00:00%2B14:00&limit=3") == []
        assert rows(idle, f"interval={interval}&end=0001-01-01T00:00:00%2B14:00") == []
        assert rows(idle, f"interval={interval}&start=9999-12-31T23:59:59-14:00") == []
        assert len(rows(idle, f"interval={interval}&end=9999-12-31T23:59:59-14:00&limit=1")) == 1


def test_bad_parameters_of_candles(idle: TradingFloor) -> None:
    for query in (
        "",
        "interval=2m",
        "interval=1m&limit=0",
        "interval=1m&limit=1001",
        "interval=1m&start=x",
        "interval=1m&start=2026-03-04T12:00:00Z&end=2026-03-04T11:00:00Z",
    ):
        response = idle.stranger.get(f"{CANDLES}?{query}")
        assert (response.status_code, error_code(response)) == (400, "FIELD_INVALID"), query


def test_the_day(idle: TradingFloor, tape: Tape) -> None:
    now = datetime.now(UTC)
    tape(
        (now - timedelta(hours=25), "50", "1"),
        (now - timedelta(hours=23), "100", "1"),
        (now - timedelta(hours=2), "130", "1"),
        (now - timedelta(hours=1), "90", "2"),
    )
    idle.limit(idle.owner, "BUY", "59000", "0.2", response="ACK")
    idle.exchange.run()

    ticker = idle.stranger.get(TICKER).json()

    assert ticker == {
        "symbol": "BTC-USDT",
        "open": "100",
        "high": "130",
        "low": "90",
        "last": "90",
        "volume": "4",
        "quote_volume": "410",
        "trades": 3,
        "house_volume": "0",
        "house_quote_volume": "0",
        "house_trades": 0,
        "change": "-10",
        "change_percent": "-10",
        "best_bid": "59000",
        "best_bid_quantity": "0.2",
        "best_ask": None,
        "best_ask_quantity": None,
        "auction": None,
    }


def test_a_day_without_trades_is_flat(idle: TradingFloor, tape: Tape) -> None:
    empty = idle.stranger.get(TICKER).json()
    assert (empty["last"], empty["change"], empty["volume"]) == (None, None, "0")

    tape((datetime.now(UTC) - timedelta(hours=30), "50", "1"))
    forget_summaries()
    flat = idle.stranger.get(TICKER).json()
    assert (flat["open"], flat["last"], flat["change"], flat["volume"]) == ("50", "50", "0", "0")


def test_weeks_and_months(idle: TradingFloor, tape: Tape) -> None:
    tape(
        (datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC), "80", "1"),
        (datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC), "90", "1"),
        (NOON, "100", "1"),
    )

    def opened(interval: str) -> list[tuple[str, str, int]]:
        url = f"{CANDLES}?interval={interval}&start=2026-01-01T00:00:00Z&end=2026-03-05T00:00:00Z"
        items = idle.stranger.get(url).json()["items"]
        return [(candle["opened_at"][:10], candle["close"], candle["trades"]) for candle in items]

    assert opened("1w") == [
        ("2026-01-26", "80", 1),
        ("2026-02-02", "80", 0),
        ("2026-02-09", "80", 0),
        ("2026-02-16", "80", 0),
        ("2026-02-23", "90", 1),
        ("2026-03-02", "100", 1),
    ]
    assert opened("1M") == [("2026-01-01", "80", 1), ("2026-02-01", "80", 0), ("2026-03-01", "100", 2)]


def test_statistics_of_a_day_a_week_and_a_month(idle: TradingFloor, tape: Tape) -> None:
    now = datetime.now(UTC)
    tape(
        (now - timedelta(days=31), "10", "1"),
        (now - timedelta(days=29), "50", "1"),
        (now - timedelta(days=6), "70", "1"),
        (now - timedelta(hours=1), "60", "2"),
    )
    idle.limit(idle.owner, "BUY", "59000", "0.2", response="ACK")
    idle.limit(idle.owner, "SELL", "59100", "0.2", response="ACK")
    idle.exchange.run()

    body = idle.stranger.get("/api/v1/markets/BTC-USDT/statistics").json()

    periods = {
        period.pop("period"): tuple(period[name] for name in ("open", "high", "low", "last", "volume", "trades"))
        for period in body.pop("periods")
    }
    assert periods == {
        "24h": ("60", "60", "60", "60", "2", 1),
        "7d": ("70", "70", "60", "60", "3", 2),
        "30d": ("50", "70", "50", "60", "4", 3),
    }
    assert body == {
        "symbol": "BTC-USDT",
        "best_bid": "59000",
        "best_bid_quantity": "0.2",
        "best_ask": "59100",
        "best_ask_quantity": "0.2",
        "spread": "100",
        "spread_percent": "0.1693",
    }


def test_nothing_is_lost_with_redis(idle: TradingFloor, tape: Tape, redis_client: "redis.Redis") -> None:
    tape((datetime.now(UTC) - timedelta(hours=1), "60", "2"))
    idle.limit(idle.owner, "BUY", "59000", "0.2", response="ACK")
    idle.exchange.run()
    before = idle.stranger.get(TICKER).json(), idle.stranger.get("/api/v1/tickers").json()
    redis_client.flushdb()
    assert (idle.stranger.get(TICKER).json(), idle.stranger.get("/api/v1/tickers").json()) == before


def test_sums_are_kept_in_redis_for_all_processes(
    idle: TradingFloor, tape: Tape, redis_client: "redis.Redis", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summaries, "KEEP_DAY_SECONDS", 60)
    tape((datetime.now(UTC) - timedelta(hours=1), "60", "2"))
    idle.stranger.get(TICKER)
    (key,) = redis_client.keys("summary:*")
    kept = redis_client.get(key)
    assert isinstance(kept, bytes)
    redis_client.set(key, kept.replace(b"60", b"61"), px=60_000)
    assert idle.stranger.get(TICKER).json()["last"] == "61"
