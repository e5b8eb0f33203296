"""Appends many commands to the log in one statement: the rows the API writes one by one."""

from collections.abc import Sequence

from django.db import connection

from exchange.replay.plan import Step
from matching.engine.types import OrderType, TimeInForce
from matching.models import CommandKind
from matching.selectors.markets import MarketView
from matching.services.place import LIFE_OF_IMMEDIATE_ORDERS_SECONDS
from storage.bulk import number_array

_NEW_IDS = "SELECT bourse_next_id() FROM generate_series(1, %s)"
_INSERT = f"""
    INSERT INTO matching_command
        (id, shard_id, market_id, rules_version, account_id, kind, side, order_type, time_in_force, post_only, ticks,
         lots, value, expires_at, target_order_id, state, reason, reply_to, request_id)
    SELECT c.id, %s, %s, %s, c.account_id, c.kind, c.side, c.order_type, c.time_in_force, false, c.ticks,
           c.lots, 0,
           CASE WHEN c.order_type = {int(OrderType.MARKET)}
                THEN clock_timestamp() + make_interval(secs => {LIFE_OF_IMMEDIATE_ORDERS_SECONDS}) END,
           c.target, 0, '', '', 'replay:' || c.line
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::smallint[], %s::smallint[], %s::smallint[],
                %s::smallint[], %s::bigint[], %s::bigint[], %s::bigint[])
         AS c(id, line, account_id, kind, side, order_type, time_in_force, ticks, lots, target)
"""  # noqa: S608  constants only


class Sender:
    """Sends the steps of a plan in order and remembers their command ids: `ids[n]` is that of step n."""

    def __init__(self, market: MarketView) -> None:
        self._market = market
        self.ids: list[int] = []

    def send(self, steps: Sequence[Step]) -> list[int]:
        """Commit the next steps; returns their ids.

        The ids are fetched first, and sorted: the worker takes the commands of one database transaction in the order
        of their ids, and a cancel may name an order of the same statement.
        """
        with connection.cursor() as cursor:
            cursor.execute(_NEW_IDS, [len(steps)])
            ids = sorted(row[0] for row in cursor.fetchall())
            self.ids += ids
            rows = [self._row(step_id, step) for step_id, step in zip(ids, steps, strict=True)]
            market = self._market
            cursor.execute(
                _INSERT,
                [market.shard_id, market.id, market.rules.version, *map(number_array, zip(*rows, strict=True))],
            )
        return ids

    def _row(self, step_id: int, step: Step) -> tuple[int, ...]:
        if step.kind is CommandKind.CANCEL:
            return (step_id, step.line, step.account_id, int(step.kind), 0, 0, 0, 0, 0, self.ids[step.target])
        time_in_force = TimeInForce.IOC if step.is_taker else TimeInForce.GTC
        return (
            step_id,
            step.line,
            step.account_id,
            int(step.kind),
            int(step.side or 0),
            int(step.order_type),
            int(time_in_force),
            step.ticks,
            step.lots,
            0,
        )
