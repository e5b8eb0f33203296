"""The only place that converts between what people write and what the core computes.

Outside the core an amount is a `Decimal` in units of its asset (1.5 BTC) and travels as a string. Inside it is an
`int`: money in *atoms* (10^-scale of the asset), a price in *ticks*, a quantity in *lots*. Ticks times lots is a
whole number of *tick-lots*; a market's `quote_atoms_per_tick_lot` turns them into quote atoms, so the value of a
trade never rounds. The single division of the system is the fee, and it rounds against the one who pays it.

No function here rounds silently: what does not fit exactly raises.
"""

import decimal
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kernel.errors import (
    NumberMalformed,
    NumberNotPositive,
    NumberOutOfRange,
    TooManyDecimals,
    invariant,
)

STORED_DIGITS: Final = 38
STORED_DECIMALS: Final = 18
"""Amounts are stored as NUMERIC(38,18): up to 20 digits before the point, 18 after it."""

MAX_SCALE: Final = STORED_DECIMALS
PPM: Final = 1_000_000

EXACT: Final = decimal.Context(
    prec=80, traps=[decimal.Inexact, decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow]
)
"""Wide enough for any product of two stored amounts, and an error where a digit would be lost."""

_PLAIN_DECIMAL: Final = re.compile(r"-?(\d+)(?:\.(\d+))?", re.ASCII)
_ANY_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def parse_positive(text: object, *, field: str) -> Decimal:
    """A client's amount or price as a Decimal.

    Raises NumberMalformed, NumberOutOfRange, TooManyDecimals, NumberNotPositive; `field` goes into their details.
    """
    details = {"field": field}
    if not isinstance(text, str) or len(text) > 100:
        raise NumberMalformed(details=details)
    match = _PLAIN_DECIMAL.fullmatch(text)
    if match is None:
        if _ANY_NUMBER.fullmatch(text) and len(text.lower().partition("e")[2].lstrip("+-")) > 2:
            raise NumberOutOfRange(details=details)
        raise NumberMalformed(details=details)
    if len(match[1].lstrip("0")) > STORED_DIGITS - STORED_DECIMALS:
        raise NumberOutOfRange(details=details)
    if len((match[2] or "").rstrip("0")) > STORED_DECIMALS:
        raise TooManyDecimals(details=details)
    number = Decimal(text)
    if number <= 0:
        raise NumberNotPositive(details=details)
    return number


def to_atoms(amount: Decimal, scale: int) -> int:
    """Units of an asset as atoms; TooManyDecimals where the asset has no such small part."""
    atoms = amount.scaleb(scale, EXACT)
    whole = int(atoms)
    if whole != atoms:
        raise TooManyDecimals(details={"decimals": str(scale)})
    return whole


def from_atoms(atoms: int, scale: int) -> Decimal:
    """Atoms as units of the asset, with exactly `scale` decimals."""
    return Decimal(atoms).scaleb(-scale, EXACT)


def atoms_suffix(scale: int) -> str:
    """What PostgreSQL must read behind an integer of atoms to take it as units: 12 atoms at scale 8 is '12e-8'."""
    return f"e-{scale}"


def plain(amount: Decimal) -> str:
    """The shortest plain notation: what JSON carries. '1.50000' is '1.5', 0E-8 is '0'."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def fee_atoms(received_atoms: int, ppm: int) -> int:
    """The fee on what one receives, in the same atoms: parts per million, rounded up against the payer."""
    return -(-received_atoms * ppm // PPM)


def decimals_of(step: Decimal) -> int:
    """Digits behind the point that multiples of `step` can have."""
    exponent = step.normalize(EXACT).as_tuple().exponent
    invariant(isinstance(exponent, int), "a step is a finite number")
    return max(-int(exponent), 0)


@dataclass(frozen=True, slots=True)
class MarketUnits:
    """The steps of one market and what they are worth in atoms of its two assets."""

    tick_size: Decimal
    """Quote units per base unit, the smallest price step."""
    lot_size: Decimal
    """Base units, the smallest quantity step."""
    base_scale: int
    quote_scale: int

    def __post_init__(self) -> None:
        invariant(self.tick_size > 0 and self.lot_size > 0, "steps are positive")
        invariant(decimals_of(self.lot_size) <= self.base_scale, "a lot is a whole number of base atoms")
        invariant(
            decimals_of(self.tick_size) + decimals_of(self.lot_size) <= self.quote_scale,
            "a tick times a lot is a whole number of quote atoms",
        )

    @property
    def base_atoms_per_lot(self) -> int:
        """Atoms of the base asset in one lot."""
        return to_atoms(self.lot_size, self.base_scale)

    @property
    def quote_atoms_per_tick_lot(self) -> int:
        """Atoms of the quote asset that one lot costs at a price of one tick."""
        return to_atoms(EXACT.multiply(self.tick_size, self.lot_size), self.quote_scale)

    def ticks(self, price: Decimal) -> int | None:
        """The price in ticks, or None where it lies between two of them."""
        return _steps(price, self.tick_size)

    def lots(self, quantity: Decimal) -> int | None:
        """The quantity in lots, or None where it lies between two of them."""
        return _steps(quantity, self.lot_size)

    def least_lots(self, quantity: Decimal) -> int:
        """The fewest lots that are not less than the quantity."""
        whole, rest = EXACT.divmod(quantity, self.lot_size)
        return int(whole) + bool(rest)

    def most_lots(self, quantity: Decimal) -> int:
        """The most lots that are not more than the quantity."""
        return int(EXACT.divmod(quantity, self.lot_size)[0])

    def least_tick_lots(self, quote_amount: Decimal) -> int:
        """The fewest tick-lots that are not worth less than the amount."""
        return -(-to_atoms(quote_amount, self.quote_scale) // self.quote_atoms_per_tick_lot)

    def tick_lots(self, quote_amount: Decimal) -> int:
        """How many whole tick-lots a quote amount pays for; what is left is less than one."""
        return to_atoms(quote_amount, self.quote_scale) // self.quote_atoms_per_tick_lot

    def price(self, ticks: int) -> Decimal:
        """Ticks as quote units per base unit."""
        return EXACT.multiply(Decimal(ticks), self.tick_size)

    def quantity(self, lots: int) -> Decimal:
        """Lots as base units."""
        return EXACT.multiply(Decimal(lots), self.lot_size)

    def quote_amount(self, tick_lots: int) -> Decimal:
        """Tick-lots as quote units."""
        return from_atoms(tick_lots * self.quote_atoms_per_tick_lot, self.quote_scale)


def _steps(amount: Decimal, step: Decimal) -> int | None:
    whole, rest = EXACT.divmod(amount, step)
    return None if rest else int(whole)


def step_parts(step: Decimal) -> tuple[int, str]:
    """A step as an integer and the suffix that makes multiples of it readable to PostgreSQL: 0.05 is (5, 'e-2')."""
    decimals = decimals_of(step)
    return to_atoms(step, decimals), atoms_suffix(decimals)
