"""Amounts that others name with more decimals than we keep. Pure."""

import math
from decimal import Decimal

from kernel.units import EXACT, from_atoms


def rounded_down(amount: Decimal, decimals: int) -> Decimal:
    """The most that is not more than `amount` and has no more than so many decimals."""
    return from_atoms(math.floor(amount.scaleb(decimals, EXACT)), decimals)


def rounded_up(amount: Decimal, decimals: int) -> Decimal:
    """The least that is not less than `amount` and has no more than so many decimals."""
    return from_atoms(math.ceil(amount.scaleb(decimals, EXACT)), decimals)
