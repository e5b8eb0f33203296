"""Taking: orders that trade at once or not at all, small ones often and large ones seldom.

They lean with the latest move and against what the taker has too much of, and carry a worst price, so a thin book
costs the house no more than that.
"""

from dataclasses import dataclass

from exchange.bots.strategy.chance import Chance, happens
from exchange.bots.strategy.fair_values import MICRO, FairValues
from exchange.bots.strategy.terms import BUY, MILLI, SELL, Quote, Terms
from kernel.units import PPM

_EVEN = 500


@dataclass(frozen=True, slots=True)
class TakerStyle:
    """How one taker trades. Values in units of the reference asset."""

    once_in_ms: int
    """In each market."""
    least_value: int
    doublings: int
    """The largest order is about two to this power times the smallest."""
    slip_ppm: int
    """How much worse than fair its price may be."""
    inventory_value: int


SMALL = TakerStyle(once_in_ms=2_600, least_value=12, doublings=8, slip_ppm=900, inventory_value=60_000)
LARGE = TakerStyle(once_in_ms=75_000, least_value=8_000, doublings=4, slip_ppm=2_500, inventory_value=600_000)


def decide(
    terms: Terms,
    style: TakerStyle,
    values: FairValues,
    chance: Chance,
    *,
    within_ms: int,
    move_ppm: int,
    surplus_micro: int,
) -> Quote | None:
    """Whether to trade in this short time, and what. `move_ppm`: how far the price went lately."""
    if not happens(chance, once_in_ms=style.once_in_ms, within_ms=within_ms):
        return None
    limit = style.inventory_value * MICRO
    lean = min(max(move_ppm // 8, -150), 150) - 350 * min(max(surplus_micro, -limit), limit) // limit
    side = BUY if chance.randrange(0, 1000) < _EVEN + lean else SELL
    value = style.least_value * MICRO << chance.randrange(0, style.doublings)
    return take(terms, values, side=side, value_micro=value * chance.randrange(60, 190) // 100, slip_ppm=style.slip_ppm)


def take(terms: Terms, values: FairValues, *, side: str, value_micro: int, slip_ppm: int) -> Quote | None:
    """An order of about this value, at fair or a little worse; None where the market takes no such order."""
    fair = terms.fair_milliticks(values)
    if side == BUY:
        ticks = -(-fair * (PPM + slip_ppm) // (MILLI * PPM))
    else:
        ticks = fair * (PPM - slip_ppm) // (MILLI * PPM)
    quote = Quote(side, ticks, terms.lots_worth(value_micro, values))
    return quote if terms.is_acceptable(quote) else None
