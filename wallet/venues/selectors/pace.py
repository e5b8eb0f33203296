"""How fast exchanges let themselves be asked."""

import math

from wallet.venues.exchanges.profiles import profile_of
from wallet.venues.models import SupportedExchange


def seconds_per_currency(exchange: SupportedExchange) -> float:
    """About how long each currency of a long sync takes there."""
    return profile_of(exchange).seconds_per_currency


def full_sync_seconds(exchange: SupportedExchange) -> int:
    """About how long it takes to ask for everything; 0 before it is known what there is."""
    return math.ceil(len(exchange.currencies) * seconds_per_currency(exchange))
