"""Cancels: one statement finds the order, sees that it is mine and unfinished, and adds the command."""

from dataclasses import dataclass

from matching.answers import wait_for_answer, wake_worker
from matching.engine.codes import ORDER_NOT_FOUND
from matching.errors import OrderNotFound, OrderNotOpen
from matching.models import CommandKind, OrderStatus
from matching.selectors.markets import market_by_id
from matching.services.command_log import run_statement

_PLACE, _PLACE_OCO = int(CommandKind.PLACE), int(CommandKind.PLACE_OCO)
_CANCEL = f"""
    WITH target AS (
        SELECT %(order)s::bigint AS id, c.shard_id, c.market_id, m.rules_version, c.account_id, o.status
        FROM (
            SELECT shard_id, market_id, account_id FROM matching_command
            WHERE id = %(order)s::bigint AND account_id = %(account)s::bigint AND kind IN ({_PLACE}, {_PLACE_OCO})
            UNION ALL
            SELECT shard_id, market_id, account_id FROM matching_command
            WHERE target_order_id = %(order)s::bigint AND account_id = %(account)s::bigint AND kind = {_PLACE_OCO}
        ) c
        JOIN matching_market m ON m.id = c.market_id
        LEFT JOIN matching_order o ON o.id = %(order)s::bigint
    ), accepted AS (
        INSERT INTO matching_command
            (shard_id, market_id, rules_version, account_id, kind, side, order_type, time_in_force, post_only, ticks,
             lots, value, target_order_id, state, reason, reply_to, request_id)
        SELECT shard_id, market_id, rules_version, account_id, {int(CommandKind.CANCEL)}, 0, 0, 0, false, 0, 0, 0, id,
               0, '', %(reply_to)s::text, %(request_id)s::text
        FROM target
        WHERE status IS NULL OR status IN ({int(OrderStatus.OPEN)}, {int(OrderStatus.PARTIAL)})
        RETURNING id
    )
    SELECT target.market_id, target.status, accepted.id FROM target LEFT JOIN accepted ON true
"""  # noqa: S608  constants only


@dataclass(frozen=True, slots=True)
class CancelReceipt:
    """`is_settled`: the engine has answered, and the order is cancelled."""

    command_id: int
    order_id: int
    is_settled: bool


def cancel_order(*, account_id: int, order_id: int, wait: bool, request_id: str = "") -> CancelReceipt:
    """Ask for the end of an order, and wait for the engine's word if asked to. With one of a pair ends the other.

    Raises OrderNotFound for an order that is not mine, OrderNotOpen for a finished one; then nothing is written,
    unless the order ended while the cancel was on its way.
    """
    with wait_for_answer(wanted=wait) as waiting:
        row = run_statement(
            _CANCEL,
            {"order": order_id, "account": account_id, "reply_to": waiting.reply_to, "request_id": request_id},
        )
        if row is None:
            raise OrderNotFound
        market_id, status, command_id = row
        if command_id is None:
            raise order_not_open(order_id, status)
        wake_worker(market_by_id(market_id).shard_name)
        answer = waiting.result(command_id)
    if answer is not None and answer.code == ORDER_NOT_FOUND:
        # It was there and mine, so it ended before the engine met the cancel.
        raise order_not_open(order_id, None)
    return CancelReceipt(command_id, order_id, is_settled=answer is not None)


def order_not_open(order_id: int, status: int | None) -> OrderNotOpen:
    """The refusal to change an order that has ended; `status` where it is known how."""
    details = {"order_id": str(order_id)}
    if status is not None:
        details["status"] = OrderStatus(status).name
    return OrderNotOpen(details=details)
