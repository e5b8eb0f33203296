"""Order flow out of a seed: what benchmarks, simulations and property tests feed to a market.

The same `Flow` and seed give the same commands on every machine. Limit orders are laid around a mid price
that walks slowly, most of them a little away from it, some across it; market orders take from both sides by
base or by quote; cancels mostly name orders that still rest. So the book has depth, trades happen, and it
neither empties nor grows without end.

`PLAIN_MIX` has limit and market orders and cancels; `FULL_MIX` has all that a professional market sees: amendments,
stops, icebergs, OCO, cancel-replace, orders for a time, heartbeats of a dead man's switch, every mode of
self-trade prevention.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from bench.flow_shape import FULL_MIX, PLAIN_MIX, RULES, Flow
from matching.engine.commands import Amend, Cancel, Command, Place, PlaceOco, SetCountdown
from matching.engine.types import OrderType, SelfTradePrevention, Side, TimeInForce

__all__ = ["FULL_MIX", "PLAIN_MIX", "RULES", "Flow", "commands"]

COUNTDOWN_US = 60_000_000
Sent = TypeVar("Sent", Place, Place | PlaceOco)


def commands(count: int, seed: int, flow: Flow = PLAIN_MIX) -> Iterator[Command]:
    """`count` commands. Ids count up from `flow.first_order_id`; every command has one of its own, an OCO two."""
    source = _Source(random.Random(seed), flow)
    for number in range(count):
        yield source.command(number)


class _Source:
    """Makes the commands, and remembers what it has sent."""

    def __init__(self, rng: random.Random, flow: Flow) -> None:
        self.rng = rng
        self.flow = flow
        self.mid = float(flow.mid_ticks)
        self.next_id = flow.first_order_id
        self.now_us = flow.starts_at_us
        self.resting: list[Place] = []
        """Orders sent that may rest in the book still."""
        self.waiting: list[Place | PlaceOco] = []
        """Orders sent that may wait for their trigger still."""
        self.kinds: list[tuple[float, Callable[[], Command]]] = [
            (flow.limit_share, self.limit_order),
            (flow.market_share, self.market_order),
            (flow.amend_share, self.amend),
            (flow.stop_share, self.stop),
            (flow.trailing_share, self.trailing_stop),
            (flow.iceberg_share, self.iceberg),
            (flow.oco_share, self.oco),
            (flow.replace_share, self.replace),
            (flow.countdown_share, self.countdown),
        ]

    def command(self, number: int) -> Command:
        self.now_us = self.flow.starts_at_us + number * self.flow.step_us
        self.mid += self.rng.gauss(0.0, self.flow.spread_ticks / 200)
        draw = self.rng.random()
        for share, make in self.kinds:
            draw -= share
            if draw < 0:
                return make()
        return self.cancel() if self.resting or self.waiting else self.market_order()

    def take_id(self) -> int:
        self.next_id += 1
        return self.next_id - 1

    def limit_order(self) -> Place:
        rng, flow = self.rng, self.flow
        side = Side.BUY if rng.random() < 0.5 else Side.SELL
        away = 1 + rng.expovariate(1 / flow.spread_ticks)
        crosses = rng.random() < flow.crossing_share
        if crosses:
            away = -away / 4
        kind = rng.random()
        time_in_force = TimeInForce.GTC
        if crosses and kind < 0.4:
            time_in_force = TimeInForce.IOC if kind < 0.25 else TimeInForce.FOK
        place = self.order(
            side=side,
            order_type=OrderType.LIMIT,
            time_in_force=time_in_force,
            post_only=not crosses and kind < 0.1,
            account_id=rng.randint(1, flow.accounts),
            ticks=self.away_from_mid(side, away),
            lots=rng.randint(1, 2 * flow.mean_lots),
        )
        if time_in_force == TimeInForce.GTC:
            if flow.good_till_share and rng.random() < flow.good_till_share:
                lives_us = 1 + int(rng.expovariate(1 / (5_000 * flow.step_us)))
                place = replace(place, time_in_force=TimeInForce.GTD, good_till_us=self.now_us + lives_us)
            self.resting.append(place)
        return place

    def market_order(self) -> Place:
        rng = self.rng
        account_id = rng.randint(1, self.flow.accounts)
        lots = rng.randint(1, 3 * self.flow.mean_lots)
        by_base = rng.random() < 0.5
        return self.order(
            side=Side.BUY if rng.random() < 0.5 else Side.SELL,
            order_type=OrderType.MARKET,
            time_in_force=TimeInForce.IOC,
            account_id=account_id,
            lots=lots if by_base else 0,
            value=0 if by_base else lots * max(1, round(self.mid)),
        )

    def iceberg(self) -> Place:
        rng, flow = self.rng, self.flow
        side = rng.choice((Side.BUY, Side.SELL))
        display_lots = rng.randint(1, flow.mean_lots)
        iceberg = self.order(
            side=side,
            order_type=OrderType.ICEBERG,
            account_id=rng.randint(1, flow.accounts),
            ticks=self.away_from_mid(side, rng.expovariate(1 / flow.spread_ticks)),
            lots=display_lots * rng.randint(2, 10),
        )
        place = replace(iceberg, display_lots=display_lots)
        self.resting.append(place)
        return place

    def stop(self) -> Place:
        """Against the price (stop) or with it (take-profit), a few spreads away."""
        rng = self.rng
        side = rng.choice((Side.BUY, Side.SELL))
        order_type = rng.choice(
            (OrderType.STOP_LIMIT, OrderType.STOP_MARKET, OrderType.TAKE_PROFIT_LIMIT, OrderType.TAKE_PROFIT)
        )
        takes_profit = order_type in (OrderType.TAKE_PROFIT_LIMIT, OrderType.TAKE_PROFIT)
        distance = 1 + rng.expovariate(1 / self.flow.spread_ticks)
        trigger_ticks = self.away_from_mid(side, distance if takes_profit else -distance)
        place = replace(self.waiting_order(side, order_type), trigger_ticks=trigger_ticks)
        if order_type in (OrderType.STOP_LIMIT, OrderType.TAKE_PROFIT_LIMIT):
            through = round(self.flow.spread_ticks / 4)
            place = replace(place, ticks=max(1, trigger_ticks + (through if side == Side.BUY else -through)))
        elif side == Side.BUY and rng.random() < 0.5:
            place = replace(place, lots=0, value=place.lots * trigger_ticks)
        self.waiting.append(place)
        return place

    def trailing_stop(self) -> Place:
        distance = 1 + self.rng.expovariate(1 / self.flow.spread_ticks)
        ppm = max(1, round(distance * 1_000_000 / self.mid))
        side = self.rng.choice((Side.BUY, Side.SELL))
        place = replace(self.waiting_order(side, OrderType.TRAILING_STOP), trailing_ppm=min(ppm, 999_999))
        self.waiting.append(place)
        return place

    def waiting_order(self, side: Side, order_type: OrderType) -> Place:
        return self.order(
            side=side,
            order_type=order_type,
            account_id=self.rng.randint(1, self.flow.accounts),
            lots=self.rng.randint(1, 2 * self.flow.mean_lots),
        )

    def oco(self) -> PlaceOco:
        """Take the profit on one side of the price, or limit the loss on the other."""
        rng, flow = self.rng, self.flow
        side = rng.choice((Side.BUY, Side.SELL))
        account_id = rng.randint(1, flow.accounts)
        trigger_ticks = self.away_from_mid(side, -1 - rng.expovariate(1 / flow.spread_ticks))
        oco = PlaceOco(
            order_id=self.take_id(),
            stop_order_id=self.take_id(),
            account_id=account_id,
            side=side,
            lots=rng.randint(1, 2 * flow.mean_lots),
            ticks=self.away_from_mid(side, 1 + rng.expovariate(1 / flow.spread_ticks)),
            trigger_ticks=trigger_ticks,
            stop_ticks=trigger_ticks if rng.random() < 0.5 else 0,
            maker_ppm=1_000,
            taker_ppm=1_500,
            stp_group=account_id,
            stp_mode=self.prevention(),
            expires_at_us=0,
            refusal=None,
        )
        self.waiting.append(oco)
        return oco

    def amend(self) -> Command:
        """Mostly less of it; sometimes more, sometimes another price."""
        if not self.resting:
            return self.limit_order()
        place = self.pick(self.resting)
        draw = self.rng.random()
        ticks, lots = place.ticks, place.lots
        if draw < 0.6:
            lots = max(1, lots - 1 - lots // 4)
        elif draw < 0.75:
            lots += self.rng.randint(1, self.flow.mean_lots)
        else:
            ticks = max(1, ticks + self.rng.choice((-2, -1, 1, 2)))
        self.resting.append(replace(place, ticks=ticks, lots=lots))
        return Amend(
            command_id=self.take_id(),
            target_order_id=place.order_id,
            account_id=place.account_id,
            ticks=ticks if ticks != place.ticks else 0,
            lots=lots if lots != place.lots else 0,
            maker_ppm=1_000,
            taker_ppm=1_500,
            stp_group=place.stp_group,
            expires_at_us=0,
            refusal=None,
        )

    def replace(self) -> Place:
        """A quote that moves: another price for the same side."""
        if not self.resting:
            return self.limit_order()
        old = self.pick(self.resting)
        quote = self.order(
            side=old.side,
            order_type=OrderType.LIMIT,
            account_id=old.account_id,
            ticks=self.away_from_mid(old.side, 1 + self.rng.expovariate(1 / self.flow.spread_ticks)),
            lots=self.rng.randint(1, 2 * self.flow.mean_lots),
        )
        place = replace(quote, replaces=old.order_id)
        self.resting.append(place)
        return place

    def countdown(self) -> SetCountdown:
        return SetCountdown(self.take_id(), self.rng.randint(1, self.flow.accounts), COUNTDOWN_US)

    def cancel(self) -> Cancel:
        total = len(self.resting) + len(self.waiting)
        from_waiting = bool(self.waiting) and self.rng.random() * total < len(self.waiting)
        target = self.pick(self.waiting) if from_waiting else self.pick(self.resting)
        return Cancel(self.take_id(), target_order_id=target.order_id, account_id=target.account_id)

    def pick(self, candidates: list[Sent]) -> Sent:
        """Of a few younger orders the one furthest from the mid: the others may have traded already."""
        youngest = len(candidates) - 1
        picks = {max(0, youngest - int(self.rng.expovariate(1 / 2_000))) for _ in range(4)}
        index = max(sorted(picks), key=lambda pick: self.distance(candidates[pick]))
        candidates[index], candidates[youngest] = candidates[youngest], candidates[index]
        return candidates.pop()

    def distance(self, place: Place | PlaceOco) -> float:
        ticks = place.ticks or place.trigger_ticks
        return self.mid - ticks if place.side == Side.BUY else ticks - self.mid

    def away_from_mid(self, side: Side, away: float) -> int:
        """A price on the side's own side of the mid; across it where `away` is negative."""
        return max(1, round(self.mid - away if side == Side.BUY else self.mid + away))

    def prevention(self) -> SelfTradePrevention:
        if self.flow.other_prevention_share and self.rng.random() < self.flow.other_prevention_share:
            return self.rng.choice(list(SelfTradePrevention))
        return SelfTradePrevention.EXPIRE_TAKER

    def order(
        self,
        *,
        side: Side,
        order_type: OrderType,
        account_id: int,
        lots: int,
        time_in_force: TimeInForce = TimeInForce.GTC,
        post_only: bool = False,
        ticks: int = 0,
        value: int = 0,
    ) -> Place:
        return Place(
            order_id=self.take_id(),
            account_id=account_id,
            side=side,
            order_type=order_type,
            time_in_force=time_in_force,
            post_only=post_only,
            ticks=ticks,
            lots=lots,
            value=value,
            maker_ppm=1_000,
            taker_ppm=1_500,
            stp_group=account_id,
            expires_at_us=0,
            refusal=None,
            stp_mode=self.prevention(),
        )
