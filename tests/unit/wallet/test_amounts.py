"""Rounding of what others name with more decimals than we keep."""

from decimal import Decimal

import pytest

from wallet.core.amounts import rounded_down


@pytest.mark.parametrize(
    ("amount", "decimals", "left"),
    [
        ("1.239", 2, "1.23"),
        ("1.2", 2, "1.2"),
        ("-1.231", 2, "-1.24"),
        ("0.009", 2, "0"),
        ("12345678901234567890.999999999999999999", 12, "12345678901234567890.999999999999"),
    ],
)
def test_rounded_down(amount: str, decimals: int, left: str) -> None:
    assert rounded_down(Decimal(amount), decimals) == Decimal(left)
