"""A market's row in the core's own units."""

from kernel.units import MarketUnits
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
    )
