"""The statement that adds many commands of many accounts to the log, each in its place.

A row becomes a command where nothing speaks against it in the moment of the insertion: the client's own id is free, the
order to cancel or to amend is the account's and not finished.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from matching.engine.types import SelfTradePrevention
from matching.models import CommandKind, OrderStatus
from matching.services.client_keys import TAKE_KEY
from matching.services.command_log import INSERT_COLUMNS, run_statement_for_rows
from matching.services.place import LIFE_OF_IMMEDIATE_ORDERS_SECONDS
from storage.bulk import nullable_array, text_array

PLACE, PLACE_OCO = int(CommandKind.PLACE), int(CommandKind.PLACE_OCO)
CANCEL, AMEND = int(CommandKind.CANCEL), int(CommandKind.AMEND)
CANCEL_ALL, SET_COUNTDOWN = int(CommandKind.CANCEL_ALL), int(CommandKind.SET_COUNTDOWN)

_COLUMNS: dict[str, tuple[str, Any]] = {
    # name: type in the database, value of a row that does not say
    "kind": ("smallint", 0),
    "account": ("bigint", 0),
    "shard": ("bigint", None),
    "market": ("bigint", None),
    "rules": ("int", None),
    "side": ("smallint", 0),
    "type": ("smallint", 0),
    "time_in_force": ("smallint", 0),
    "post_only": ("boolean", False),
    "ticks": ("bigint", 0),
    "lots": ("bigint", 0),
    "value": ("bigint", 0),
    "client_order_id": ("text", None),
    "input_hash": ("text", None),
    "is_immediate": ("boolean", False),
    "target": ("bigint", 0),
    "reason": ("text", ""),
    "request_id": ("text", ""),
    "stp_mode": ("smallint", None),
    "display_lots": ("bigint", 0),
    "trigger_ticks": ("bigint", 0),
    "trailing_ppm": ("int", 0),
    "good_till": ("timestamptz", None),
    "replaces": ("bigint", 0),
    "stop_ticks": ("bigint", 0),
    "countdown_us": ("bigint", 0),
}
_ARRAYS = ", ".join(f"%({name})s::{kind}[]" for name, (kind, _) in _COLUMNS.items())
_NAMES = ", ".join(_COLUMNS)

# An id is taken for every row, also for those that turn out not to be inserted: gaps between ids mean nothing.
_INSERT = f"""
    WITH input AS MATERIALIZED (
        SELECT i.*, bourse_next_id() AS id,
               CASE WHEN i.kind = {PLACE_OCO} THEN bourse_next_id() ELSE i.target END AS target_order
        FROM unnest({_ARRAYS}) WITH ORDINALITY AS i({_NAMES}, row)
    ), target AS (
        SELECT i.row, c.shard_id AS shard, c.market_id AS market, m.rules_version AS rules, o.status
        FROM input i
        CROSS JOIN LATERAL (
            SELECT shard_id, market_id FROM matching_command
            WHERE id = i.target AND account_id = i.account AND kind IN ({PLACE}, {PLACE_OCO})
            UNION ALL
            SELECT shard_id, market_id FROM matching_command
            WHERE target_order_id = i.target AND account_id = i.account AND kind = {PLACE_OCO}
        ) c
        JOIN matching_market m ON m.id = c.market_id
        LEFT JOIN matching_order o ON o.id = i.target
        WHERE i.kind IN ({CANCEL}, {AMEND})
    ), key AS (
        INSERT INTO matching_clientorderkey (account_id, client_order_id, input_hash, command_id)
        SELECT account, client_order_id, decode(input_hash, 'hex'), id FROM input WHERE client_order_id IS NOT NULL
        ORDER BY account, client_order_id
        {TAKE_KEY}
    ), accepted AS (
        INSERT INTO matching_command {INSERT_COLUMNS}
        SELECT i.id, coalesce(t.shard, i.shard), coalesce(t.market, i.market), coalesce(t.rules, i.rules), i.account,
               i.kind, i.side, i.type, i.time_in_force, i.post_only, i.ticks, i.lots, i.value, i.client_order_id,
               CASE WHEN i.is_immediate
                    THEN clock_timestamp() + make_interval(secs => {LIFE_OF_IMMEDIATE_ORDERS_SECONDS}) END,
               i.target_order, 0, i.reason, %(reply_to)s::text, i.request_id,
               coalesce(i.stp_mode, u.self_trade_prevention, {int(SelfTradePrevention.EXPIRE_TAKER)}), i.display_lots,
               i.trigger_ticks, i.trailing_ppm, i.good_till, i.replaces, i.stop_ticks, i.countdown_us
        FROM input i LEFT JOIN target t USING (row)
        LEFT JOIN ledger_account a ON a.id = i.account LEFT JOIN accounts_user u ON u.id = a.user_id
        WHERE CASE
              WHEN i.kind IN ({PLACE}, {PLACE_OCO}) THEN i.client_order_id IS NULL
                  OR i.id IN (SELECT command_id FROM key)
              WHEN i.kind IN ({CANCEL}, {AMEND}) THEN t.row IS NOT NULL AND (
                  t.status IS NULL OR t.status IN ({int(OrderStatus.OPEN)}, {int(OrderStatus.PARTIAL)}))
              ELSE true END
        ORDER BY i.row
        RETURNING id, accepted_at, stp_mode
    )
    SELECT a.id, a.accepted_at, coalesce(t.market, i.market), i.target_order, a.stp_mode, t.row IS NOT NULL, t.status
    FROM input i LEFT JOIN accepted a USING (id) LEFT JOIN target t USING (row) ORDER BY i.row
"""  # noqa: S608  constants only


class Inserted(NamedTuple):
    """What became of one row. `command_id` is None where it was not inserted."""

    command_id: int | None
    accepted_at: datetime
    market_id: int | None
    """None of a cancel whose order does not exist."""
    target_order_id: int
    stp_mode: int
    target_exists: bool
    """Of a cancel or an amendment: the order is one of the account's."""
    target_status: int | None
    """None while the engine has not seen that order."""


def insert_commands(rows: Sequence[Mapping[str, Any]], *, reply_to: str) -> list[Inserted]:
    """Add the rows in one commit; `_COLUMNS` has what a row may say. Two rows may not take the same key."""
    parameters: dict[str, object] = {"reply_to": reply_to}
    for name, (kind, absent) in _COLUMNS.items():
        parameters[name] = _array(kind, [row.get(name, absent) for row in rows])
    return [Inserted(*result) for result in run_statement_for_rows(_INSERT, parameters)]


def _array(kind: str, values: Iterable[Any]) -> str:
    if kind == "text":
        return text_array(values)
    if kind == "timestamptz":
        return text_array([None if value is None else value.isoformat() for value in values])
    return nullable_array(values)
