"""Takers trade as often as they are meant to, both ways, and never at any price."""

import random

import pytest

from exchange.bots.strategy.taking import LARGE, SMALL, TakerStyle, decide, take
from exchange.bots.strategy.terms import BUY, MILLI, SELL, Quote
from tests.unit.bots.markets import ETHER_IN_BITCOIN, first_values, terms

LOOK_MS = 200


def orders(style: TakerStyle, *, looks: int, move_ppm: int = 0, surplus: int = 0) -> list[Quote]:
    """What a taker sends when it looks so many times."""
    chance, values, market = random.Random(5), first_values(), terms()
    decided = (
        decide(market, style, values, chance, within_ms=LOOK_MS, move_ppm=move_ppm, surplus_micro=surplus * 1_000_000)
        for _ in range(looks)
    )
    return [quote for quote in decided if quote is not None]


@pytest.mark.parametrize("style", [SMALL, LARGE])
def test_how_often(style: TakerStyle) -> None:
    looks = 100 * style.once_in_ms // LOOK_MS
    assert 60 < len(orders(style, looks=looks)) < 140


@pytest.mark.parametrize("style", [SMALL, LARGE])
def test_worst_prices_and_sizes(style: TakerStyle) -> None:
    fair = 6_500_000
    market = terms()
    found = orders(style, looks=100 * style.once_in_ms // LOOK_MS)
    for quote in found:
        slip = fair * style.slip_ppm // 1_000_000
        assert quote.ticks == (fair + slip if quote.side == BUY else fair - slip)
        assert market.is_acceptable(quote)
        worth = quote.lots * 65_000 // 100_000
        assert style.least_value // 2 <= worth <= style.least_value << style.doublings
    assert {quote.side for quote in found} == {BUY, SELL}
    assert len({quote.lots for quote in found}) > len(found) // 2


def test_they_follow_a_move_and_work_off_what_they_have_too_much_of() -> None:
    def bought_percent(**fields: int) -> int:
        found = orders(SMALL, looks=20_000, **fields)
        return 100 * sum(quote.side == BUY for quote in found) // len(found)

    assert 45 <= bought_percent() <= 55
    assert bought_percent(move_ppm=2_000) > 58
    assert bought_percent(move_ppm=-2_000) < 42
    assert bought_percent(surplus=SMALL.inventory_value) < 22
    assert bought_percent(surplus=-10 * SMALL.inventory_value) > 78


def test_an_order_below_the_smallest_value_is_none() -> None:
    values = first_values()
    assert take(terms(), values, side=BUY, value_micro=4_000_000, slip_ppm=0) is None
    assert take(terms(), values, side=BUY, value_micro=6_000_000, slip_ppm=0) is not None
    assert take(terms(), values, side=SELL, value_micro=9_000_000_000_000, slip_ppm=0) is None
    smallest = take(terms(ETHER_IN_BITCOIN), values, side=SELL, value_micro=1, slip_ppm=0)
    assert smallest is None


def test_a_sale_at_fair_asks_for_no_less() -> None:
    values = first_values()
    market = terms(ETHER_IN_BITCOIN)
    fair = market.fair_milliticks(values)
    bought = take(market, values, side=BUY, value_micro=1_000_000_000, slip_ppm=0)
    sold = take(market, values, side=SELL, value_micro=1_000_000_000, slip_ppm=0)
    assert bought is not None
    assert sold is not None
    assert bought.ticks * MILLI >= fair >= sold.ticks * MILLI
    assert bought.ticks - sold.ticks <= 1
