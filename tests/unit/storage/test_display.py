"""How amounts and rates are written on the staff pages."""

from decimal import Decimal

import pytest

from exchange.exact_decimals import install_decimal_context
from storage.admin.display import NOTHING, amount_text, count_text, moment_of_id, rate_text

SPACE = "\N{NARROW NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (None, NOTHING),
        (Decimal("0"), "0"),
        (Decimal("0E-18"), "0"),
        (Decimal("1.500000000000000000"), "1.5"),
        (Decimal("999"), "999"),
        (Decimal("1000"), f"1{SPACE}000"),
        (Decimal("-1234567.000000000000000001"), f"-1{SPACE}234{SPACE}567.000000000000000001"),
        (Decimal("-0.5"), "-0.5"),
        (Decimal("1E+5"), f"100{SPACE}000"),
        (
            Decimal("99999999999999999999.123456789012345678"),
            f"{SPACE}".join(["99", *["999"] * 6]) + ".123456789012345678",
        ),
    ],
)
def test_an_amount_is_exact_with_thousands_apart(amount: Decimal | None, text: str) -> None:
    install_decimal_context()
    assert amount_text(amount) == text


def test_counts_and_rates() -> None:
    assert count_text(1234567) == f"1{SPACE}234{SPACE}567"
    assert rate_text(1_500) == "0.15 %"
    assert rate_text(1) == "0.0001 %"
    assert rate_text(1_000_000) == "100 %"


def test_an_id_tells_when_it_was_given() -> None:
    assert f"{moment_of_id(0):%Y-%m-%d %H:%M:%S}" == "2025-01-01 00:00:00"
