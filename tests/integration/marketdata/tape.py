"""Past trades of a market, written as the worker writes them, and what they add up to when a person adds them."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from kernel.ids import first_id_at
from ledger.models import Account
from matching.models import Market, Trade

_markets = itertools.count(1)

Sums = tuple[Decimal, Decimal, Decimal, Decimal, Decimal, Decimal, int, Decimal, Decimal, int]
"""Open, high, low, close; volume, quote volume, trades; and the house's part of those three."""


@dataclass(frozen=True, slots=True)
class Print:
    """One trade: time in milliseconds, price and quantity in whole units, and whether it is between house accounts."""

    at_ms: int
    price: int
    quantity: int
    is_house: bool


class Tape:
    """A market of its own, with a house that owns two accounts."""

    def __init__(self, *, house: tuple[Account, Account], other: Account) -> None:
        like = Market.objects.get(symbol="BTC-USDT")
        self.market = Market.objects.create(
            symbol=f"TAPE{next(_markets)}-USDT",
            base=like.base,
            quote=like.quote,
            shard=like.shard,
            tick_size=like.tick_size,
            lot_size=like.lot_size,
        )
        self.house = house
        self.other = other
        self.prints: list[Print] = []

    def write(self, *prints: Print) -> None:
        """Append trades; times never go back. Of a trade that is not the house's own, one side still may be."""
        for made in prints:
            self.prints.append(made)
            number = len(self.prints)
            taker = self.house[1] if made.is_house else self.other
            Trade.objects.create(
                id=first_id_at(made.at_ms) + number,
                market=self.market,
                number=number,
                price=made.price,
                quantity=made.quantity,
                quote_amount=made.price * made.quantity,
                taker_side=1,
                maker_order_id=1,
                taker_order_id=2,
                maker_account=self.house[0],
                taker_account=taker,
                maker_fee=0,
                taker_fee=0,
                executed_at=datetime.fromtimestamp(made.at_ms / 1000, tz=UTC),
            )

    def candles(self, interval_ms: int) -> dict[datetime, Sums]:
        """What each interval with trades should show."""
        groups: dict[int, list[Print]] = {}
        for made in self.prints:
            groups.setdefault(made.at_ms // interval_ms * interval_ms, []).append(made)
        return {datetime.fromtimestamp(opened / 1000, tz=UTC): added_up(prints) for opened, prints in groups.items()}


def added_up(prints: list[Print]) -> Sums:
    """One candle of these trades."""
    house = [made for made in prints if made.is_house]
    prices = [Decimal(made.price) for made in prints]
    return (prices[0], max(prices), min(prices), prices[-1], *_volumes(prints), *_volumes(house))


def _volumes(prints: list[Print]) -> tuple[Decimal, Decimal, int]:
    quantity = sum(made.quantity for made in prints)
    return Decimal(quantity), Decimal(sum(made.price * made.quantity for made in prints)), len(prints)
