"""Past trades of a market, written as the worker writes them, and what they add up to when a person adds them."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from kernel.ids import first_id_at
from ledger.models import Account
from marketdata.intervals import Interval
from marketdata.settling import CandleWriter
from matching.engine.events import Traded
from matching.engine.types import Side
from matching.models import Market, Trade
from matching.worker.markets import LiveMarket
from matching.worker.settlement import Collected, TradeRow
from storage.connections import database_cursor

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
        self._live = LiveMarket(Market.objects.select_related("base", "quote").get(pk=self.market.pk))
        self.house = house
        self.other = other
        self.prints: list[Print] = []

    def write(self, *prints: Print) -> None:
        """Append trades with their candles; times never go back. Of a trade that is not the house's own, one side still
        may be."""
        for made in prints:
            self.prints.append(made)
            number = len(self.prints)
            taker = self.house[1] if made.is_house else self.other
            trade_id = first_id_at(made.at_ms) + number
            Trade.objects.create(
                id=trade_id,
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
            self._settle(made, trade_id, number, taker.pk)

    def _settle(self, made: Print, trade_id: int, number: int, taker_id: int) -> None:
        units = self._live.units
        traded = Traded(
            number=number,
            ticks=units.ticks(Decimal(made.price)) or 0,
            lots=units.lots(Decimal(made.quantity)) or 0,
            maker_order_id=1,
            maker_account_id=self.house[0].pk,
            maker_remaining_lots=0,
            maker_ppm=0,
            taker_order_id=2,
            taker_account_id=taker_id,
            taker_side=Side.BUY,
            taker_ppm=0,
        )
        collected = Collected(trades=[TradeRow(trade_id, self._live, traded, 0, 0)])
        CandleWriter().write(database_cursor(), collected, at_us=made.at_ms * 1000)

    def candles(self, interval: Interval) -> dict[datetime, Sums]:
        """What each interval with trades should show."""
        groups: dict[int, list[Print]] = {}
        for made in self.prints:
            groups.setdefault(interval.opening(made.at_ms), []).append(made)
        return {datetime.fromtimestamp(opened / 1000, tz=UTC): added_up(prints) for opened, prints in groups.items()}


def added_up(prints: list[Print]) -> Sums:
    """One candle of these trades."""
    house = [made for made in prints if made.is_house]
    prices = [Decimal(made.price) for made in prints]
    return (prices[0], max(prices), min(prices), prices[-1], *_volumes(prints), *_volumes(house))


def _volumes(prints: list[Print]) -> tuple[Decimal, Decimal, int]:
    quantity = sum(made.quantity for made in prints)
    return Decimal(quantity), Decimal(sum(made.price * made.quantity for made in prints)), len(prints)
