"""What a market did in its last days: prices, volumes, trades.

Adding up costs the database a moment, so the sums are kept for a moment: in Redis for all processes, and in each
process, which is all there is while Redis is away.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Any

import orjson
from django.db import connection, connections
from redis.client import Pipeline

from marketdata.selectors.periods import price_before
from marketdata.selectors.redis_answers import ask_redis
from marketdata.selectors.sums import SUM_OF_PERIOD, sum_of_period_parameters
from matching.selectors.cache import ShortCache
from matching.selectors.markets import list_markets

PERIODS = {"24h": 1, "7d": 7, "30d": 30}
"""Days of each period."""

DAY_MS = 86_400_000
KEEP_DAY_SECONDS, KEEP_LONGER_SECONDS = 0.5, 5.0
"""In Redis and again in the process, so a day's sums are a second old at the most, those of longer periods ten."""

DIVISION = Context(prec=60, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation])
"""For ratios, which are rounded on purpose."""

_NOTHING = Decimal(0)
_PERCENT_STEP = Decimal("0.01")
_AHEAD_MS = 120_000
"""Everything up to now is counted, even where the worker's clock is a little ahead of this one."""


@dataclass(frozen=True, slots=True)
class PeriodSummary:
    """Prices are None in a market that never traded; a period without trades is flat at the price before it."""

    open: Decimal | None
    high: Decimal | None
    low: Decimal | None
    last: Decimal | None
    volume: Decimal
    quote_volume: Decimal
    trades: int
    house_volume: Decimal
    house_quote_volume: Decimal
    house_trades: int
    """The parts of the three sums before that house accounts traded with each other."""

    @property
    def change(self) -> Decimal | None:
        """Last price less the opening one."""
        if self.last is None or self.open is None:
            return None
        return self.last - self.open

    @property
    def change_percent(self) -> Decimal | None:
        """The change in percent of the opening price, to two decimals."""
        if self.change is None or not self.open:
            return None
        return DIVISION.divide(self.change * 100, self.open).quantize(_PERCENT_STEP, context=DIVISION)

    def without_house(self) -> "PeriodSummary":
        """Only what others took part in is counted. Prices stay: at any of them anybody could have traded."""
        return replace(
            self,
            volume=self.volume - self.house_volume,
            quote_volume=self.quote_volume - self.house_quote_volume,
            trades=self.trades - self.house_trades,
            house_volume=_NOTHING,
            house_quote_volume=_NOTHING,
            house_trades=0,
        )


_day_cache: ShortCache[PeriodSummary] = ShortCache(seconds=KEEP_DAY_SECONDS)
_longer_cache: ShortCache[PeriodSummary] = ShortCache(seconds=KEEP_LONGER_SECONDS)


def period_summaries(market_ids: Sequence[int], *, days: int, now_ms: int) -> list[PeriodSummary]:
    """The last so many days of several markets before `now_ms`, milliseconds since the Unix epoch."""
    keys = [_key(market_id, days) for market_id in market_ids]
    found = ask_redis(lambda pipeline: _get_all(pipeline, keys)) or [None] * len(keys)
    missing: dict[str, PeriodSummary] = {}
    summaries = []
    for market_id, key, kept in zip(market_ids, keys, found, strict=True):
        summary = _read(kept) if kept is not None else _own(market_id, days, now_ms)
        if kept is None:
            missing[key] = summary
        summaries.append(summary)
    if missing:
        ask_redis(lambda pipeline: _keep_all(pipeline, missing, days))
    return summaries


def forget_summaries() -> None:
    """Sum up anew at the next question, in all processes but for what they keep themselves."""
    _day_cache.forget()
    _longer_cache.forget()
    keys = [_key(market.id, days) for market in list_markets() for days in PERIODS.values()]
    if keys:
        ask_redis(lambda pipeline: pipeline.delete(*keys))


def sum_up_period(market_id: int, start_ms: int, now_ms: int) -> PeriodSummary:
    """From the database, to the last commit."""
    with connection.cursor() as cursor:
        cursor.execute(SUM_OF_PERIOD, sum_of_period_parameters(market_id, start_ms, now_ms + _AHEAD_MS))
        row = cursor.fetchone()
    if row[0] is None:
        flat = price_before(market_id, start_ms)
        return PeriodSummary(flat, flat, flat, flat, _NOTHING, _NOTHING, 0, _NOTHING, _NOTHING, 0)
    return PeriodSummary(*row)


def _own(market_id: int, days: int, now_ms: int) -> PeriodSummary:
    cache = _day_cache if days == 1 else _longer_cache
    return cache.get((market_id, days), lambda: sum_up_period(market_id, now_ms - days * DAY_MS, now_ms))


def _get_all(pipeline: "Pipeline", keys: Sequence[str]) -> None:
    for key in keys:
        pipeline.get(key)


def _keep_all(pipeline: "Pipeline", summaries: dict[str, PeriodSummary], days: int) -> None:
    seconds = KEEP_DAY_SECONDS if days == 1 else KEEP_LONGER_SECONDS
    for key, summary in summaries.items():
        pipeline.set(key, _written(summary), px=int(seconds * 1000))


def _key(market_id: int, days: int) -> str:
    """Sums belong to the database they were read from."""
    return f"summary:{connections.databases['default']['NAME']}:{market_id}:{days}"


def _written(summary: PeriodSummary) -> bytes:
    return orjson.dumps([str(value) if isinstance(value, Decimal) else value for value in astuple(summary)])


def _read(kept: bytes) -> PeriodSummary:
    values: list[Any] = [Decimal(value) if isinstance(value, str) else value for value in orjson.loads(kept)]
    return PeriodSummary(*values)
