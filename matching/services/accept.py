"""Acceptance of many commands of many accounts in one commit, for connections that carry a stream of them.

One statement inserts what `place_order`, `cancel_order` and `cancel_all_orders` would insert one by one, in the order
in which they came. Each command has its own receipt: one that is refused keeps none of the others back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kernel.errors import BourseError, invariant
from matching.errors import OrderNotFound
from matching.models import CommandKind, OrderStatus
from matching.selectors.markets import MarketView, market_by_symbol
from matching.services.cancel import order_not_open
from matching.services.command_log import INSERT_COLUMNS, run_statement_for_rows
from matching.services.load import refuse_if_busy
from matching.services.place import LIFE_OF_IMMEDIATE_ORDERS_SECONDS, find_first_use
from matching.services.requests import CountedOrder, OrderRequest, check_request
from storage.bulk import nullable_array, number_array, text_array

_PLACE, _CANCEL, _CANCEL_ALL = int(CommandKind.PLACE), int(CommandKind.CANCEL), int(CommandKind.CANCEL_ALL)

# An id is taken for every row, also for those that turn out not to be inserted: gaps between ids mean nothing.
_INSERT = f"""
    WITH input AS MATERIALIZED (
        SELECT i.*, bourse_next_id() AS id
        FROM unnest(%(kinds)s::smallint[], %(accounts)s::bigint[], %(shards)s::bigint[], %(markets)s::bigint[],
                    %(rules)s::int[], %(sides)s::smallint[], %(types)s::smallint[], %(times_in_force)s::smallint[],
                    %(post_only)s::boolean[], %(ticks)s::bigint[], %(lots)s::bigint[], %(values)s::bigint[],
                    %(client_order_ids)s::text[], %(input_hashes)s::text[], %(are_immediate)s::boolean[],
                    %(targets)s::bigint[], %(request_ids)s::text[]) WITH ORDINALITY
             AS i(kind, account, shard, market, rules, side, type, time_in_force, post_only, ticks, lots, value,
                  client_order_id, input_hash, is_immediate, target, request_id, row)
    ), target AS (
        SELECT i.row, c.shard_id AS shard, c.market_id AS market, m.rules_version AS rules, o.status
        FROM input i
        JOIN matching_command c ON c.id = i.target AND c.account_id = i.account AND c.kind = {_PLACE}
        JOIN matching_market m ON m.id = c.market_id
        LEFT JOIN matching_order o ON o.id = c.id
        WHERE i.kind = {_CANCEL}
    ), key AS (
        INSERT INTO matching_clientorderkey (account_id, client_order_id, input_hash, command_id)
        SELECT account, client_order_id, decode(input_hash, 'hex'), id FROM input WHERE client_order_id IS NOT NULL
        ORDER BY account, client_order_id
        ON CONFLICT (account_id, client_order_id) DO NOTHING RETURNING command_id
    ), accepted AS (
        INSERT INTO matching_command {INSERT_COLUMNS}
        SELECT i.id, coalesce(t.shard, i.shard), coalesce(t.market, i.market), coalesce(t.rules, i.rules), i.account,
               i.kind, i.side, i.type, i.time_in_force, i.post_only, i.ticks, i.lots, i.value, i.client_order_id,
               CASE WHEN i.is_immediate
                    THEN clock_timestamp() + make_interval(secs => {LIFE_OF_IMMEDIATE_ORDERS_SECONDS}) END,
               i.target, 0, '', %(reply_to)s::text, i.request_id
        FROM input i LEFT JOIN target t USING (row)
        WHERE CASE i.kind
              WHEN {_PLACE} THEN i.client_order_id IS NULL OR i.id IN (SELECT command_id FROM key)
              WHEN {_CANCEL} THEN t.row IS NOT NULL AND (
                  t.status IS NULL OR t.status IN ({int(OrderStatus.OPEN)}, {int(OrderStatus.PARTIAL)}))
              ELSE true END
        ORDER BY i.row
        RETURNING id, accepted_at
    )
    SELECT a.id, a.accepted_at, t.market, t.status
    FROM input i LEFT JOIN accepted a USING (id) LEFT JOIN target t USING (row) ORDER BY i.row
"""  # noqa: S608  constants only


@dataclass(frozen=True, slots=True)
class PlaceCommand:
    """A new order of an account."""

    account_id: int
    request: OrderRequest
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class CancelCommand:
    """The end of one order of an account."""

    account_id: int
    order_id: int
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class CancelAllCommand:
    """The end of all orders of an account in a market."""

    account_id: int
    symbol: str
    request_id: str = ""


NewCommand = PlaceCommand | CancelCommand | CancelAllCommand


@dataclass(frozen=True, slots=True)
class Accepted:
    """The command is in the log, for good. Its id is also the id of the order, where it places one."""

    command_id: int
    accepted_at: datetime
    market: MarketView | None
    """None for a cancel."""
    counted: CountedOrder | None
    """None where no order is placed."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """Nothing was written: this order was placed earlier under the same client_order_id and with the same content."""

    order_id: int


Receipt = Accepted | Repeated | BourseError


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the statement's input, and whose receipt it makes."""

    index: int
    command: NewCommand
    market: MarketView | None = None
    counted: CountedOrder | None = None


def accept_commands(commands: Sequence[NewCommand], *, reply_to: str) -> list[Receipt]:
    """Log all commands that are not refused, in one commit, and say of each what became of it.

    `reply_to` names the list on which the engine's answers to them are awaited; empty for none. A refusal is returned
    in the command's place: UnknownMarket, those of `check_request`, ExchangeBusy, ClientOrderIdConflict,
    OrderNotFound, OrderNotOpen.

    Raises the errors of `django.db` where the database cannot be reached; whether anything was written is then unknown,
    and for all commands alike.
    """
    receipts: list[Receipt | None] = [None] * len(commands)
    rows: list[_Row] = []
    keys: set[tuple[int, str]] = set()
    repeats: list[_Row] = []
    for index, command in enumerate(commands):
        try:
            row = _prepare(index, command)
        except BourseError as error:
            receipts[index] = _first_use(command) or error
            continue
        key = _client_key(command)
        if key is not None and key in keys:
            repeats.append(row)
            continue
        if key is not None:
            keys.add(key)
        rows.append(row)
    if rows:
        results = run_statement_for_rows(_INSERT, _parameters(rows, reply_to))
        for row, result in zip(rows, results, strict=True):
            receipts[row.index] = _receipt(row, result)
    for row in repeats:
        receipts[row.index] = _first_use(row.command)
    complete = [receipt for receipt in receipts if receipt is not None]
    invariant(len(complete) == len(commands), "every command has its receipt")
    return complete


def _prepare(index: int, command: NewCommand) -> _Row:
    if isinstance(command, PlaceCommand):
        market = market_by_symbol(command.request.symbol)
        counted = check_request(command.request, market)
        refuse_if_busy()
        return _Row(index, command, market, counted)
    if isinstance(command, CancelAllCommand):
        return _Row(index, command, market_by_symbol(command.symbol))
    return _Row(index, command)


def _client_key(command: NewCommand) -> tuple[int, str] | None:
    if isinstance(command, PlaceCommand) and command.request.client_order_id is not None:
        return command.account_id, command.request.client_order_id
    return None


def _first_use(command: NewCommand) -> Receipt | None:
    """The order that was placed earlier under the command's client_order_id, or the refusal of another content."""
    if not isinstance(command, PlaceCommand):
        return None
    try:
        first = find_first_use(account_id=command.account_id, request=command.request)
    except BourseError as conflict:
        return conflict
    return None if first is None else Repeated(first)


def _receipt(row: _Row, result: tuple[Any, ...]) -> Receipt | None:
    command_id, accepted_at, target_market, target_status = result
    command = row.command
    if command_id is not None:
        return Accepted(command_id, accepted_at, row.market, row.counted)
    if isinstance(command, CancelCommand):
        return OrderNotFound() if target_market is None else order_not_open(command.order_id, target_status)
    return _first_use(command)


def _parameters(rows: list[_Row], reply_to: str) -> dict[str, object]:
    columns: list[tuple[Any, ...]] = [_columns(row) for row in rows]
    (
        kinds, accounts, shards, markets, rules, sides, types, times_in_force, post_only, ticks, lots, values,
        client_order_ids, input_hashes, are_immediate, targets, request_ids,
    ) = zip(*columns, strict=True)  # fmt: skip
    return {
        "kinds": number_array(kinds),
        "accounts": number_array(accounts),
        "shards": nullable_array(shards),
        "markets": nullable_array(markets),
        "rules": nullable_array(rules),
        "sides": number_array(sides),
        "types": number_array(types),
        "times_in_force": number_array(times_in_force),
        "post_only": number_array(post_only),
        "ticks": number_array(ticks),
        "lots": number_array(lots),
        "values": number_array(values),
        "client_order_ids": text_array(client_order_ids),
        "input_hashes": text_array(input_hashes),
        "are_immediate": number_array(are_immediate),
        "targets": number_array(targets),
        "request_ids": text_array(request_ids),
        "reply_to": reply_to,
    }


def _columns(row: _Row) -> tuple[Any, ...]:
    command, market, counted = row.command, row.market, row.counted
    place = (None, None, None) if market is None else (market.shard_id, market.id, market.rules.version)
    if isinstance(command, PlaceCommand):
        assert counted is not None
        request = command.request
        client_order_id = request.client_order_id
        return (
            _PLACE, command.account_id, *place, int(request.side), int(request.order_type), int(request.time_in_force),
            request.post_only, counted.ticks, counted.lots, counted.value, client_order_id,
            None if client_order_id is None else request.input_hash().hex(), request.is_immediate, 0,
            command.request_id,
        )  # fmt: skip
    kind, target = (_CANCEL, command.order_id) if isinstance(command, CancelCommand) else (_CANCEL_ALL, 0)
    return (kind, command.account_id, *place, 0, 0, 0, False, 0, 0, 0, None, None, False, target, command.request_id)
