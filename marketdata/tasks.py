"""Market data's work in the background."""

from celery import shared_task

from marketdata.services import update_candles
from matching.selectors.markets import list_markets


@shared_task(queue="default")
def update_all_candles() -> int:
    """Add the newest trades of all markets to the stored candles; how many they were."""
    return sum(update_candles(market_id=market.id) for market in list_markets())
