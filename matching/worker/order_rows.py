"""Rows of orders: those a batch brings, those it changes, and what older ones say about themselves.

Each kind of row has a statement with the columns it needs: most orders of a busy market are limit orders that rest,
trade and end, and pay for nothing else.
"""

from datetime import datetime
from typing import Any

import psycopg

from matching.engine.types import OrderType, SelfTradePrevention
from matching.models import OrderStatus
from matching.worker.markets import LiveMarket
from matching.worker.moments import datetime_of
from matching.worker.settlement.collected import Collected, OrderChange, OrderTerms
from matching.worker.settlement.telling import StoredOrder, finish
from storage.bulk import nullable_array, number_array, text_array

Cursor = psycopg.Cursor[tuple[Any, ...]]
Columns = dict[str, str]
"""Name to PostgreSQL type."""

_OPEN, _PARTIAL = int(OrderStatus.OPEN), int(OrderStatus.PARTIAL)
_IS_OPEN = f"({_OPEN}, {_PARTIAL})"
_PLAIN_TYPES = frozenset((int(OrderType.LIMIT), int(OrderType.MARKET)))
_USUAL_STP_MODE = int(SelfTradePrevention.EXPIRE_TAKER)

_PLAIN: Columns = {
    "id": "bigint", "account_id": "bigint", "market_id": "bigint", "client_order_id": "text", "side": "smallint",
    "order_type": "smallint", "time_in_force": "smallint", "post_only": "boolean", "price": "numeric",
    "quantity": "numeric", "quote_amount": "numeric", "filled_quantity": "numeric", "filled_quote": "numeric",
    "status": "smallint", "reason": "text", "priority": "bigint", "maker_ppm": "int", "taker_ppm": "int",
    "locked": "numeric",
}  # fmt: skip
_RARE: Columns = {
    "stp_mode": "smallint", "stp_group": "bigint", "display_quantity": "numeric", "visible_quantity": "numeric",
    "trigger_price": "numeric", "trailing_ppm": "int", "trailing_extreme": "numeric", "protection_price": "numeric",
    "is_waiting": "boolean", "triggered_at": "timestamptz", "good_till": "timestamptz", "other_leg_id": "bigint",
    "prevented_quantity": "numeric",
}  # fmt: skip
_FILLS: Columns = {
    "id": "bigint", "quantity": "numeric", "quote": "numeric", "status": "smallint", "reason": "text",
    "locked": "numeric",
}  # fmt: skip
_TERMS: Columns = {
    "prevented": "numeric", "price": "numeric", "total": "numeric", "priority": "bigint", "is_waiting": "boolean",
    "triggered_at": "timestamptz", "trigger": "numeric", "extreme": "numeric", "visible": "numeric", "taken": "numeric",
    "maker_ppm": "int", "taker_ppm": "int", "stp_group": "bigint", "has_group": "boolean",
}  # fmt: skip


def _insert(columns: Columns) -> str:
    arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    return (
        f"INSERT INTO matching_order ({', '.join(columns)}, updated_at) "  # noqa: S608  constants only
        f"SELECT o.*, %s FROM unnest({arrays}) AS o"
    )


def _changes(columns: Columns) -> str:
    arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    return f"unnest({arrays}) AS d({', '.join(columns)})"


_INSERT_PLAIN = _insert(_PLAIN)
_INSERT_ANY = _insert(_PLAIN | _RARE)
# What an order shows and waits for ends with it.
_UPDATE_FILLS = f"""
    UPDATE matching_order AS o
    SET filled_quantity = o.filled_quantity + d.quantity, filled_quote = o.filled_quote + d.quote,
        status = d.status, reason = d.reason, locked = o.locked + d.locked,
        is_waiting = o.is_waiting AND d.status IN {_IS_OPEN},
        visible_quantity = CASE WHEN d.status IN {_IS_OPEN} THEN o.visible_quantity - d.quantity END, updated_at = %s
    FROM {_changes(_FILLS)} WHERE o.id = d.id
"""  # noqa: S608  constants only
_UPDATE_TERMS = f"""
    UPDATE matching_order AS o
    SET filled_quantity = o.filled_quantity + d.quantity, filled_quote = o.filled_quote + d.quote,
        status = CASE WHEN d.status = {_OPEN} AND o.filled_quantity + d.quantity > 0 THEN {_PARTIAL}
                      WHEN d.status = 0 THEN o.status ELSE d.status END,
        reason = d.reason, locked = o.locked + d.locked,
        prevented_quantity = o.prevented_quantity + d.prevented,
        price = coalesce(d.price, o.price), quantity = coalesce(d.total, o.quantity),
        priority = coalesce(d.priority, o.priority),
        is_waiting = coalesce(d.is_waiting, o.is_waiting) AND d.status IN (0, {_OPEN}, {_PARTIAL}),
        triggered_at = coalesce(d.triggered_at, o.triggered_at),
        trigger_price = coalesce(d.trigger, o.trigger_price),
        trailing_extreme = coalesce(d.extreme, o.trailing_extreme),
        visible_quantity = CASE WHEN o.display_quantity IS NOT NULL AND d.status IN (0, {_OPEN}, {_PARTIAL})
                                THEN coalesce(d.visible, o.visible_quantity) - d.taken END,
        maker_ppm = coalesce(d.maker_ppm, o.maker_ppm), taker_ppm = coalesce(d.taker_ppm, o.taker_ppm),
        stp_group = CASE WHEN d.has_group THEN d.stp_group ELSE o.stp_group END, updated_at = %s
    FROM {_changes(_FILLS | _TERMS)} WHERE o.id = d.id
"""  # noqa: S608  constants only
_STORED = """
    SELECT o.id, o.side::int, o.order_type::int, o.time_in_force::int, o.post_only,
           coalesce(o.price / m.tick_size, 0)::bigint, coalesce(o.quantity / m.lot_size, 0)::bigint, o.quote_amount,
           o.client_order_id, o.stp_mode::int, coalesce(o.display_quantity / m.lot_size, 0)::bigint,
           coalesce(o.trigger_price / m.tick_size, 0)::bigint, o.trailing_ppm,
           coalesce((extract(epoch FROM o.good_till) * 1000000)::bigint, 0), coalesce(o.other_leg_id, 0), o.market_id,
           o.status::int, (o.filled_quantity / m.lot_size)::bigint, o.filled_quote,
           (o.prevented_quantity / m.lot_size)::bigint, o.is_waiting, (o.visible_quantity / m.lot_size)::bigint
    FROM matching_order o JOIN matching_market m ON m.id = o.market_id WHERE o.id = ANY(%s::bigint[])
"""


def write_orders(cursor: Cursor, collected: Collected, *, at_us: int) -> None:
    """Insert the orders this batch brought, in their state at its end, and update those that were there."""
    at = datetime_of(at_us)
    plain: list[tuple[Any, ...]] = []
    rare: list[tuple[Any, ...]] = []
    fills: list[tuple[Any, ...]] = []
    terms: list[tuple[Any, ...]] = []
    for order_id, order in collected.orders.items():
        if order.terms is None:
            if order.has_new_terms:
                terms.append(_fills(order_id, order) + _new_terms(order, at))
            else:
                fills.append(_fills(order_id, order))
        elif _is_plain(order, order.terms):
            plain.append(_plain(order_id, order, order.terms))
        else:
            rare.append(_plain(order_id, order, order.terms) + _rare(order, order.terms, at))
    if plain:
        cursor.execute(_INSERT_PLAIN, (at, *_arrays(_PLAIN, plain)))
    if rare:
        cursor.execute(_INSERT_ANY, (at, *_arrays(_PLAIN | _RARE, rare)))
    if fills:
        cursor.execute(_UPDATE_FILLS, (at, *_arrays(_FILLS, fills)))
    if terms:
        cursor.execute(_UPDATE_TERMS, (at, *_arrays(_FILLS | _TERMS, terms)))


def _arrays(columns: Columns, rows: list[tuple[Any, ...]]) -> list[str]:
    texts = ("text", "timestamptz")
    return [
        text_array(values) if kind in texts else nullable_array(values)
        for kind, values in zip(columns.values(), zip(*rows, strict=True), strict=True)
    ]


def _is_plain(order: OrderChange, terms: OrderTerms) -> bool:
    return (
        terms.order_type in _PLAIN_TYPES
        and terms.stp_mode == _USUAL_STP_MODE
        and order.stp_group is None
        and not (terms.good_till_us or terms.other_leg or order.prevented_lots)
    )


def _plain(order_id: int, order: OrderChange, terms: OrderTerms) -> tuple[Any, ...]:
    market = order.market
    ticks, lots = order.ticks or terms.ticks, order.lots or terms.lots
    return (
        order_id,
        order.account_id,
        market.market_id,
        terms.client_order_id,
        terms.side,
        terms.order_type,
        terms.time_in_force,
        terms.post_only,
        market.price_text(ticks) if ticks else None,
        market.quantity_text(lots) if lots else None,
        market.value_text(terms.value) if terms.value else None,
        market.quantity_text(order.filled_lots),
        market.value_text(order.filled_value),
        order.status,
        order.reason,
        order.priority,
        order.maker_ppm,
        order.taker_ppm,
        market.value_text(order.locked) if terms.side == 1 else market.quantity_text(order.locked),
    )


def _rare(order: OrderChange, terms: OrderTerms, at: datetime) -> tuple[Any, ...]:
    market = order.market
    is_open = order.status in (_OPEN, _PARTIAL)
    shows = terms.display_lots and is_open and order.visible_lots is not None
    trigger_ticks = order.trigger_ticks or terms.trigger_ticks
    return (
        terms.stp_mode,
        order.stp_group,
        _quantity(market, terms.display_lots),
        market.quantity_text((order.visible_lots or 0) - order.visible_taken) if shows else None,
        _price(market, trigger_ticks),
        terms.trailing_ppm,
        _price(market, order.extreme_ticks),
        _price(market, order.protection_ticks),
        bool(order.is_waiting) and is_open,
        at.isoformat() if order.is_triggered else None,
        datetime_of(terms.good_till_us).isoformat() if terms.good_till_us else None,
        terms.other_leg or None,
        market.quantity_text(order.prevented_lots),
    )


def _fills(order_id: int, order: OrderChange) -> tuple[Any, ...]:
    market = order.market
    locked = market.value_text(order.locked) if order.side == 1 else market.quantity_text(order.locked)
    return (
        order_id,
        market.quantity_text(order.filled_lots),
        market.value_text(order.filled_value),
        order.status,
        order.reason,
        locked,
    )


def _new_terms(order: OrderChange, at: datetime) -> tuple[Any, ...]:
    market = order.market
    visible_lots = order.visible_lots
    return (
        market.quantity_text(order.prevented_lots),
        _price(market, order.ticks),
        _quantity(market, order.lots),
        order.priority,
        order.is_waiting,
        at.isoformat() if order.is_triggered else None,
        _price(market, order.trigger_ticks),
        _price(market, order.extreme_ticks),
        None if visible_lots is None else market.quantity_text(visible_lots),
        market.quantity_text(order.visible_taken),
        order.maker_ppm,
        order.taker_ppm,
        order.stp_group,
        order.maker_ppm is not None,
    )


def _price(market: LiveMarket, ticks: int | None) -> str | None:
    return market.price_text(ticks) if ticks else None


def _quantity(market: LiveMarket, lots: int | None) -> str | None:
    return market.quantity_text(lots) if lots else None


def finish_messages(cursor: Cursor, collected: Collected) -> None:
    """Complete the messages about orders of earlier batches; asks nothing where there are none."""
    if not collected.unfinished:
        return
    wanted = sorted({order_id for order_id, _ in collected.unfinished})
    stored = {row[0]: _stored(row, collected) for row in cursor.execute(_STORED, (number_array(wanted),)).fetchall()}
    for order_id, message in collected.unfinished:
        finish(message, stored[order_id])


def _stored(row: tuple[Any, ...], collected: Collected) -> StoredOrder:
    _, side, order_type, time_in_force, post_only, ticks, lots, quote_amount, *more, market_id = row[:16]
    status, filled_lots, filled_quote, prevented_lots, is_waiting, visible_lots = row[16:]
    units = collected.markets[market_id].units
    value = units.tick_lots(quote_amount) if quote_amount else 0
    terms = OrderTerms(side, order_type, time_in_force, post_only, ticks, lots, value, *more)
    filled_value = units.tick_lots(filled_quote)
    return StoredOrder(terms, status, filled_lots, filled_value, prevented_lots, is_waiting, visible_lots)
