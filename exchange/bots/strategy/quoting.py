"""Market making: a ladder of quotes on both sides of a price, and the few commands that bring the open orders there.

The centre of the ladder is the fair price, moved against what the maker has too much of: who holds more than it wants
to quotes lower, and so buys less and sells more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from exchange.bots.strategy.chance import Chance
from exchange.bots.strategy.fair_values import MICRO, FairValues
from exchange.bots.strategy.terms import BUY, MILLI, SELL, Quote, Terms
from kernel.units import PPM


@dataclass(frozen=True, slots=True)
class LadderStyle:
    """How one maker quotes. Distances in parts per million of the price, values in units of the reference asset.

    Distances are for an asset that moves as much as usual; they are wider for one that moves more.
    """

    levels: int
    nearest_ppm: int
    gap_ppm: int
    gap_growth_percent: int
    """Each gap is by so much wider than the one before it."""
    first_value: int
    value_growth_percent: int
    skew_ppm: int
    """How far the centre moves for an inventory that is off by `inventory_value` or more."""
    inventory_value: int


CLOSE = LadderStyle(
    levels=10,
    nearest_ppm=50,
    gap_ppm=85,
    gap_growth_percent=10,
    first_value=900,
    value_growth_percent=30,
    skew_ppm=150,
    inventory_value=400_000,
)
WIDE = LadderStyle(
    levels=12,
    nearest_ppm=600,
    gap_ppm=250,
    gap_growth_percent=20,
    first_value=9_000,
    value_growth_percent=22,
    skew_ppm=400,
    inventory_value=3_000_000,
)


class OpenQuote(NamedTuple):
    """One of the maker's open orders; `lots` is what is left of it."""

    order_id: str
    side: str
    ticks: int
    lots: int


class Changes(NamedTuple):
    """What to do now: the cancels first, then the new orders."""

    cancels: list[str]
    places: list[Quote]


def centre_milliticks(fair: int, style: LadderStyle, *, surplus_micro: int) -> int:
    """The fair price, moved against the inventory; `surplus_micro` is what the maker holds beyond its target."""
    limit = style.inventory_value * MICRO
    surplus = min(max(surplus_micro, -limit), limit)
    return fair - fair * style.skew_ppm * surplus // (limit * PPM)


def ladder(terms: Terms, style: LadderStyle, values: FairValues, chance: Chance, *, centre: int) -> list[Quote]:
    """The wanted quotes, best first, bids and asks in turn; no two of a side share a price, and no bid meets an ask."""
    quotes: list[Quote] = []
    width = values.restlessness_percent(terms.base)
    distance, gap, value = style.nearest_ppm * width // 100, style.gap_ppm * width // 100, style.first_value
    bid = centre // MILLI + 1
    ask = -(-centre // MILLI) - 1
    for _ in range(style.levels):
        bid = min(bid - 1, centre * (PPM - distance) // (MILLI * PPM))
        ask = max(ask + 1, -(-centre * (PPM + distance) // (MILLI * PPM)))
        for side, ticks in ((BUY, bid), (SELL, ask)):
            lots = terms.lots_worth(value * MICRO * chance.randrange(55, 146) // 100, values)
            quote = Quote(side, ticks, lots)
            if terms.is_acceptable(quote):
                quotes.append(quote)
        distance += gap
        gap += gap * style.gap_growth_percent // 100
        value += value * style.value_growth_percent // 100
    return quotes


def changes(open_quotes: Sequence[OpenQuote], wanted: Sequence[Quote], *, centre: int, most: int) -> Changes:
    """At most `most` commands that bring the open orders closer to the wanted ones.

    Orders on the wrong side of the centre are cancelled beyond that bound: they are gifts. An order serves a wanted
    quote from up to half the gap to the next one away, so far quotes rest longer than near ones.
    """
    unused = {quote.order_id: quote for quote in open_quotes}
    gifts = [quote.order_id for quote in open_quotes if _is_gift(quote, centre)]
    for order_id in gifts:
        del unused[order_id]
    missing = [quote for quote, reach in _with_reach(wanted) if not _take_nearest(unused, quote, reach)]
    cancels, places = list(gifts), []
    surplus = sorted(unused.values(), key=lambda quote: abs(quote.ticks * MILLI - centre))
    left = most
    for quote in missing:
        costs = 2 if surplus else 1
        if left < costs:
            break
        if surplus:
            cancels.append(surplus.pop().order_id)
        places.append(quote)
        left -= costs
    if not missing:
        cancels += [surplus.pop().order_id for _ in range(min(left, len(surplus)))]
    return Changes(cancels, places)


def _is_gift(quote: OpenQuote, centre: int) -> bool:
    at = quote.ticks * MILLI
    return at >= centre if quote.side == BUY else at <= centre


def _with_reach(wanted: Sequence[Quote]) -> list[tuple[Quote, int]]:
    """Each quote with the distance, in ticks, from which an order serves for it."""
    reaches: list[tuple[Quote, int]] = []
    for side in (BUY, SELL):
        quotes = [quote for quote in wanted if quote.side == side]
        gaps = [abs(after.ticks - before.ticks) for before, after in pairwise(quotes)]
        reaches += zip(quotes, (gap // 2 for gap in [*gaps, gaps[-1] if gaps else 2]), strict=True)
    # Both sides in turn, best first, as they came.
    place = {quote: number for number, quote in enumerate(wanted)}
    return sorted(reaches, key=lambda pair: place[pair[0]])


def _take_nearest(unused: dict[str, OpenQuote], quote: Quote, reach: int) -> bool:
    """Whether an open order serves for this quote; it is used up then. One that has mostly traded serves no more."""
    candidates = [
        (abs(order.ticks - quote.ticks), order.order_id)
        for order in unused.values()
        if order.side == quote.side and abs(order.ticks - quote.ticks) <= reach and order.lots * 4 >= quote.lots
    ]
    if not candidates:
        return False
    del unused[min(candidates)[1]]
    return True
