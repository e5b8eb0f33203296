"""Markets, orders and trades as JSON objects. Decimals are written by the renderer, in plain notation."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from kernel.errors import BourseError
from kernel.units import from_atoms
from ledger.api.parameters import rfc3339
from matching.answers import Answer
from matching.engine.types import OrderType, SelfTradePrevention, Side
from matching.errors import error_of
from matching.models import Market, OrderStatus
from matching.selectors.markets import MarketView
from matching.selectors.orders import OrderView
from matching.selectors.trades import FillView, average_price
from matching.services import Accepted, OrderRequest
from matching.services.place import Acceptance

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
        "state_until": rfc3339(_moment(market.state_until_us)) if market.state_until_us else None,
        "tick_size": market.tick_size,
        "lot_size": market.lot_size,
        "min_quantity": row.min_quantity or None,
        "max_quantity": row.max_quantity or None,
        "min_notional": row.min_notional or None,
        "max_order_value": row.max_order_value or None,
        "max_open_orders": row.max_open_orders or None,
        "max_stop_orders": row.max_stop_orders or None,
        "max_order_rate": row.max_order_rate or None,
        "min_kyc_level": row.min_kyc_level,
        "price_band": _part(row.price_band_ppm),
        "static_band": _part(row.static_band_ppm),
        "static_reference": market.units.price(market.static_ticks) if market.static_ticks else None,
        "initial_price": row.initial_price or None,
        "protection": _part(row.protection_ppm),
        "circuit_breaker": _breaker_json(row) if row.breaker_ppm else None,
        "last_price": market.units.price(market.last_ticks) if market.last_ticks else None,
    }


def _breaker_json(row: Market) -> dict[str, Any]:
    return {
        "move": rate(row.breaker_ppm),
        "window_seconds": row.breaker_window_seconds,
        "halt_seconds": row.halt_seconds,
        "auction_seconds": row.auction_seconds,
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
        "trigger_price": order.trigger_price,
        "trailing_delta": _part(order.trailing_ppm),
        "display_quantity": order.display_quantity,
        "visible_quantity": order.visible_quantity,
        "protection_price": order.protection_price,
        "good_till": None if order.good_till is None else rfc3339(order.good_till),
        "self_trade_prevention": order.self_trade_prevention.name,
        "other_leg_id": None if order.other_leg_id is None else str(order.other_leg_id),
        "filled_quantity": order.filled_quantity,
        "filled_quote": order.filled_quote,
        "average_price": average_price(order.filled_quote, order.filled_quantity),
        "prevented_quantity": order.prevented_quantity,
        "remaining_quantity": order.remaining_quantity,
        "is_waiting": order.is_waiting,
        "triggered_at": None if order.triggered_at is None else rfc3339(order.triggered_at),
        "status": order.status.name,
        "reason": order.reason,
        "created_at": rfc3339(order.created_at),
        "updated_at": rfc3339(order.updated_at),
    }


def is_told_by_its_answer(request: OrderRequest, acceptance: Acceptance) -> bool:
    """Whether request and answer together say all there is to say of a new order, so that nothing need be read."""
    if acceptance.answer is None:
        return True
    is_plain = request.order_type in (OrderType.LIMIT, OrderType.MARKET)
    return is_plain and acceptance.self_trade_prevention is not SelfTradePrevention.DECREMENT


def placed_order_json(order_id: int, request: OrderRequest, acceptance: Acceptance) -> dict[str, Any]:
    """An order that was placed a moment ago, from what the request and the worker's answer say: no query."""
    market, counted, answer = acceptance.market, acceptance.counted, acceptance.answer
    units = market.units
    updated_at = acceptance.accepted_at
    filled_lots = filled_value = 0
    if answer is not None:
        filled_lots, filled_value = answer.filled_lots, answer.filled_value
        updated_at = _moment(answer.applied_at_us)
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
            self_trade_prevention=acceptance.self_trade_prevention,
            display_quantity=request.display_quantity,
            trigger_price=request.trigger_price,
            trailing_ppm=request.trailing_ppm or 0,
            good_till=request.good_till,
        )
    )
    return placed | {"fills": fills_json(answer, request.side, market)}


def fills_json(answer: Answer | None, side: Side, market: MarketView) -> list[dict[str, Any]]:
    """What an order has just traded as a taker."""
    received = market.base if side is Side.BUY else market.quote
    return [
        {
            "trade_id": str(trade_id),
            "price": market.units.price(ticks),
            "quantity": market.units.quantity(lots),
            "fee": from_atoms(int(fee), received.scale),
            "fee_asset": received.symbol,
        }
        for trade_id, ticks, lots, fee in (answer.fills if answer is not None else ())
    ]


def cancelled_json(accepted: Accepted, answer: Answer | None) -> dict[str, Any]:
    """What became of the cancelling of all orders of a market."""
    return {
        "symbol": accepted.market.symbol,
        "command_id": str(accepted.command_id),
        "cancelled": None if answer is None else [str(order_id) for order_id in answer.cancelled],
    }


def countdown_json(accepted: Accepted, answer: Answer | None) -> dict[str, Any]:
    """What became of a countdown in a market."""
    ends_at = None if answer is None or not answer.deadline_us else _moment(answer.deadline_us)
    return {
        "symbol": accepted.market.symbol,
        "command_id": str(accepted.command_id),
        "deadline": None if ends_at is None else rfc3339(ends_at),
    }


def refusal_json(refusal: BourseError) -> dict[str, Any]:
    """The refusal of one of many: status and error as if it had been asked for alone."""
    error: dict[str, Any] = {"code": refusal.code, "message": refusal.text, "details": refusal.details}
    if refusal.retry_after is not None:
        error["retry_after"] = refusal.retry_after
    return {"status": refusal.status, "error": error}


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
        "is_busted": fill.is_busted,
    }


def _part(ppm: int) -> Decimal | None:
    return rate(ppm) if ppm else None


def _moment(at_us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at_us)


def rate(ppm: int) -> Decimal:
    """Parts per million as a part of one: 1500 is 0.0015."""
    return from_atoms(ppm, _PPM_DECIMALS)
