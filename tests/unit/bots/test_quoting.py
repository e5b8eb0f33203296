"""Ladders stand on both sides of a price, and the open orders get there in a few commands."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.bots.strategy.quoting import CLOSE, WIDE, LadderStyle, OpenQuote, centre_milliticks, changes, ladder
from exchange.bots.strategy.terms import BUY, MILLI, SELL, Quote
from tests.unit.bots.markets import MARKETS, first_values, terms


def stand(market: dict[str, Any], style: LadderStyle, centre: int, seed: int = 1) -> list[Quote]:
    return ladder(terms(market), style, first_values(), random.Random(seed), centre=centre)


def resting(quotes: list[Quote]) -> list[OpenQuote]:
    return [OpenQuote(str(number), *quote) for number, quote in enumerate(quotes)]


@pytest.mark.parametrize("style", [CLOSE, WIDE])
@pytest.mark.parametrize("market", MARKETS, ids=lambda market: market["symbol"])
@given(seed=st.integers(0, 10_000), shift_ppm=st.integers(-150_000, 150_000))
def test_a_ladder(market: dict[str, Any], style: LadderStyle, seed: int, shift_ppm: int) -> None:
    fair = terms(market).fair_milliticks(first_values())
    centre = fair + fair * shift_ppm // 1_000_000
    quotes = stand(market, style, centre, seed)
    bids = [quote.ticks for quote in quotes if quote.side == BUY]
    asks = [quote.ticks for quote in quotes if quote.side == SELL]
    assert len(bids) == len(asks) == style.levels
    assert bids == sorted(set(bids), reverse=True)
    assert asks == sorted(set(asks))
    assert bids[0] * MILLI <= centre <= asks[0] * MILLI
    assert all(terms(market).is_acceptable(quote) for quote in quotes)
    assert (asks[0] - bids[0]) * MILLI <= centre * 3 * style.nearest_ppm // 1_000_000 + 2 * MILLI


def test_both_makers_together_show_many_levels_of_many_sizes() -> None:
    centre = 6_500_000 * MILLI
    quotes = stand(MARKETS[0], CLOSE, centre) + stand(MARKETS[0], WIDE, centre)
    assert len({quote.ticks for quote in quotes if quote.side == BUY}) >= 20
    assert len({quote.lots for quote in quotes}) > 30


@pytest.mark.parametrize("market", MARKETS, ids=lambda market: market["symbol"])
def test_what_stands_as_wanted_is_left_alone(market: dict[str, Any]) -> None:
    centre = terms(market).fair_milliticks(first_values())
    standing = resting(stand(market, CLOSE, centre))
    assert changes(standing, stand(market, CLOSE, centre, seed=2), centre=centre, most=10) == ([], [])


def test_an_empty_book_is_filled_from_the_best_prices_on() -> None:
    centre = 6_500_000 * MILLI
    wanted = stand(MARKETS[0], CLOSE, centre)
    assert changes([], wanted, centre=centre, most=4) == ([], wanted[:4])
    assert changes([], wanted, centre=centre, most=100) == ([], wanted)


@given(seed=st.integers(0, 500), move_ppm=st.integers(-3_000, 3_000), most=st.integers(1, 6))
def test_after_a_move_a_few_rounds_bring_all_orders_there(seed: int, move_ppm: int, most: int) -> None:
    centre = 6_500_000 * MILLI
    standing = resting(stand(MARKETS[0], CLOSE, centre, seed))
    moved = centre + centre * move_ppm // 1_000_000
    number = 1000
    for round_number in range(60):
        wanted = stand(MARKETS[0], CLOSE, moved, seed + round_number)
        gifts = [q for q in standing if (q.ticks * MILLI >= moved if q.side == BUY else q.ticks * MILLI <= moved)]
        cancels, places = changes(standing, wanted, centre=moved, most=max(most, 2))
        assert {quote.order_id for quote in gifts} <= set(cancels)
        assert len(cancels) + len(places) <= max(most, 2) + len(gifts)
        if not cancels and not places:
            break
        standing = [quote for quote in standing if quote.order_id not in cancels]
        for quote in places:
            number += 1
            standing.append(OpenQuote(str(number), *quote))
        bids = [quote.ticks for quote in standing if quote.side == BUY]
        asks = [quote.ticks for quote in standing if quote.side == SELL]
        assert not bids or not asks or max(bids) < min(asks)
    else:
        pytest.fail("the orders never came to rest")
    assert len(standing) == 2 * CLOSE.levels


def test_an_order_that_has_mostly_traded_is_replaced() -> None:
    centre = 6_500_000 * MILLI
    wanted = stand(MARKETS[0], CLOSE, centre)
    standing = resting(wanted)
    standing[0] = standing[0]._replace(lots=wanted[0].lots // 5)
    assert changes(standing, wanted, centre=centre, most=2) == (["0"], [wanted[0]])


def test_who_holds_too_much_quotes_lower() -> None:
    fair = 6_500_000 * MILLI
    limit = CLOSE.inventory_value * 1_000_000
    assert centre_milliticks(fair, CLOSE, surplus_micro=0) == fair
    lower = centre_milliticks(fair, CLOSE, surplus_micro=limit // 2)
    lowest = centre_milliticks(fair, CLOSE, surplus_micro=limit)
    assert lowest < lower < fair < centre_milliticks(fair, CLOSE, surplus_micro=-limit)
    assert (
        centre_milliticks(fair, CLOSE, surplus_micro=50 * limit) == lowest == fair - fair * CLOSE.skew_ppm // 1_000_000
    )


def test_quotes_stay_within_the_reach_of_the_last_price() -> None:
    market = terms(last_price="40000")
    assert market.fair_milliticks(first_values()) == 4_000_000 * MILLI * 114 // 100
    assert terms(last_price="90000").fair_milliticks(first_values()) == 9_000_000 * MILLI * 86 // 100
    assert terms(last_price="64000").fair_milliticks(first_values()) == 6_500_000 * MILLI
