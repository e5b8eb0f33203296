"""Rounding of what others name with more decimals than we keep."""

from decimal import Decimal

import pytest

from wallet.core.amounts import rounded_down, rounded_up


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


@pytest.mark.parametrize(
    ("amount", "decimals", "booked"), [("1.231", 2, "1.24"), ("1.2", 2, "1.2"), ("0.001", 2, "0.01"), ("0", 2, "0")]
)
def test_rounded_up(amount: str, decimals: int, booked: str) -> None:
    assert rounded_up(Decimal(amount), decimals) == Decimal(booked)
