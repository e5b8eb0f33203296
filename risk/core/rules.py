"""What a market allows: the static limits that every order is held against.

The numbers are in the core's own units: prices in ticks, quantities in lots, values in tick-lots (ticks x
lots).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MarketRules:
    """The limits of one market. A change is a new object with a new `version`; checkpoints name the
    version."""

    version: int
    price_band_ppm: int
    """How far a price may be from the reference price, in parts per million of it; 0 = any distance."""
    max_order_value: int
    """Greatest value of one order in tick-lots; 0 = no limit."""
    max_open_orders: int
    """Orders one account may have resting in this market at a time; 0 = no limit."""
    min_lots: int
    max_lots: int
    """Greatest quantity of one order in lots; 0 = no limit."""
    min_value: int
    """Smallest value of one order in tick-lots; 0 = no limit."""
    initial_ticks: int
    """The reference price before the first trade, in ticks; 0 = none, and then no band until there is one."""
    tick_multiple: int = 1
    """Order prices are multiples of so many ticks."""
    lot_multiple: int = 1
    """Order quantities are multiples of so many lots."""
    static_band_ppm: int = 0
    """How far a price may be from the static reference; 0 = any distance."""
    protection_ppm: int = 0
    """How far a market order may go from the best price it meets; 0 = as far as the bands allow."""
    breaker_ppm: int = 0
    """A move beyond this within the window halts the market; 0 = no circuit breaker."""
    breaker_window_us: int = 0
    """Microseconds, here and below."""
    halt_us: int = 0
    """How long the circuit breaker halts the market."""
    auction_us: int = 0
    """How long the auction after such a halt collects orders."""
    max_stop_orders: int = 0
    """Orders one account may have waiting in this market at a time; 0 = no limit."""
    max_order_rate: int = 0
    """Orders of one account in this market per 10 seconds; 0 = no limit."""
