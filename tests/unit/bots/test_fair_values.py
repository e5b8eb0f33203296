"""Values move like a market's, the same way for the same seed, and never out of proportion."""

import random
from decimal import Decimal
from itertools import pairwise

import pytest

from exchange.bots.strategy.fair_values import MICRO, STEP_MS
from tests.unit.bots.markets import ETHER_IN_BITCOIN, FIRST_PRICES, first_values, terms

HOUR_MS = 3_600_000


def walked(seed: int, milliseconds: int, every_ms: int) -> list[dict[str, int]]:
    """The values at each moment of a walk."""
    values, chance = first_values(), random.Random(seed)
    rows = []
    for at_ms in range(0, milliseconds + 1, every_ms):
        values.advance(at_ms, chance)
        rows.append({asset: values.value_micro(asset) for asset in FIRST_PRICES})
    return rows


def test_it_begins_at_the_first_prices() -> None:
    values = first_values()
    assert {asset: values.value_micro(asset) for asset in FIRST_PRICES} == {
        asset: int(price) * MICRO for asset, price in FIRST_PRICES.items()
    }
    assert values.value_micro("USDT") == MICRO


def test_the_same_seed_is_the_same_market() -> None:
    assert walked(7, HOUR_MS, 1_000) == walked(7, HOUR_MS, 1_000)
    assert walked(7, HOUR_MS, 1_000) != walked(8, HOUR_MS, 1_000)


def test_how_often_it_is_looked_at_does_not_matter() -> None:
    assert walked(3, 60_000, 20 * STEP_MS)[-1] == walked(3, 60_000, STEP_MS)[-1]


@pytest.mark.parametrize("seed", range(3))
def test_hours_stay_within_reason(seed: int) -> None:
    for row in walked(seed, 3 * HOUR_MS, 30_000):
        for asset, price in FIRST_PRICES.items():
            assert int(price) * MICRO * 3 // 4 < row[asset] < int(price) * MICRO * 4 // 3


@pytest.mark.parametrize("seed", range(3))
def test_a_minute_is_visible_and_not_wild(seed: int) -> None:
    rows = walked(seed, 2 * HOUR_MS, 60_000)
    moves = sorted(abs(after["BTC"] - before["BTC"]) * 1_000_000 // before["BTC"] for before, after in pairwise(rows))
    assert 150 < moves[len(moves) // 2] < 1_500
    assert moves[-1] < 30_000


def test_assets_move_together() -> None:
    rows = walked(11, 2 * HOUR_MS, 60_000)
    same = sum((after["BTC"] > before["BTC"]) == (after["ETH"] > before["ETH"]) for before, after in pairwise(rows))
    assert len(rows) * 55 // 100 < same < len(rows) * 90 // 100


def test_a_restart_goes_on_from_the_last_price() -> None:
    values = first_values()
    values.start_at("BTC", Decimal("71234.56"))
    assert abs(values.value_micro("BTC") - 71_234_560_000) <= 100


def test_a_standstill_of_the_machine_is_no_leap() -> None:
    values, chance = first_values(), random.Random(1)
    values.advance(0, chance)
    values.advance(10 * HOUR_MS, chance)
    assert abs(values.value_micro("BTC") - 65_000 * MICRO) < 65_000 * MICRO // 20
    before = values.value_micro("BTC")
    values.advance(10 * HOUR_MS, chance)
    assert values.value_micro("BTC") == before


def test_a_market_of_two_assets_has_the_price_of_their_ratio() -> None:
    values = first_values()
    market = terms(ETHER_IN_BITCOIN)
    assert market.fair_milliticks(values) == 3_200 * 1000 * 100_000 // 65_000
    assert market.price_text(market.fair_milliticks(values) // 1000) == "0.04923"
