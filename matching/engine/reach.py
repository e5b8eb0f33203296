"""How far an order would get, without touching the book.

A market order must know what it would spend before its funds are locked, and a fill-or-kill order whether it
can be filled, before anything changes. Both walk the book as the matching loop would: best price first,
oldest order first, no further than the price limit, and no further than the first order of their own self-
trade group, where the matching loop would end the taker.

Complexity: O(orders that would trade).
"""

from typing import NamedTuple

from matching.engine import codes
from matching.engine.ladder import Ladder


class Reach(NamedTuple):
    """What an order would do now."""

    lots: int
    value: int
    """Tick-lots that these lots cost."""
    stopped_by: str
    """Why it would go no further; NO_REASON where it would get all it asked for."""


def reach_of_lots(opposite: Ladder, worst_rank: int, stp_group: int, lots: int) -> Reach:
    """How many of `lots` would trade at ranks not below `worst_rank`."""
    left = lots
    value = 0
    for rank in reversed(opposite.ranks):
        if rank < worst_rank:
            return Reach(lots - left, value, codes.PRICE_BAND)
        level = opposite.levels[rank]
        maker = level.first
        while maker is not None:
            if maker.stp_group == stp_group and stp_group:
                return Reach(lots - left, value, codes.SELF_TRADE_PREVENTED)
            if maker.lots >= left:
                return Reach(lots, value + left * level.ticks, codes.NO_REASON)
            left -= maker.lots
            value += maker.lots * level.ticks
            maker = maker.behind
    return Reach(lots - left, value, codes.NO_LIQUIDITY)


def reach_of_budget(opposite: Ladder, worst_rank: int, stp_group: int, budget: int) -> Reach:
    """How many lots `budget` tick-lots would pay for (or would be received for) at ranks not below
    `worst_rank`.

    The budget is used up as soon as what is left of it does not cover one more lot at the price reached.
    """
    lots = 0
    left = budget
    for rank in reversed(opposite.ranks):
        if rank < worst_rank:
            return Reach(lots, budget - left, codes.PRICE_BAND)
        level = opposite.levels[rank]
        affordable = left // level.ticks
        if not affordable:
            return Reach(lots, budget - left, codes.NO_REASON if lots else codes.BUDGET_TOO_SMALL)
        maker = level.first
        while maker is not None:
            if maker.stp_group == stp_group and stp_group:
                return Reach(lots, budget - left, codes.SELF_TRADE_PREVENTED)
            taken = min(maker.lots, affordable)
            lots += taken
            left -= taken * level.ticks
            affordable -= taken
            if not affordable:
                return Reach(lots, budget - left, codes.NO_REASON)
            maker = maker.behind
    return Reach(lots, budget - left, codes.NO_LIQUIDITY)
