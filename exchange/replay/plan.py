"""Turns a recording into the commands that will be sent, and counts the money they can need.

Everything is decided here, before anything is sent: which account places an order, which line is refused by the
static checks of the API, which order a cancel names, and where a taker comes in. The same file and seed give the
same plan.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from exchange.replay.recording import Add, Cancel, Refused, Row
from kernel.errors import BourseError
from matching.engine.types import OrderType, Side, TimeInForce
from matching.errors import OrderNotFound
from matching.models import CommandKind
from matching.selectors.markets import MarketView
from matching.services.checks import check_request
from matching.services.requests import CountedOrder, OrderRequest


@dataclass(frozen=True, slots=True)
class Step:
    """One command to send."""

    line: int
    at_ms: int
    account_id: int
    kind: CommandKind
    side: Side | None = None
    order_type: OrderType = OrderType.LIMIT
    ticks: int = 0
    lots: int = 0
    target: int = -1
    """Of a cancel: index of the step that placed its order."""

    @property
    def is_taker(self) -> bool:
        return self.order_type is OrderType.MARKET


@dataclass(slots=True)
class Plan:
    """All steps in order, and what was decided about lines that are not sent."""

    steps: list[Step] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    cancels_of_refused: int = 0
    needs: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Account id to the base and quote atoms that its orders can spend at the most."""


def make_plan(
    rows: Sequence[Row],
    market: MarketView,
    *,
    account_ids: Sequence[int],
    taker_account_id: int,
    taker_every: int,
    seed: int,
) -> Plan:
    """`taker_every`: rows between two takers; 0 = none."""
    rng = random.Random(seed)
    plan = Plan()
    placed: dict[str, int] = {}
    refused_ids: set[str] = set()
    seen: dict[Side, list[int]] = {}
    at_ms = next((row.at_ms for row in rows if not isinstance(row, Refused)), 0)
    for count, row in enumerate(rows, start=1):
        if isinstance(row, Refused):
            _refuse(plan, row, refused_ids)
        elif isinstance(row, Cancel):
            at_ms = row.at_ms
            _cancel(plan, row, placed, refused_ids)
        else:
            at_ms = row.at_ms
            try:
                counted = _check(row, market)
            except BourseError as error:
                _refuse(plan, Refused(row.line, error.code, error.text, row.recorded_id), refused_ids)
            else:
                placed[row.recorded_id] = len(plan.steps)
                seen.setdefault(row.side, []).append(counted.lots)
                plan.steps.append(
                    Step(
                        row.line,
                        at_ms,
                        rng.choice(account_ids),
                        CommandKind.PLACE,
                        row.side,
                        ticks=counted.ticks,
                        lots=counted.lots,
                    )
                )
        if taker_every and count % taker_every == 0 and seen:
            plan.steps.append(_taker(rng, row.line, at_ms, taker_account_id, seen))
    plan.needs = _needs(plan.steps, market)
    return plan


def _check(row: Add, market: MarketView) -> CountedOrder:
    request = OrderRequest(
        symbol=market.symbol,
        side=row.side,
        order_type=OrderType.LIMIT,
        time_in_force=TimeInForce.GTC,
        price=row.price,
        quantity=row.quantity,
    )
    return check_request(request, market)


def _refuse(plan: Plan, refused: Refused, refused_ids: set[str]) -> None:
    plan.refused.append(refused)
    if refused.recorded_id is not None:
        refused_ids.add(refused.recorded_id)


def _cancel(plan: Plan, row: Cancel, placed: dict[str, int], refused_ids: set[str]) -> None:
    target = placed.get(row.recorded_id)
    if target is not None:
        account_id = plan.steps[target].account_id
        plan.steps.append(Step(row.line, row.at_ms, account_id, CommandKind.CANCEL, target=target))
    elif row.recorded_id in refused_ids:
        plan.cancels_of_refused += 1
    else:
        plan.refused.append(Refused(row.line, OrderNotFound.code, "no line before it has an order of this id"))


def _taker(rng: random.Random, line: int, at_ms: int, account_id: int, seen: dict[Side, list[int]]) -> Step:
    """A market order against a side that has had orders, up to the size of one of them."""
    against = rng.choice(sorted(seen))
    side = Side.SELL if against is Side.BUY else Side.BUY
    lots = rng.randint(1, rng.choice(seen[against]))
    return Step(line, at_ms, account_id, CommandKind.PLACE, side, OrderType.MARKET, lots=lots)


def _needs(steps: Sequence[Step], market: MarketView) -> dict[int, tuple[int, int]]:
    """What each account spends if all of its orders rest or fill; a taker buys at the highest price of the file."""
    highest = max((step.ticks for step in steps if step.side is Side.SELL), default=0)
    lots: defaultdict[int, int] = defaultdict(int)
    tick_lots: defaultdict[int, int] = defaultdict(int)
    for step in steps:
        if step.side is Side.SELL:
            lots[step.account_id] += step.lots
        elif step.side is Side.BUY:
            tick_lots[step.account_id] += (step.ticks or highest) * step.lots
    return {
        account: (
            lots[account] * market.units.base_atoms_per_lot,
            tick_lots[account] * market.units.quote_atoms_per_tick_lot,
        )
        for account in lots.keys() | tick_lots.keys()
    }
