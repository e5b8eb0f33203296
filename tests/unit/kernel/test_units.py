"""Conversions between what people write and what the core counts: exact, or refused."""

import decimal
import threading
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.exact_decimals import install_decimal_context
from kernel.errors import BourseError, InvariantViolated
from kernel.units import (
    EXACT,
    MAX_SCALE,
    PPM,
    MarketUnits,
    NumberMalformed,
    NumberNotPositive,
    NumberOutOfRange,
    TooManyDecimals,
    atoms_suffix,
    decimals_of,
    fee_atoms,
    from_atoms,
    parse_positive,
    plain,
    step_parts,
    to_atoms,
)

UNITS = MarketUnits(Decimal("0.05"), Decimal("0.001"), base_scale=8, quote_scale=6)


class TestParsing:
    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("1", "1"),
            ("1.50", "1.5"),
            ("0.000000000000000001", "0.000000000000000001"),
            ("00012.5", "12.5"),
            ("99999999999999999999", "99999999999999999999"),
            ("1.5000000000000000000000", "1.5"),
            ("000000000000000000000000001", "1"),
        ],
    )
    def test_accepts(self, text: str, number: str) -> None:
        assert parse_positive(text, field="price") == Decimal(number)

    @pytest.mark.parametrize(
        ("text", "error"),
        [
            ("", NumberMalformed),
            (" 1", NumberMalformed),
            ("1\n", NumberMalformed),
            ("1,5", NumberMalformed),
            ("1.", NumberMalformed),
            (".5", NumberMalformed),
            ("+1", NumberMalformed),
            ("1e5", NumberMalformed),
            ("NaN", NumberMalformed),
            ("Infinity", NumberMalformed),
            ("0x10", NumberMalformed),
            ("1_000", NumberMalformed),
            ("\N{ARABIC-INDIC DIGIT ONE}", NumberMalformed),
            ("1" * 101, NumberMalformed),
            (1, NumberMalformed),
            (1.5, NumberMalformed),
            (None, NumberMalformed),
            (True, NumberMalformed),
            (["1"], NumberMalformed),
            ("1e400", NumberOutOfRange),
            ("100000000000000000000", NumberOutOfRange),
            ("0.0000000000000000001", TooManyDecimals),
            ("0", NumberNotPositive),
            ("0.0", NumberNotPositive),
            ("-0", NumberNotPositive),
            ("-1.5", NumberNotPositive),
        ],
    )
    def test_refuses(self, text: object, error: type[BourseError]) -> None:
        with pytest.raises(error) as refused:
            parse_positive(text, field="price")
        assert refused.value.details == {"field": "price"}

    @given(st.text(max_size=30))
    def test_any_text_is_a_positive_number_or_refused(self, text: str) -> None:
        try:
            number = parse_positive(text, field="price")
        except (NumberMalformed, NumberOutOfRange, TooManyDecimals, NumberNotPositive):
            return
        assert number > 0
        assert from_atoms(to_atoms(number, MAX_SCALE), MAX_SCALE) == number


class TestAtoms:
    @pytest.mark.parametrize(
        ("amount", "scale", "atoms"),
        [
            ("1", 0, 1),
            ("1.5", 8, 150_000_000),
            ("0.000000000000000001", 18, 1),
            ("-2.5", 1, -25),
            ("1.50000", 1, 15),
            ("99999999999999999999.999999999999999999", 18, 10**38 - 1),
        ],
    )
    def test_there_and_back(self, amount: str, scale: int, atoms: int) -> None:
        assert to_atoms(Decimal(amount), scale) == atoms
        assert from_atoms(atoms, scale) == Decimal(amount)

    @pytest.mark.parametrize(("amount", "scale"), [("0.1", 0), ("1.000000001", 8), ("0.0000000000000000001", 18)])
    def test_refuses_to_lose_a_digit(self, amount: str, scale: int) -> None:
        with pytest.raises(TooManyDecimals):
            to_atoms(Decimal(amount), scale)

    @given(st.integers(-(10**40), 10**40), st.integers(0, MAX_SCALE))
    def test_no_digit_is_lost(self, atoms: int, scale: int) -> None:
        assert to_atoms(from_atoms(atoms, scale), scale) == atoms

    @given(st.integers(-(10**38), 10**38), st.integers(0, MAX_SCALE))
    def test_what_postgresql_reads_is_the_same_amount(self, atoms: int, scale: int) -> None:
        assert Decimal(f"{atoms}{atoms_suffix(scale)}") == from_atoms(atoms, scale)


class TestMarkets:
    @pytest.mark.parametrize(
        ("price", "ticks"), [("0.05", 1), ("60000", 1_200_000), ("60000.05", 1_200_001), ("0.07", None), ("0.01", None)]
    )
    def test_ticks(self, price: str, ticks: int | None) -> None:
        assert UNITS.ticks(Decimal(price)) == ticks
        assert ticks is None or UNITS.price(ticks) == Decimal(price)

    @pytest.mark.parametrize(("quantity", "lots"), [("0.001", 1), ("12.345", 12_345), ("0.0005", None)])
    def test_lots(self, quantity: str, lots: int | None) -> None:
        assert UNITS.lots(Decimal(quantity)) == lots
        assert lots is None or UNITS.quantity(lots) == Decimal(quantity)

    def test_what_a_step_is_worth(self) -> None:
        assert UNITS.base_atoms_per_lot == 100_000
        assert UNITS.quote_atoms_per_tick_lot == 50

    @pytest.mark.parametrize(("amount", "tick_lots"), [("0.00005", 1), ("0.000099", 1), ("1", 20_000), ("0.000049", 0)])
    def test_a_quote_amount_pays_for_whole_tick_lots(self, amount: str, tick_lots: int) -> None:
        assert UNITS.tick_lots(Decimal(amount)) == tick_lots
        assert UNITS.quote_amount(tick_lots) <= Decimal(amount)

    @pytest.mark.parametrize(
        ("tick_size", "lot_size", "base_scale", "quote_scale"),
        [("0", "1", 8, 8), ("1", "-1", 8, 8), ("0.01", "0.001", 2, 8), ("0.01", "0.001", 8, 4)],
    )
    def test_steps_that_do_not_fit_the_assets(
        self, tick_size: str, lot_size: str, base_scale: int, quote_scale: int
    ) -> None:
        with pytest.raises(InvariantViolated):
            MarketUnits(Decimal(tick_size), Decimal(lot_size), base_scale, quote_scale)

    @given(
        ticks=st.integers(1, 2**53 - 1),
        lots=st.integers(1, 2**53 - 1),
        tick_decimals=st.integers(0, 9),
        lot_decimals=st.integers(0, 9),
    )
    def test_the_value_of_a_trade_never_rounds(
        self, ticks: int, lots: int, tick_decimals: int, lot_decimals: int
    ) -> None:
        scale = tick_decimals + lot_decimals
        units = MarketUnits(Decimal((0, (1,), -tick_decimals)), Decimal((0, (1,), -lot_decimals)), lot_decimals, scale)
        exact = EXACT.multiply(units.price(ticks), units.quantity(lots))
        assert from_atoms(ticks * lots * units.quote_atoms_per_tick_lot, scale) == exact
        assert units.ticks(units.price(ticks)) == ticks
        assert units.lots(units.quantity(lots)) == lots
        assert units.tick_lots(exact) == ticks * lots


class TestFees:
    @pytest.mark.parametrize(
        ("received", "ppm", "fee"),
        [
            (1_000_000, 1_500, 1_500),
            (1, 1, 1),
            (999_999, 1, 1),
            (1_000_001, 1, 2),
            (0, 1_500, 0),
            (7, 0, 0),
            (7, PPM, 7),
        ],
    )
    def test_rounds_against_the_payer(self, received: int, ppm: int, fee: int) -> None:
        assert fee_atoms(received, ppm) == fee

    @given(st.integers(0, 10**38), st.integers(0, PPM))
    def test_is_never_too_little_never_more_than_an_atom_too_much_and_never_more_than_all(
        self, received: int, ppm: int
    ) -> None:
        fee = fee_atoms(received, ppm)
        assert received * ppm <= fee * PPM < received * ppm + PPM
        assert 0 <= fee <= received


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("1.50000", "1.5"),
        ("0E-8", "0"),
        ("100", "100"),
        ("1E+3", "1000"),
        ("0.00000001", "0.00000001"),
        ("-1.10", "-1.1"),
    ],
)
def test_plain(amount: str, text: str) -> None:
    assert plain(Decimal(amount)) == text


@pytest.mark.parametrize(
    ("step", "decimals", "mantissa", "suffix"),
    [("0.05", 2, 5, "e-2"), ("1", 0, 1, "e-0"), ("10", 0, 10, "e-0"), ("0.00100", 3, 1, "e-3"), ("2.5", 1, 25, "e-1")],
)
def test_steps(step: str, decimals: int, mantissa: int, suffix: str) -> None:
    assert decimals_of(Decimal(step)) == decimals
    assert step_parts(Decimal(step)) == (mantissa, suffix)
    assert Decimal(f"{mantissa}{suffix}") == Decimal(step)


def test_every_thread_computes_exactly_or_not_at_all() -> None:
    install_decimal_context()
    found: list[object] = []

    def compute() -> None:
        long_sum = Decimal(10**37) + Decimal("0.000000000000000001")
        found.append(long_sum - Decimal(10**37))
        try:
            Decimal(1) / Decimal(3)
        except decimal.Inexact:
            found.append("refused")

    thread = threading.Thread(target=compute)
    thread.start()
    thread.join()
    assert found == [Decimal("0.000000000000000001"), "refused"]
