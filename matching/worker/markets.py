"""A market as the worker holds it: its book, and its constants in atoms and in text for PostgreSQL."""

from typing import NamedTuple

from kernel.units import atoms_suffix, step_parts
from matching.engine.book import Book
from matching.models import Market
from matching.rules import rules_of, units_of


class StateNotice(NamedTuple):
    """What is said of the state a market is in; the state itself is in its book."""

    reason: str
    until_us: int
    """When the market goes on by itself; 0 = not by itself."""


class LiveMarket:
    """One book with everything its settlement needs to know."""

    __slots__ = (
        "base_id",
        "base_suffix",
        "book",
        "lot_atoms",
        "lot_mantissa",
        "lot_suffix",
        "market_id",
        "quote_id",
        "quote_suffix",
        "state_notice",
        "stored_memory",
        "symbol",
        "tick_lot_atoms",
        "tick_mantissa",
        "tick_suffix",
        "units",
    )

    def __init__(self, market: Market) -> None:
        units = units_of(market)
        self.units = units
        self.market_id = market.id
        self.symbol = market.symbol
        self.base_id = market.base_id
        self.quote_id = market.quote_id
        self.lot_atoms = units.base_atoms_per_lot
        """Base atoms of one lot."""
        self.tick_lot_atoms = units.quote_atoms_per_tick_lot
        """Quote atoms of one tick-lot."""
        self.tick_mantissa, self.tick_suffix = step_parts(market.tick_size)
        self.lot_mantissa, self.lot_suffix = step_parts(market.lot_size)
        self.base_suffix = atoms_suffix(market.base.scale)
        self.quote_suffix = atoms_suffix(market.quote.scale)
        self.book = Book(market.id, rules_of(market))
        self.state_notice = StateNotice("", 0)
        self.stored_memory = ""
        """What the engine remembers besides orders and counters, as JSON, as it was last committed."""

    def price_text(self, ticks: int) -> str:
        """A price in quote units as PostgreSQL reads it."""
        return f"{ticks * self.tick_mantissa}{self.tick_suffix}"

    def quantity_text(self, lots: int) -> str:
        """A quantity in base units as PostgreSQL reads it."""
        return f"{lots * self.lot_mantissa}{self.lot_suffix}"

    def value_text(self, tick_lots: int) -> str:
        """A value in quote units as PostgreSQL reads it."""
        return f"{tick_lots * self.tick_lot_atoms}{self.quote_suffix}"
