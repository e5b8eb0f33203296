"""The shape of an order flow, and the rules of the market it is made for."""

from dataclasses import dataclass

from matching.engine.types import MarketRules

RULES = MarketRules(
    version=1,
    price_band_ppm=100_000,
    max_order_value=10**12,
    max_open_orders=1_000,
    min_lots=1,
    max_lots=10**9,
    min_value=10,
    initial_ticks=50_000,
    static_band_ppm=500_000,
    protection_ppm=50_000,
    breaker_ppm=80_000,
    breaker_window_us=60_000_000,
    halt_us=2_000_000,
    auction_us=2_000_000,
    max_stop_orders=200,
    max_order_rate=1_000_000,
)
"""All checks on, at limits that this flow seldom meets."""


@dataclass(frozen=True, slots=True)
class Flow:
    """The shape of a flow. Shares are of all commands; the rest of them are cancels."""

    accounts: int = 1_000
    limit_share: float = 0.6
    market_share: float = 0.2
    mid_ticks: int = 50_000
    spread_ticks: float = 40.0
    """Mean distance of a passive limit price from the mid."""
    crossing_share: float = 0.15
    """Of limit orders: priced across the mid."""
    mean_lots: int = 100
    first_order_id: int = 1
    amend_share: float = 0.0
    stop_share: float = 0.0
    """Stops and take-profits, with a limit price and without."""
    trailing_share: float = 0.0
    iceberg_share: float = 0.0
    oco_share: float = 0.0
    replace_share: float = 0.0
    countdown_share: float = 0.0
    good_till_share: float = 0.0
    """Of resting limit orders: those for a time."""
    other_prevention_share: float = 0.0
    """Of orders: those with another self-trade prevention than EXPIRE_TAKER."""
    starts_at_us: int = 1
    """When the first command is thought to be applied; needed for what lasts for a time."""
    step_us: int = 1
    """Time between commands."""


PLAIN_MIX = Flow()
"""Limit orders, market orders, cancels."""

FULL_MIX = Flow(
    limit_share=0.5,
    market_share=0.12,
    amend_share=0.08,
    stop_share=0.04,
    trailing_share=0.01,
    iceberg_share=0.03,
    oco_share=0.02,
    replace_share=0.03,
    countdown_share=0.005,
    good_till_share=0.05,
    other_prevention_share=0.2,
)
"""What market makers, their clients and everybody else send together; 16.5 % are cancels."""
