"""Acceptance of many commands of many accounts in one commit, for connections that carry a stream of them.

One statement inserts what `place_order`, `cancel_order` and the others would insert one by one, in the order in which
they came. Each command has its own receipt: one that is refused keeps none of the others back.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from kernel.errors import BourseError, invariant
from matching.engine.types import OrderType, SelfTradePrevention, TimeInForce
from matching.errors import OrderNotFound
from matching.models import OrderStatus
from matching.selectors.markets import MarketView, market_by_id, market_by_symbol
from matching.selectors.orders import get_order
from matching.services import insertion
from matching.services.cancel import order_not_open
from matching.services.checks import check_amendment, check_oco, check_request
from matching.services.client_keys import find_first_use, orders_of_client_ids
from matching.services.commands import (
    Accepted,
    AmendCommand,
    CancelAllCommand,
    CancelCommand,
    CountdownCommand,
    NewCommand,
    PlaceCommand,
    PlaceOcoCommand,
    Receipt,
    Repeated,
)
from matching.services.load import refuse_if_busy
from matching.services.requests import CountedOco, CountedOrder

_LIVE = frozenset({OrderStatus.PENDING, OrderStatus.OPEN, OrderStatus.PARTIAL})

ClientKey = tuple[int, str]
"""Account and client_order_id."""


class _Row(NamedTuple):
    """One row of the insertion, and whose receipt it makes."""

    place: int
    command: NewCommand
    columns: dict[str, Any]
    counted: CountedOrder | CountedOco | None = None


def accept_commands(commands: Sequence[NewCommand], *, reply_to: str) -> list[Receipt]:
    """Log all commands that are not refused, in one commit, and say of each what became of it.

    `reply_to` names the list on which the engine's answers to them are awaited; empty for none. A refusal is returned
    in the command's place: UnknownMarket, those of `matching.services.checks`, ExchangeBusy, ClientOrderIdConflict,
    OrderNotFound, OrderNotOpen. Where a command names an order by a client's id that another one of these commands
    gives it, there are two commits.

    Raises the errors of `django.db` where the database cannot be reached; whether anything was written is then unknown,
    and for all commands alike.
    """
    receipts: list[Receipt] = []
    while len(receipts) < len(commands):
        together = _up_to_first_dependent(commands[len(receipts) :])
        receipts += _accept_together(together, reply_to)
    return receipts


def _up_to_first_dependent(commands: Sequence[NewCommand]) -> Sequence[NewCommand]:
    """As many as can be inserted together: none names an order by an id that one before it takes."""
    taken: set[ClientKey] = set()
    for index, command in enumerate(commands):
        named = _named_key(command)
        if named is not None and named in taken:
            return commands[:index]
        key = _client_key(command)
        if key is not None:
            taken.add(key)
    return commands


def _accept_together(commands: Sequence[NewCommand], reply_to: str) -> list[Receipt]:
    named = _orders_of_keys({key for command in commands if (key := _named_key(command)) is not None})
    receipts: list[Receipt | None] = [None] * len(commands)
    rows: list[_Row] = []
    keys: set[ClientKey] = set()
    repeats: list[tuple[int, NewCommand]] = []
    for index, command in enumerate(commands):
        try:
            row = _prepare(index, command, named)
        except BourseError as error:
            receipts[index] = _first_use(command) or error
            continue
        key = _client_key(command)
        if key is not None and key in keys:
            repeats.append((index, command))
            continue
        if key is not None:
            keys.add(key)
        rows.append(row)
    if rows:
        results = insertion.insert_commands([row.columns for row in rows], reply_to=reply_to)
        for row, result in zip(rows, results, strict=True):
            receipts[row.place] = _receipt(row, result)
    for index, command in repeats:
        receipts[index] = _first_use(command, was_taken=True)
    complete = [receipt for receipt in receipts if receipt is not None]
    invariant(len(complete) == len(commands), "every command has its receipt")
    return complete


# --- before the insertion --------------------------------------------------------------------------------------------


def _named_key(command: NewCommand) -> ClientKey | None:
    """The client's id by which a command names an order that it is about."""
    if isinstance(command, AmendCommand | CancelCommand) and isinstance(command.order, str):
        return command.account_id, command.order
    return None


def _client_key(command: NewCommand) -> ClientKey | None:
    """The client's id that a command takes."""
    if isinstance(command, PlaceCommand | PlaceOcoCommand) and command.request.client_order_id is not None:
        return command.account_id, command.request.client_order_id
    return None


def _orders_of_keys(keys: set[ClientKey]) -> dict[ClientKey, int]:
    found: dict[ClientKey, int] = {}
    for account_id in {account_id for account_id, _ in keys}:
        wanted = [client_order_id for account, client_order_id in keys if account == account_id]
        for client_order_id, order_id in orders_of_client_ids(account_id=account_id, client_order_ids=wanted).items():
            found[account_id, client_order_id] = order_id
    return found


def _prepare(index: int, command: NewCommand, named: dict[ClientKey, int]) -> _Row:
    columns: dict[str, Any] = {"account": command.account_id, "request_id": command.request_id}
    if isinstance(command, PlaceCommand):
        market = market_by_symbol(command.request.symbol)
        counted = check_request(command.request, market)
        refuse_if_busy()
        return _Row(index, command, columns | _place_columns(command, counted, market), counted)
    if isinstance(command, PlaceOcoCommand):
        market = market_by_symbol(command.request.symbol)
        pair = check_oco(command.request, market)
        refuse_if_busy()
        return _Row(index, command, columns | _oco_columns(command, pair, market), pair)
    if isinstance(command, CancelAllCommand):
        market = market_by_symbol(command.symbol)
        columns |= {"side": int(command.side or 0), "reason": command.reason}
        return _Row(index, command, columns | _in_market(market, insertion.CANCEL_ALL))
    if isinstance(command, CountdownCommand):
        market = market_by_symbol(command.symbol)
        columns["countdown_us"] = command.countdown_us
        return _Row(index, command, columns | _in_market(market, insertion.SET_COUNTDOWN))
    order_id = command.order if isinstance(command.order, int) else named.get((command.account_id, command.order))
    if order_id is None:
        raise OrderNotFound
    columns["target"] = order_id
    if isinstance(command, CancelCommand):
        return _Row(index, command, columns | {"kind": insertion.CANCEL})
    return _Row(index, command, columns | _amend_columns(command, order_id))


def _in_market(market: MarketView, kind: int) -> dict[str, Any]:
    return {"kind": kind, "shard": market.shard_id, "market": market.id, "rules": market.rules.version}


def _place_columns(command: PlaceCommand, counted: CountedOrder, market: MarketView) -> dict[str, Any]:
    request = command.request
    columns = _in_market(market, insertion.PLACE)
    columns |= {
        "side": int(request.side),
        "type": int(request.order_type),
        "time_in_force": int(request.time_in_force),
        "post_only": request.post_only,
        "ticks": counted.ticks,
        "lots": counted.lots,
        "value": counted.value,
        "is_immediate": request.is_immediate,
        "display_lots": counted.display_lots,
        "trigger_ticks": counted.trigger_ticks,
        "trailing_ppm": request.trailing_ppm or 0,
        "good_till": request.good_till,
        "replaces": request.replaces or 0,
    }
    return columns | _key_columns(request.client_order_id, request.input_hash, request.self_trade_prevention)


def _oco_columns(command: PlaceOcoCommand, counted: CountedOco, market: MarketView) -> dict[str, Any]:
    """Type, time in force and post-only are those of the limit leg."""
    request = command.request
    columns = _in_market(market, insertion.PLACE_OCO)
    columns |= {
        "side": int(request.side),
        "type": int(OrderType.LIMIT),
        "time_in_force": int(TimeInForce.GTC),
        "post_only": True,
        "ticks": counted.ticks,
        "lots": counted.lots,
        "trigger_ticks": counted.trigger_ticks,
        "stop_ticks": counted.stop_ticks,
    }
    return columns | _key_columns(request.client_order_id, request.input_hash, request.self_trade_prevention)


def _key_columns(client_order_id: str | None, input_hash: Any, mode: SelfTradePrevention | None) -> dict[str, Any]:
    columns: dict[str, Any] = {"stp_mode": None if mode is None else int(mode)}
    if client_order_id is not None:
        columns |= {"client_order_id": client_order_id, "input_hash": input_hash().hex()}
    return columns


def _amend_columns(command: AmendCommand, order_id: int) -> dict[str, Any]:
    """The order is read first: its market says what a price and a quantity are in ticks and lots."""
    order = get_order(account_id=command.account_id, order_id=order_id)
    if order.status not in _LIVE:
        raise order_not_open(order_id, order.status)
    ticks, lots = check_amendment(command.amendment, order.market)
    refuse_if_busy()
    return _in_market(order.market, insertion.AMEND) | {"ticks": ticks, "lots": lots}


# --- after it --------------------------------------------------------------------------------------------------------


def _first_use(command: NewCommand, *, was_taken: bool = False) -> Receipt | None:
    """What was accepted earlier under the command's client_order_id, or the refusal of another content."""
    if not isinstance(command, PlaceCommand | PlaceOcoCommand):
        return None
    try:
        first = find_first_use(account_id=command.account_id, request=command.request, was_taken=was_taken)
    except BourseError as conflict:
        return conflict
    return None if first is None else Repeated(first)


def _receipt(row: _Row, result: insertion.Inserted) -> Receipt | None:
    if result.command_id is not None:
        assert result.market_id is not None  # every command that was inserted has one
        return Accepted(
            result.command_id,
            result.accepted_at,
            market_by_id(result.market_id),
            result.target_order_id,
            SelfTradePrevention(result.stp_mode),
            row.counted,
        )
    if isinstance(row.command, AmendCommand | CancelCommand):
        if not result.target_exists:
            return OrderNotFound()
        return order_not_open(row.columns["target"], result.target_status)
    return _first_use(row.command, was_taken=True)
