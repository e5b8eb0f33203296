"""Orders as their owners see them.

An order begins as a PLACE command. Until the engine has applied it there is no row in `matching_order`, and the
order is PENDING with the amounts of its command; from then on the row speaks. Both come out of one query, so an order
is never missing for a moment and never there twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from matching.engine.types import OrderType, Side, TimeInForce
from matching.errors import OrderNotFound
from matching.models import CommandKind, OrderStatus
from matching.selectors.markets import MarketView, market_by_id

EXPORT_PIECE = 1_000
"""Orders that an export reads at once."""

_PLACE = int(CommandKind.PLACE)
_LIVE = f"{int(OrderStatus.OPEN)}, {int(OrderStatus.PARTIAL)}"


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as it stands. Amounts in units; what an order does not have is None."""

    id: int
    market: MarketView
    client_order_id: str | None
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce
    post_only: bool
    price: Decimal | None
    quantity: Decimal | None
    quote_amount: Decimal | None
    filled_quantity: Decimal
    filled_quote: Decimal
    status: OrderStatus
    reason: str
    """Why it was rejected, cancelled or expired."""
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which of an account's orders: ids from `first_id` on and below `before_id`; None leaves a side open."""

    market_id: int | None = None
    side: Side | None = None
    order_types: Sequence[OrderType] = ()
    statuses: Sequence[OrderStatus] = ()
    client_order_id: str | None = None
    first_id: int | None = None
    before_id: int | None = None


_COLUMNS = """
    c.id, c.market_id, c.client_order_id, c.side, c.order_type, c.time_in_force, c.post_only, c.ticks, c.lots, c.value,
    c.accepted_at, o.price, o.quantity, o.quote_amount, o.filled_quantity, o.filled_quote, o.status, o.reason,
    o.updated_at
"""
_FROM_LOG = "matching_command c LEFT JOIN matching_order o ON o.id = c.id"
_FROM_ORDERS = "matching_order o JOIN matching_command c ON c.id = o.id"
_FROM_UNAPPLIED = """
    matching_shard s JOIN matching_command c ON c.shard_id = s.id AND c.xact_number >= s.scan_from_xact
    LEFT JOIN matching_order o ON o.id = c.id
"""
"""Only what the engine may not have seen yet: PENDING is found without a walk through an account's whole history."""


def get_order(*, account_id: int, order_id: int) -> OrderView:
    """Raises OrderNotFound, also for somebody else's order."""
    rows = _read(
        f"SELECT {_COLUMNS} FROM {_FROM_LOG} WHERE c.id = %s AND c.account_id = %s AND c.kind = {_PLACE}",  # noqa: S608
        [order_id, account_id],
    )
    if not rows:
        raise OrderNotFound
    return rows[0]


def get_order_by_client_id(*, account_id: int, client_order_id: str) -> OrderView:
    """Raises OrderNotFound."""
    rows = _read(
        f"""
        SELECT {_COLUMNS} FROM matching_clientorderkey k JOIN matching_command c ON c.id = k.command_id
        LEFT JOIN matching_order o ON o.id = c.id WHERE k.account_id = %s AND k.client_order_id = %s
        """,  # noqa: S608  constants only
        [account_id, client_order_id],
    )
    if not rows:
        raise OrderNotFound
    return rows[0]


def list_orders(*, account_id: int, wanted: OrderFilter, limit: int) -> list[OrderView]:
    """The account's orders, newest first."""
    statuses = set(wanted.statuses)
    named = ", ".join(str(int(status)) for status in sorted(statuses))
    if OrderStatus.PENDING not in statuses and statuses:
        # Without coalesce, so that the index of the open orders serves.
        source, owner, identifier, status = _FROM_ORDERS, "o.account_id", "o.id", f"o.status IN ({named})"
    else:
        source = _FROM_UNAPPLIED if statuses == {OrderStatus.PENDING} else _FROM_LOG
        owner, identifier = "c.account_id", "c.id"
        status = f"coalesce(o.status, {int(OrderStatus.PENDING)}) IN ({named})" if statuses else "true"
    conditions = [f"{owner} = %s", f"c.kind = {_PLACE}", status]
    parameters: list[Any] = [account_id]
    if wanted.client_order_id is not None:
        # The log has no index of these ids; the keys have, and are few.
        conditions.append(
            "c.id IN (SELECT command_id FROM matching_clientorderkey WHERE account_id = %s AND client_order_id = %s)"
        )
        parameters += [account_id, wanted.client_order_id]
    for condition, value in (
        ("c.market_id = %s", wanted.market_id),
        ("c.side = %s", None if wanted.side is None else int(wanted.side)),
        ("c.order_type = ANY(%s)", [int(order_type) for order_type in wanted.order_types] or None),
        (f"{identifier} >= %s", wanted.first_id),
        (f"{identifier} < %s", wanted.before_id),
    ):
        if value is not None:
            conditions.append(condition)
            parameters.append(value)
    return _read(
        f"SELECT {_COLUMNS} FROM {source} WHERE {' AND '.join(conditions)} ORDER BY {identifier} DESC LIMIT %s",  # noqa: S608
        [*parameters, limit],
    )


def walk_orders(*, account_id: int, wanted: OrderFilter) -> Iterator[OrderView]:
    """All of the account's orders, newest first, read piece by piece."""
    while True:
        orders = list_orders(account_id=account_id, wanted=wanted, limit=EXPORT_PIECE)
        yield from orders
        if len(orders) < EXPORT_PIECE:
            return
        wanted = replace(wanted, before_id=orders[-1].id)


def count_open_orders(*, account_id: int, market_id: int) -> int:
    """How many of the account's orders rest in the market."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM matching_order WHERE market_id = %s AND account_id = %s AND status IN ({_LIVE})",  # noqa: S608
            [market_id, account_id],
        )
        return int(cursor.fetchone()[0])


def _read(statement: str, parameters: list[Any]) -> list[OrderView]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [_view(row) for row in cursor.fetchall()]


def _view(row: tuple[Any, ...]) -> OrderView:
    identifier, market_id, client_order_id, side, order_type, time_in_force, post_only = row[:7]
    ticks, lots, value, accepted_at = row[7:11]
    price, quantity, quote_amount, filled_quantity, filled_quote, status, reason, updated_at = row[11:]
    market = market_by_id(market_id)
    if status is None:
        units = market.units
        price = units.price(ticks) if ticks else None
        quantity = units.quantity(lots) if lots else None
        quote_amount = units.quote_amount(value) if value else None
        filled_quantity = filled_quote = Decimal(0)
        status, reason, updated_at = OrderStatus.PENDING, "", accepted_at
    return OrderView(
        id=identifier,
        market=market,
        client_order_id=client_order_id,
        side=Side(side),
        order_type=OrderType(order_type),
        time_in_force=TimeInForce(time_in_force),
        post_only=post_only,
        price=price,
        quantity=quantity,
        quote_amount=quote_amount,
        filled_quantity=filled_quantity,
        filled_quote=filled_quote,
        status=OrderStatus(status),
        reason=reason,
        created_at=accepted_at,
        updated_at=updated_at,
    )
