"""Market data's work in the background."""

import time

from celery import shared_task

from marketdata.services import drop_old_seconds, roll_up_hours
from matching.selectors.markets import list_markets


@shared_task(queue="default")
def roll_up_candles() -> int:
    """Add up the hours that are over, of all markets; how many they were."""
    return sum(roll_up_hours(market_id=market.id) for market in list_markets())


@shared_task(queue="default")
def drop_old_candles() -> int:
    """Delete the candles of seconds whose days are over, of all markets; how many they were."""
    now_ms = time.time_ns() // 1_000_000
    return sum(drop_old_seconds(market_id=market.id, now_ms=now_ms) for market in list_markets())
