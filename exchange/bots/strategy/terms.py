"""A market as the bots see it: its rules in whole ticks and lots, and where its price should be."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

from exchange.bots.strategy.fair_values import FairValues
from kernel.units import EXACT, MAX_SCALE, PPM, MarketUnits, plain

MILLI = 1000
_PART_OF_BAND_USED = 7, 10
"""How far into the price band the house quotes: an order at its very edge would be refused a moment later."""


class Quote(NamedTuple):
    """A limit order that is wanted."""

    side: str
    ticks: int
    lots: int


BUY, SELL = "BUY", "SELL"


@dataclass(frozen=True, slots=True)
class Terms:
    """What the exchange says about one market. `reach_ppm` is how far from the last price orders may be."""

    symbol: str
    base: str
    quote: str
    units: MarketUnits
    is_trading: bool
    least_lots: int
    most_lots: int
    least_tick_lots: int
    most_tick_lots: int
    last_ticks: int
    """0 before the first trade."""
    reach_ppm: int

    @classmethod
    def read(cls, market: Mapping[str, Any]) -> "Terms":
        """From the JSON of GET /api/v1/markets."""
        # Any asset has at most that many decimals; more than it really has do not change a tick or a lot.
        units = MarketUnits(Decimal(market["tick_size"]), Decimal(market["lot_size"]), MAX_SCALE, MAX_SCALE)
        last, band = market["last_price"], market["price_band"]
        return cls(
            symbol=market["symbol"],
            base=market["base"],
            quote=market["quote"],
            units=units,
            is_trading=market["state"] == "TRADING",
            least_lots=max(1, units.least_lots(Decimal(market["min_quantity"] or 0))),
            most_lots=units.most_lots(Decimal(market["max_quantity"])) if market["max_quantity"] else 2**62,
            least_tick_lots=units.least_tick_lots(Decimal(market["min_notional"] or 0)),
            most_tick_lots=units.tick_lots(Decimal(market["max_order_value"])) if market["max_order_value"] else 2**62,
            last_ticks=units.ticks(Decimal(last)) or 0 if last else 0,
            reach_ppm=int(EXACT.multiply(Decimal(band), PPM)) if band else PPM,
        )

    def halted(self) -> "Terms":
        """The same market, not trading."""
        return replace(self, is_trading=False)

    def fair_milliticks(self, values: FairValues) -> int:
        """The price that follows from the values of the two assets, kept within the reach of the last price."""
        numerator, denominator = self.units.tick_size.as_integer_ratio()
        worth = values.value_micro(self.base) * MILLI * denominator
        fair = worth // (values.value_micro(self.quote) * numerator)
        if not self.last_ticks:
            return fair
        part, whole = _PART_OF_BAND_USED
        reach = self.last_ticks * MILLI * self.reach_ppm * part // (PPM * whole)
        return min(max(fair, self.last_ticks * MILLI - reach), self.last_ticks * MILLI + reach)

    def lots_worth(self, value_micro: int, values: FairValues) -> int:
        """As many lots as have this value in millionths of the reference asset, within what an order may be."""
        numerator, denominator = self.units.lot_size.as_integer_ratio()
        lots = value_micro * denominator // (values.value_micro(self.base) * numerator)
        return min(max(lots, self.least_lots), self.most_lots)

    def is_acceptable(self, quote: Quote) -> bool:
        """Whether the value of an order is within the market's bounds."""
        return quote.ticks > 0 and self.least_tick_lots <= quote.ticks * quote.lots <= self.most_tick_lots

    def price_text(self, ticks: int) -> str:
        return plain(self.units.price(ticks))

    def quantity_text(self, lots: int) -> str:
        return plain(self.units.quantity(lots))
