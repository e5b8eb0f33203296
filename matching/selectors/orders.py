"""Orders as their owners see them.

An order begins as a PLACE command, two of which one cancels the other as one PLACE_OCO command. Until the engine has
applied it there is no row in `matching_order`, and the order is PENDING with the amounts of its command; from then on
the row speaks. Both come out of one query, so an order is never missing for a moment and never there twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from matching.engine.types import OrderType, SelfTradePrevention, Side, TimeInForce
from matching.errors import OrderNotFound
from matching.models import CommandKind, OrderStatus
from matching.selectors.markets import MarketView, market_by_id

EXPORT_PIECE = 1_000
"""Orders that an export reads at once."""

_PLACE, _PLACE_OCO = int(CommandKind.PLACE), int(CommandKind.PLACE_OCO)
_LIVE = f"{int(OrderStatus.OPEN)}, {int(OrderStatus.PARTIAL)}"


class OrderView(NamedTuple):
    """An order as it stands. Amounts in units; what an order does not have is None.

    A tuple, because one is made for every order that is answered: a frozen dataclass takes 3.5 times as long to make.
    """

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
    self_trade_prevention: SelfTradePrevention = SelfTradePrevention.EXPIRE_TAKER
    display_quantity: Decimal | None = None
    visible_quantity: Decimal | None = None
    """Of an iceberg in the book: what it shows now."""
    trigger_price: Decimal | None = None
    """What ends, or ended, the waiting; that of a trailing stop follows the price."""
    trailing_ppm: int = 0
    protection_price: Decimal | None = None
    """The worst price of a waiting purchase that names none."""
    is_waiting: bool = False
    """Accepted and not triggered."""
    triggered_at: datetime | None = None
    good_till: datetime | None = None
    other_leg_id: int | None = None
    """The order of which this one cancels, or cancelled, the other."""
    prevented_quantity: Decimal = Decimal(0)
    """Taken off by self-trade prevention."""

    @property
    def remaining_quantity(self) -> Decimal | None:
        """What can still trade, or was left when the order ended; None of an order by quote amount."""
        if self.quantity is None:
            return None
        return self.quantity - self.filled_quantity - self.prevented_quantity


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
    c.accepted_at, c.stp_mode, c.display_lots, c.trigger_ticks, c.trailing_ppm, c.good_till, c.other_leg_id,
    o.price, o.quantity, o.quote_amount, o.filled_quantity, o.filled_quote, o.status, o.reason, o.updated_at,
    o.display_quantity, o.visible_quantity, o.trigger_price, o.protection_price, o.is_waiting, o.triggered_at,
    o.prevented_quantity
"""
_PLACED = f"""(
    SELECT 1 AS leg, kind, id, shard_id, market_id, account_id, xact_number, accepted_at, client_order_id, side,
           order_type, time_in_force, post_only, ticks, lots, value, stp_mode, display_lots,
           CASE kind WHEN {_PLACE} THEN trigger_ticks ELSE 0::bigint END AS trigger_ticks, trailing_ppm, good_till,
           CASE kind WHEN {_PLACE_OCO} THEN target_order_id END AS other_leg_id
    FROM matching_command
    UNION ALL
    SELECT 2, kind, target_order_id, shard_id, market_id, account_id, xact_number, accepted_at, client_order_id, side,
           CASE stop_ticks WHEN 0 THEN {int(OrderType.STOP_MARKET)}::smallint
                           ELSE {int(OrderType.STOP_LIMIT)}::smallint END,
           {int(TimeInForce.GTC)}::smallint, false, stop_ticks, lots, 0::bigint, stp_mode, 0::bigint, trigger_ticks,
           0::int, NULL::timestamptz, id
    FROM matching_command
) c"""  # noqa: S608  constants only
"""Orders as they were accepted, where `_IS_ORDER` holds. The stop leg of a pair is in the second half: its id is the
target of the command. The halves have no conditions of their own, or no index would serve the order of the whole."""

_IS_ORDER = f"(c.leg = 1 AND c.kind IN ({_PLACE}, {_PLACE_OCO}) OR c.leg = 2 AND c.kind = {_PLACE_OCO})"

_FROM_LOG = f"{_PLACED} LEFT JOIN matching_order o ON o.id = c.id"
_FROM_ORDERS = f"matching_order o JOIN {_PLACED} ON c.id = o.id AND c.account_id = o.account_id"
_FROM_UNAPPLIED = f"""
    matching_shard s JOIN {_PLACED} ON c.shard_id = s.id AND c.xact_number >= s.scan_from_xact
    LEFT JOIN matching_order o ON o.id = c.id
"""
"""Only what the engine may not have seen yet: PENDING is found without a walk through an account's whole history."""


def get_order(*, account_id: int, order_id: int) -> OrderView:
    """Raises OrderNotFound, also for somebody else's order."""
    rows = _read(
        f"SELECT {_COLUMNS} FROM {_FROM_LOG} WHERE c.id = %s AND c.account_id = %s AND {_IS_ORDER}",  # noqa: S608
        [order_id, account_id],
    )
    if not rows:
        raise OrderNotFound
    return rows[0]


def get_orders(*, account_id: int, order_ids: Sequence[int]) -> dict[int, OrderView]:
    """Those of the orders that are the account's, by id."""
    rows = _read(
        f"SELECT {_COLUMNS} FROM {_FROM_LOG} WHERE c.id = ANY(%s) AND c.account_id = %s AND {_IS_ORDER}",  # noqa: S608
        [list(order_ids), account_id],
    )
    return {order.id: order for order in rows}


def get_pair(*, account_id: int, order_id: int) -> tuple[OrderView, OrderView]:
    """A limit leg, whose id is `order_id`, and its stop leg. Raises OrderNotFound."""
    limit_leg = get_order(account_id=account_id, order_id=order_id)
    if limit_leg.other_leg_id is None:
        raise OrderNotFound
    return limit_leg, get_order(account_id=account_id, order_id=limit_leg.other_leg_id)


def get_order_by_client_id(*, account_id: int, client_order_id: str) -> OrderView:
    """The order that was placed last under that id, of a pair its limit leg. Raises OrderNotFound."""
    rows = _read(
        f"""
        SELECT {_COLUMNS} FROM matching_clientorderkey k JOIN {_PLACED} ON c.id = k.command_id
        LEFT JOIN matching_order o ON o.id = c.id WHERE k.account_id = %s AND k.client_order_id = %s
              AND c.account_id = k.account_id AND {_IS_ORDER}
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
    conditions = [f"{owner} = %s", _IS_ORDER, status]
    parameters: list[Any] = [account_id]
    for condition, value in (
        ("c.market_id = %s", wanted.market_id),
        ("c.client_order_id = %s", wanted.client_order_id),
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


def count_open_orders(*, account_id: int, market_id: int) -> tuple[int, int]:
    """How many of the account's orders rest, and how many wait, in the market."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*) FILTER (WHERE NOT is_waiting), count(*) FILTER (WHERE is_waiting) FROM matching_order
            WHERE market_id = %s AND account_id = %s AND status IN ({_LIVE})
            """,  # noqa: S608  constants only
            [market_id, account_id],
        )
        resting, waiting = cursor.fetchone()
        return int(resting), int(waiting)


def markets_with_open_orders(*, account_id: int) -> list[MarketView]:
    """Where the account has orders that may still trade, also such as the engine has not seen; by symbol."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT market_id FROM matching_order WHERE account_id = %s AND status IN ({_LIVE})
            UNION
            SELECT c.market_id FROM {_FROM_UNAPPLIED} WHERE c.account_id = %s AND o.id IS NULL AND {_IS_ORDER}
            """,  # noqa: S608  constants only
            [account_id, account_id],
        )
        markets = [market_by_id(market_id) for (market_id,) in cursor.fetchall()]
    return sorted(markets, key=lambda market: market.symbol)


def _read(statement: str, parameters: list[Any]) -> list[OrderView]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [_view(row) for row in cursor.fetchall()]


def _view(row: tuple[Any, ...]) -> OrderView:
    identifier, market_id, client_order_id, side, order_type, time_in_force, post_only = row[:7]
    ticks, lots, value, accepted_at, stp_mode, display_lots, trigger_ticks, trailing_ppm = row[7:15]
    good_till, other_leg_id = row[15:17]
    price, quantity, quote_amount, filled_quantity, filled_quote, status, reason, updated_at = row[17:25]
    display_quantity, visible_quantity, trigger_price, protection_price = row[25:29]
    is_waiting, triggered_at, prevented_quantity = row[29:]
    market = market_by_id(market_id)
    if status is None:
        units = market.units
        price = units.price(ticks) if ticks else None
        quantity = units.quantity(lots) if lots else None
        quote_amount = units.quote_amount(value) if value else None
        display_quantity = units.quantity(display_lots) if display_lots else None
        trigger_price = units.price(trigger_ticks) if trigger_ticks else None
        filled_quantity = filled_quote = prevented_quantity = Decimal(0)
        status, reason, updated_at, is_waiting = OrderStatus.PENDING, "", accepted_at, False
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
        self_trade_prevention=SelfTradePrevention(stp_mode),
        display_quantity=display_quantity,
        visible_quantity=visible_quantity,
        trigger_price=trigger_price,
        trailing_ppm=trailing_ppm,
        protection_price=protection_price,
        is_waiting=is_waiting,
        triggered_at=triggered_at,
        good_till=good_till,
        other_leg_id=other_leg_id,
        prevented_quantity=prevented_quantity,
    )
