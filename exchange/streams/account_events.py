"""What an account is told, as JSON: rows of `UserEvent`, whether they come announced or out of the database.

Payloads are in the engine's units (`matching.worker.settlement.UserEventRow` describes them); what clients read is in
units of the assets, an order in the shape that REST gives it.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from django.db import connection, transaction

from exchange.streams.messages import Message, datetime_at, time_text
from kernel.ids import unix_ms_of
from kernel.units import from_atoms
from ledger.api.representations import balance_json
from ledger.models import Asset
from ledger.selectors import list_balances
from matching.api.representations import order_json
from matching.engine.types import OrderType, SelfTradePrevention, Side, TimeInForce
from matching.models import OrderStatus
from matching.selectors.markets import AssetInfo, MarketView, list_markets
from matching.selectors.orders import OrderFilter, OrderView, list_orders

MOST_OPEN_ORDERS = 2_000
"""In a snapshot, newest first."""

_LIVE = ((OrderStatus.PENDING,), (OrderStatus.OPEN, OrderStatus.PARTIAL))
"""Asked for apart: each has an index of its own, and together they would be looked for in the whole history."""

_LAST_SEQUENCES = """
    SELECT a.id, w.name, coalesce((
        SELECT e.sequence FROM matching_userevent e WHERE e.account_id = a.id AND e.writer_id = w.id
        ORDER BY e.sequence DESC LIMIT 1), 0)
    FROM unnest(%s::bigint[]) AS a(id) CROSS JOIN ledger_writer w
"""
_EVENTS_AFTER = """
    SELECT e.sequence, e.command_id, e.payload, (extract(epoch FROM o.applied_at) * 1000000)::bigint
    FROM matching_userevent e LEFT JOIN matching_outcome o ON o.command_id = e.command_id
    WHERE e.account_id = %s AND e.writer_id = (SELECT id FROM ledger_writer WHERE name = %s) AND e.sequence > %s
    ORDER BY e.sequence LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of one account, ready to be sent."""

    writer: str
    sequence: int
    message: Message


@dataclass(frozen=True, slots=True)
class Directory:
    """The markets and assets that events are about, as they were when it was read."""

    markets: dict[int, MarketView]
    assets: dict[int, tuple[str, int]]
    """Symbol and scale."""

    def knows(self, payload: dict[str, Any]) -> bool:
        """Whether the market and the assets of an event are in it; they may be younger than it is."""
        is_market_known = "market" not in payload or payload["market"] in self.markets
        return is_market_known and all(row[0] in self.assets for row in payload.get("balances", ()))


@dataclass(frozen=True, slots=True)
class AccountState:
    """All of an account at one moment: every event up to `sequences` is in it, and none after."""

    sequences: dict[str, int]
    orders: list[dict[str, Any]]
    balances: list[dict[str, Any]]


def read_directory() -> Directory:
    assets = {pk: (symbol, scale) for pk, symbol, scale in Asset.objects.values_list("pk", "symbol", "scale")}
    return Directory({market.id: market for market in list_markets()}, assets)


def read_state(account_id: int) -> AccountState:
    """Sequences, open orders and balances out of one snapshot of the database."""
    list_markets()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        sequences = last_sequences([account_id])[account_id]
        orders = [
            order
            for statuses in _LIVE
            for order in list_orders(
                account_id=account_id, wanted=OrderFilter(statuses=statuses), limit=MOST_OPEN_ORDERS
            )
        ]
        balances = list_balances(account_id=account_id)
    return AccountState(sequences, [order_json(order) for order in orders], [balance_json(row) for row in balances])


def last_sequences(account_ids: list[int]) -> dict[int, dict[str, int]]:
    """The number of the last event of each account, by writer; 0 where there is none."""
    found: dict[int, dict[str, int]] = {account_id: {} for account_id in account_ids}
    with connection.cursor() as cursor:
        cursor.execute(_LAST_SEQUENCES, [account_ids])
        for account_id, writer, sequence in cursor.fetchall():
            found[account_id][writer] = sequence
    return found


def read_events(account_id: int, writer: str, *, after: int, limit: int, directory: Directory) -> list[Event]:
    """The account's events of one writer, in order, from the number `after` on, that one excluded."""
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS_AFTER, [account_id, writer, after, limit])
        rows = cursor.fetchall()
    return [
        # Django leaves JSON of its own connections as text.
        event_of(writer, sequence, command_id, orjson.loads(payload), applied_at_us, directory)
        for sequence, command_id, payload, applied_at_us in rows
    ]


def event_of(
    writer: str, sequence: int, command_id: int, payload: dict[str, Any], at_us: int | None, directory: Directory
) -> Event:
    """`at_us`: the engine's time of it, microseconds since the Unix epoch; None: the command's own is close enough."""
    at_us = at_us if at_us is not None else unix_ms_of(command_id) * 1000
    if "market" in payload:
        content = _CONTENT[payload["type"]](payload, directory.markets[payload["market"]], datetime_at(at_us))
    else:
        # An event of the funds, written as clients read it.
        content = {name: value for name, value in payload.items() if name not in ("type", "balances")}
    frame = {
        "type": "event",
        "writer": writer,
        "sequence": sequence,
        "event": payload["type"],
        "at": time_text(at_us),
        **content,
    }
    if payload.get("request_id"):
        frame["request_id"] = payload["request_id"]
    if "balances" in payload:
        frame["balances"] = [_balance(row, directory) for row in payload["balances"]]
    return Event(writer, sequence, Message(frame))


def _order(payload: dict[str, Any], market: MarketView, at: datetime) -> dict[str, Any]:
    """Events of older orders lack the fields that only other kinds of orders have."""
    units = market.units
    side = Side(payload["side"])
    order_type = OrderType(payload["order_type"])
    received = _received(payload, market)
    visible_lots, good_till_us = payload.get("visible_lots"), payload.get("good_till_us")
    order = OrderView(
        id=payload["id"],
        market=market,
        client_order_id=payload["client_order_id"],
        side=side,
        order_type=order_type,
        time_in_force=TimeInForce(payload["time_in_force"]),
        post_only=payload["post_only"],
        price=_price(payload["ticks"], market),
        quantity=_quantity(payload["lots"], market),
        quote_amount=units.quote_amount(payload["value"]) if payload["value"] else None,
        filled_quantity=units.quantity(payload["filled_lots"]),
        filled_quote=units.quote_amount(payload["filled_value"]),
        status=OrderStatus(payload["status"]),
        reason=payload["reason"],
        created_at=datetime_at(unix_ms_of(payload["id"]) * 1000),
        updated_at=at,
        self_trade_prevention=SelfTradePrevention(payload.get("stp_mode", SelfTradePrevention.EXPIRE_TAKER)),
        display_quantity=_quantity(payload.get("display_lots"), market),
        visible_quantity=units.quantity(visible_lots) if visible_lots and payload.get("display_lots") else None,
        trigger_price=_price(payload.get("trigger_ticks"), market),
        trailing_ppm=payload.get("trailing_ppm", 0),
        protection_price=_price(payload.get("protection_ticks"), market),
        is_waiting=payload.get("waiting", False),
        triggered_at=at if payload.get("triggered") else None,
        good_till=datetime_at(good_till_us) if good_till_us else None,
        other_leg_id=payload.get("other_leg") or None,
        prevented_quantity=units.quantity(payload.get("prevented_lots", 0)),
    )
    fills = [
        {
            "trade_id": str(trade_id),
            "price": units.price(ticks),
            "quantity": units.quantity(lots),
            "fee": from_atoms(int(fee), received.scale),
            "fee_asset": received.symbol,
            "role": "TAKER",
        }
        for trade_id, ticks, lots, fee in payload["fills"]
    ]
    return {"order": order_json(order), "fills": fills, "amended": payload.get("amended", False)}


def _about(payload: dict[str, Any], market: MarketView) -> dict[str, Any]:
    """Which order, where, and on which side."""
    return {"order_id": str(payload["id"]), "symbol": market.symbol, "side": Side(payload["side"]).name}


def _received(payload: dict[str, Any], market: MarketView) -> AssetInfo:
    """What a trade brings to the order's side; its fee is taken of that."""
    return market.base if Side(payload["side"]) is Side.BUY else market.quote


def _price(ticks: int | None, market: MarketView) -> Decimal | None:
    return market.units.price(ticks) if ticks else None


def _quantity(lots: int | None, market: MarketView) -> Decimal | None:
    return market.units.quantity(lots) if lots else None


def _fill(payload: dict[str, Any], market: MarketView, _at: datetime) -> dict[str, Any]:
    received = _received(payload, market)
    return _about(payload, market) | {
        "trade_id": str(payload["trade_id"]),
        "price": market.units.price(payload["ticks"]),
        "quantity": market.units.quantity(payload["lots"]),
        "remaining_quantity": market.units.quantity(payload["remaining_lots"]),
        "fee": from_atoms(int(payload["fee"]), received.scale),
        "fee_asset": received.symbol,
        "role": "MAKER",
        "status": (OrderStatus.PARTIAL if payload["remaining_lots"] else OrderStatus.FILLED).name,
    }


def _bust(payload: dict[str, Any], market: MarketView, _at: datetime) -> dict[str, Any]:
    received = _received(payload, market)
    return _about(payload, market) | {
        "trade_id": str(payload["trade_id"]),
        "price": market.units.price(payload["ticks"]),
        "quantity": market.units.quantity(payload["lots"]),
        "fee": from_atoms(int(payload["fee"]), received.scale),
        "fee_asset": received.symbol,
    }


def _closed(payload: dict[str, Any], market: MarketView, _at: datetime) -> dict[str, Any]:
    return _about(payload, market) | {
        "status": OrderStatus(payload["status"]).name,
        "reason": payload["reason"],
        "unfilled_quantity": market.units.quantity(payload["unfilled_lots"]),
    }


def _triggered(payload: dict[str, Any], market: MarketView, _at: datetime) -> dict[str, Any]:
    return _about(payload, market) | {
        "trigger_price": market.units.price(payload["trigger_ticks"]),
    }


def _trailing(payload: dict[str, Any], market: MarketView, _at: datetime) -> dict[str, Any]:
    return {
        "order_id": str(payload["id"]),
        "symbol": market.symbol,
        "trigger_price": market.units.price(payload["trigger_ticks"]),
    }


def _amended(payload: dict[str, Any], market: MarketView, _at: datetime) -> dict[str, Any]:
    return _about(payload, market) | {
        "price": market.units.price(payload["ticks"]),
        "quantity": market.units.quantity(payload["lots"]),
        "remaining_quantity": market.units.quantity(payload["remaining_lots"]),
    }


def _reduced(payload: dict[str, Any], market: MarketView, _at: datetime) -> dict[str, Any]:
    return _about(payload, market) | {
        "quantity": market.units.quantity(payload["lots"]),
        "remaining_quantity": market.units.quantity(payload["remaining_lots"]),
    }


def _countdown(payload: dict[str, Any], market: MarketView, _at: datetime) -> dict[str, Any]:
    deadline_us = payload["deadline_us"]
    return {"symbol": market.symbol, "deadline": time_text(deadline_us) if deadline_us else None}


_CONTENT = {
    "order": _order,
    "fill": _fill,
    "bust": _bust,
    "closed": _closed,
    "triggered": _triggered,
    "trailing": _trailing,
    "amended": _amended,
    "reduced": _reduced,
    "countdown": _countdown,
}


def _balance(row: list[Any], directory: Directory) -> dict[str, Any]:
    asset_id, available_atoms, locked_atoms, version = row
    symbol, scale = directory.assets[asset_id]
    available, locked = from_atoms(int(available_atoms), scale), from_atoms(int(locked_atoms), scale)
    return {"asset": symbol, "available": available, "locked": locked, "total": available + locked, "version": version}
