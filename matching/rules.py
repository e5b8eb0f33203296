"""A market's row in the core's own units, and a change of its limits as the command log keeps it."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any, NamedTuple, Self

import orjson

from kernel.errors import invariant
from kernel.units import MarketUnits, plain
from matching.engine.types import MarketRules
from matching.models import Market


def units_of(market: Market) -> MarketUnits:
    """The steps of the market and what they are worth; wants `base` and `quote` loaded."""
    return MarketUnits(market.tick_size, market.lot_size, market.base.scale, market.quote.scale)


def rules_of(market: Market) -> MarketRules:
    """The limits the engine holds every order against. A limit between two steps counts as the tighter one."""
    units = units_of(market)
    return MarketRules(
        version=market.rules_version,
        price_band_ppm=market.price_band_ppm,
        max_order_value=units.tick_lots(market.max_order_value),
        max_open_orders=market.max_open_orders,
        min_lots=units.least_lots(market.min_quantity),
        max_lots=units.most_lots(market.max_quantity),
        min_value=units.least_tick_lots(market.min_notional),
        initial_ticks=units.ticks(market.initial_price) or 0,
        tick_multiple=market.tick_multiple,
        lot_multiple=market.lot_multiple,
        static_band_ppm=market.static_band_ppm,
        protection_ppm=market.protection_ppm,
        breaker_ppm=market.breaker_ppm,
        breaker_window_us=market.breaker_window_seconds * _SECOND_US,
        halt_us=market.halt_seconds * _SECOND_US,
        auction_us=market.auction_seconds * _SECOND_US,
        max_stop_orders=market.max_stop_orders,
        max_order_rate=market.max_order_rate,
    )


LIMIT_FIELDS = (
    "min_quantity",
    "max_quantity",
    "min_notional",
    "max_order_value",
    "price_band_ppm",
    "max_open_orders",
    "initial_price",
    "tick_multiple",
    "lot_multiple",
    "static_band_ppm",
    "protection_ppm",
    "breaker_ppm",
    "breaker_window_seconds",
    "halt_seconds",
    "auction_seconds",
    "max_stop_orders",
    "max_order_rate",
    "min_kyc_level",
)
"""The columns of a market that may change while it is traded. The steps that prices and quantities are counted in may
not: they are the unit of old orders."""

AMOUNT_LIMITS = frozenset({"min_quantity", "max_quantity", "min_notional", "max_order_value", "initial_price"})
"""Those of them that are amounts; the others are whole numbers."""

_SECOND_US = 1_000_000


class LoggedRules(NamedTuple):
    """What a change of limits says in the command log: everything a replay needs, whatever the market's row says now.

    `before` and `after` are in the core's units; `limits` are the columns of the row, amounts as plain decimals. A
    change that was logged before a limit existed does not name it: there was no such limit then.
    """

    before: MarketRules
    after: MarketRules
    limits: dict[str, str | int]

    @classmethod
    def of(cls, before: Market, after: Market) -> Self:
        """`after` is the same market with other limits and the next version."""
        limits = {field: _written(getattr(after, field)) for field in LIMIT_FIELDS}
        return cls(rules_of(before), rules_of(after), limits)

    @classmethod
    def read(cls, text: str | None) -> Self:
        """From the JSON of `matching_command.rules`."""
        invariant(text is not None, "a change of rules names them")
        logged: dict[str, Any] = orjson.loads(text or "")
        return cls(MarketRules(**logged["before"]), MarketRules(**logged["after"]), logged["limits"])

    def write(self) -> str:
        """As JSON for `matching_command.rules`."""
        logged = {"before": asdict(self.before), "after": asdict(self.after), "limits": self.limits}
        return orjson.dumps(logged).decode()


def _written(value: Decimal | int) -> str | int:
    return plain(value) if isinstance(value, Decimal) else value
