"""Order flow out of a seed: what benchmarks, simulations and property tests feed to a market.

The same `Flow` and seed give the same commands on every machine. Limit orders are laid around a mid price
that walks slowly, most of them a little away from it, some across it; market orders take from both sides by
base or by quote; cancels mostly name orders that still rest. So the book has depth, trades happen, and it
neither empties nor grows without end.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from matching.engine.commands import Cancel, Command, Place
from matching.engine.types import MarketRules, OrderType, Side, TimeInForce

RULES = MarketRules(
    version=1,
    price_band_ppm=100_000,
    max_order_value=10**12,
    max_open_orders=1_000,
    min_lots=1,
    max_lots=10**9,
    min_value=10,
    initial_ticks=50_000,
)
"""All checks on, at limits that this flow seldom meets."""


@dataclass(frozen=True, slots=True)
class Flow:
    """The shape of a flow. Shares are of all commands; the rest of them are cancels."""

    accounts: int = 1_000
    limit_share: float = 0.6
    market_share: float = 0.2
    mid_ticks: int = 50_000
    spread_ticks: float = 40.0
    """Mean distance of a passive limit price from the mid."""
    crossing_share: float = 0.15
    """Of limit orders: priced across the mid."""
    mean_lots: int = 100
    first_order_id: int = 1


def commands(count: int, seed: int, flow: Flow = Flow()) -> Iterator[Command]:
    """`count` commands. Ids count up from `flow.first_order_id`; a cancel has one of its own."""
    rng = random.Random(seed)
    mid = float(flow.mid_ticks)
    candidates: list[Place] = []
    for order_id in range(flow.first_order_id, flow.first_order_id + count):
        mid += rng.gauss(0.0, flow.spread_ticks / 200)
        draw = rng.random()
        if draw < flow.limit_share:
            place = _limit_order(rng, flow, order_id, mid)
            if place.time_in_force == TimeInForce.GTC:
                candidates.append(place)
            yield place
        elif draw < flow.limit_share + flow.market_share or not candidates:
            yield _market_order(rng, flow, order_id, mid)
        else:
            yield _cancel(rng, order_id, mid, candidates)


def _limit_order(rng: random.Random, flow: Flow, order_id: int, mid: float) -> Place:
    side = Side.BUY if rng.random() < 0.5 else Side.SELL
    away = 1 + rng.expovariate(1 / flow.spread_ticks)
    crosses = rng.random() < flow.crossing_share
    if crosses:
        away = -away / 4
    kind = rng.random()
    time_in_force = TimeInForce.GTC
    if crosses and kind < 0.4:
        time_in_force = TimeInForce.IOC if kind < 0.25 else TimeInForce.FOK
    account_id = rng.randint(1, flow.accounts)
    return Place(
        order_id=order_id,
        account_id=account_id,
        side=side,
        order_type=OrderType.LIMIT,
        time_in_force=time_in_force,
        post_only=not crosses and kind < 0.1,
        ticks=max(1, round(mid - away if side == Side.BUY else mid + away)),
        lots=rng.randint(1, 2 * flow.mean_lots),
        value=0,
        maker_ppm=1_000,
        taker_ppm=1_500,
        stp_group=account_id,
        expires_at_us=0,
        refusal=None,
    )


def _market_order(rng: random.Random, flow: Flow, order_id: int, mid: float) -> Place:
    account_id = rng.randint(1, flow.accounts)
    lots = rng.randint(1, 3 * flow.mean_lots)
    by_base = rng.random() < 0.5
    return Place(
        order_id=order_id,
        account_id=account_id,
        side=Side.BUY if rng.random() < 0.5 else Side.SELL,
        order_type=OrderType.MARKET,
        time_in_force=TimeInForce.IOC,
        post_only=False,
        ticks=0,
        lots=lots if by_base else 0,
        value=0 if by_base else lots * max(1, round(mid)),
        maker_ppm=1_000,
        taker_ppm=1_500,
        stp_group=account_id,
        expires_at_us=0,
        refusal=None,
    )


def _cancel(rng: random.Random, order_id: int, mid: float, candidates: list[Place]) -> Cancel:
    """Of a few younger orders the one furthest from the mid: the others may have traded already."""
    youngest = len(candidates) - 1
    picks = {max(0, youngest - int(rng.expovariate(1 / 2_000))) for _ in range(4)}
    index = max(sorted(picks), key=lambda pick: _distance(candidates[pick], mid))
    candidates[index], candidates[youngest] = candidates[youngest], candidates[index]
    target = candidates.pop()
    return Cancel(order_id=order_id, target_order_id=target.order_id, account_id=target.account_id)


def _distance(place: Place, mid: float) -> float:
    return mid - place.ticks if place.side == Side.BUY else place.ticks - mid
