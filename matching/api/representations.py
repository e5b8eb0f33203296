"""Markets, orders and trades as JSON objects. Decimals are written by the renderer, in plain notation."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from kernel.units import from_atoms
from ledger.api.parameters import rfc3339
from matching.engine.types import Side
from matching.errors import error_of
from matching.models import OrderStatus
from matching.selectors.markets import MarketView
from matching.selectors.orders import OrderView
from matching.selectors.trades import FillView, average_price
from matching.services.place import Acceptance
from matching.services.requests import OrderRequest

_PPM_DECIMALS = 6
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def market_json(market: MarketView) -> dict[str, Any]:
    row = market.row
    return {
        "symbol": market.symbol,
        "base": market.base.symbol,
        "quote": market.quote.symbol,
        "state": market.state.name,
        "state_reason": market.state_reason,
        "tick_size": row.tick_size,
        "lot_size": row.lot_size,
        "min_quantity": row.min_quantity or None,
        "max_quantity": row.max_quantity or None,
        "min_notional": row.min_notional or None,
        "max_order_value": row.max_order_value or None,
        "max_open_orders": row.max_open_orders or None,
        "price_band": rate(row.price_band_ppm) if row.price_band_ppm else None,
        "last_price": market.units.price(market.last_ticks) if market.last_ticks else None,
    }


def order_json(order: OrderView) -> dict[str, Any]:
    return {
        "id": str(order.id),
        "client_order_id": order.client_order_id,
        "symbol": order.market.symbol,
        "side": order.side.name,
        "type": order.order_type.name,
        "time_in_force": order.time_in_force.name,
        "post_only": order.post_only,
        "price": order.price,
        "quantity": order.quantity,
        "quote_amount": order.quote_amount,
        "filled_quantity": order.filled_quantity,
        "filled_quote": order.filled_quote,
        "average_price": average_price(order.filled_quote, order.filled_quantity),
        "status": order.status.name,
        "reason": order.reason,
        "created_at": rfc3339(order.created_at),
        "updated_at": rfc3339(order.updated_at),
    }


def placed_order_json(order_id: int, request: OrderRequest, acceptance: Acceptance) -> dict[str, Any]:
    """An order that was placed a moment ago, from what the request and the worker's answer say: no query."""
    market, counted, answer = acceptance.market, acceptance.counted, acceptance.answer
    units = market.units
    updated_at = acceptance.accepted_at
    filled_lots = filled_value = 0
    if answer is not None:
        filled_lots, filled_value = answer.filled_lots, answer.filled_value
        updated_at = _EPOCH + timedelta(microseconds=answer.applied_at_us)
    placed = order_json(
        OrderView(
            id=order_id,
            market=market,
            client_order_id=request.client_order_id,
            side=request.side,
            order_type=request.order_type,
            time_in_force=request.time_in_force,
            post_only=request.post_only,
            price=request.price,
            quantity=request.quantity,
            quote_amount=units.quote_amount(counted.value) if counted.value else None,
            filled_quantity=units.quantity(filled_lots),
            filled_quote=units.quote_amount(filled_value),
            status=OrderStatus(answer.status) if answer is not None else OrderStatus.PENDING,
            reason=answer.reason if answer is not None else "",
            created_at=acceptance.accepted_at,
            updated_at=updated_at,
        )
    )
    received = market.base if request.side is Side.BUY else market.quote
    placed["fills"] = [
        {
            "trade_id": str(trade_id),
            "price": units.price(ticks),
            "quantity": units.quantity(lots),
            "fee": from_atoms(fee, received.scale),
            "fee_asset": received.symbol,
        }
        for trade_id, ticks, lots, fee in (answer.fills if answer is not None else ())
    ]
    return placed


def placed_status(order: Mapping[str, Any], *, is_awaited: bool) -> int:
    """How the placing of an order is answered, the first time and every time: 202 until it is matched, else 201.

    Raises the refusal of a rejected order.
    """
    if not is_awaited or order["status"] == OrderStatus.PENDING.name:
        return 202
    if order["status"] == OrderStatus.REJECTED.name:
        raise error_of(order["reason"], {"order_id": order["id"]})
    return 201


def fill_json(fill: FillView) -> dict[str, Any]:
    return {
        "id": str(fill.trade_id),
        "order_id": str(fill.order_id),
        "client_order_id": fill.client_order_id,
        "symbol": fill.market.symbol,
        "side": fill.side.name,
        "role": "MAKER" if fill.is_maker else "TAKER",
        "price": fill.price,
        "quantity": fill.quantity,
        "quote_amount": fill.quote_amount,
        "fee": fill.fee,
        "fee_asset": fill.fee_asset,
        "order_average_price": fill.order_average_price,
        "executed_at": rfc3339(fill.executed_at),
    }


def rate(ppm: int) -> Decimal:
    """Parts per million as a part of one: 1500 is 0.0015."""
    return from_atoms(ppm, _PPM_DECIMALS)
