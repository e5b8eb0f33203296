"""The trail of every order event, for those who may ask for all of it: a regulator, an auditor.

One record a command, in the order in which the engine applied them; with it what it asked for, when it was accepted and
applied, to the microsecond, and every event it caused, whoever's. All of it stands in tables that no process can
change, and is read on one snapshot, row by row, so a year of it needs no more memory than a day.

Amounts are plain decimals: prices in quote units per base unit, quantities in base units, amounts of a market order in
quote units, fees in units of what the side received.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import IntEnum
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson
from django.db import connection, transaction

from kernel.ids import first_id_at
from kernel.units import from_atoms, plain
from matching.engine.types import MarketState, OrderType, SelfTradePrevention, Side, TimeInForce
from matching.models import CommandKind, Market, OrderStatus, Shard
from matching.rules import units_of

_ROWS_A_FETCH = 2_000
_COMMIT_MS = 60_000
"""The events of a batch have ids of its beginning, and clocks of two machines may differ."""

_COMMANDS = """
    SELECT o.applied_sequence, c.id, c.kind, c.market_id, c.account_id, c.accepted_at, o.applied_at, o.code, c.side,
           c.order_type, c.time_in_force, c.post_only, c.ticks, c.lots, c.value, c.display_lots, c.trigger_ticks,
           c.trailing_ppm, c.stop_ticks, c.good_till, c.stp_mode, c.client_order_id, c.target_order_id, c.replaces,
           c.state, c.reason, c.request_id, c.rules::text
    FROM matching_outcome o JOIN matching_command c ON c.id = o.command_id
    WHERE o.shard_id = %s AND o.applied_at >= %s AND o.applied_at < %s ORDER BY o.applied_sequence
"""
# A batch has rising applied sequences and rising ids of events, so both queries give the same order.
_EVENTS = """
    SELECT o.applied_sequence, e.account_id, e.sequence, e.payload::text
    FROM matching_userevent e JOIN matching_outcome o ON o.command_id = e.command_id
    WHERE e.writer_id = %s AND e.id >= %s AND e.id < %s AND o.applied_at >= %s AND o.applied_at < %s ORDER BY e.id
"""

_PRICES = {"ticks": "price", "trigger_ticks": "trigger_price", "stop_ticks": "stop_price"}
_QUANTITIES = {
    "lots": "quantity",
    "filled_lots": "filled_quantity",
    "prevented_lots": "prevented_quantity",
    "remaining_lots": "remaining_quantity",
    "unfilled_lots": "unfilled_quantity",
    "visible_lots": "visible_quantity",
    "display_lots": "display_quantity",
}
_VALUES = {"value": "quote_amount", "filled_value": "filled_quote"}
_NAMES: dict[str, type[IntEnum] | type[OrderStatus]] = {
    "side": Side,
    "order_type": OrderType,
    "time_in_force": TimeInForce,
    "stp_mode": SelfTradePrevention,
    "status": OrderStatus,
}
_ZERO_IS_A_NAME = frozenset({"stp_mode", "status"})
_NOTHING = (None, "", 0, "0")
_ASKED = (
    "side", "order_type", "time_in_force", "post_only", "ticks", "lots", "value", "display_lots", "trigger_ticks",
    "trailing_ppm", "stop_ticks", "good_till", "stp_mode", "client_order_id", "target_order_id", "replaces", "state",
    "reason", "request_id", "rules",
)  # fmt: skip
"""Columns of `_COMMANDS` from `side` on."""


def order_trail(*, shard: Shard, since: datetime, until: datetime) -> Iterator[dict[str, Any]]:
    """Every command applied from `since` to before `until`, with all it caused; values for JSON."""
    markets = {row.id: _Units(row) for row in Market.objects.select_related("base", "quote").filter(shard=shard)}
    bounds = [first_id_at(int(since.timestamp() * 1000) - _COMMIT_MS)]
    bounds.append(first_id_at(int(until.timestamp() * 1000) + _COMMIT_MS))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        events = _rows("trail_events", _EVENTS, [shard.writer_id, *bounds, since, until])
        by_command = groupby(events, key=itemgetter(0))
        sequence, caused = next(by_command, (0, iter(())))
        for row in _rows("trail_commands", _COMMANDS, [shard.id, since, until]):
            units = markets[row[3]]
            told: list[dict[str, Any]] = []
            if sequence == row[0]:
                told = [_event(event, markets) for event in caused]
                sequence, caused = next(by_command, (0, iter(())))
            yield _command(row, units) | {"events": told}


class _Units:
    """A market's symbol and units."""

    def __init__(self, market: Market) -> None:
        self.symbol = market.symbol
        self._units = units_of(market)
        self._fee_scales = {Side.BUY: market.base.scale, Side.SELL: market.quote.scale}

    def read(self, written: Mapping[str, Any]) -> dict[str, Any]:
        """The core's numbers as amounts, its codes as words; what stands for nothing is left out."""
        read: dict[str, Any] = {}
        for name, value in written.items():
            if name in _PRICES:
                read[_PRICES[name]] = plain(self._units.price(value)) if value else None
            elif name in _QUANTITIES:
                read[_QUANTITIES[name]] = plain(self._units.quantity(value))
            elif name in _VALUES:
                read[_VALUES[name]] = plain(self._units.quote_amount(value))
            elif name in _NAMES:
                read[name] = _NAMES[name](value).name if value or name in _ZERO_IS_A_NAME else None
            else:
                read[name] = value
        return {name: value for name, value in read.items() if value not in _NOTHING}

    def fee(self, side: int, atoms: str) -> str:
        """A fee in units of what that side receives."""
        return plain(from_atoms(int(atoms), self._fee_scales[Side(side)]))


def _command(row: tuple[Any, ...], units: _Units) -> dict[str, Any]:
    sequence, command_id, kind, _, account_id, accepted_at, applied_at, code, *asked = row
    request = dict(zip(_ASKED, asked, strict=True))
    if request["good_till"]:
        request["good_till"] = request["good_till"].isoformat()
    request["rules"] = orjson.loads(request["rules"]) if request["rules"] else None
    state = request.pop("state")
    return {
        "applied_sequence": sequence,
        "command_id": str(command_id),
        "kind": CommandKind(kind).name,
        "market": units.symbol,
        "account_id": account_id,
        "accepted_at": accepted_at.isoformat(timespec="microseconds"),
        "applied_at": applied_at.isoformat(timespec="microseconds"),
        "refused": code,
        "asked": units.read(request) | ({"state": MarketState(state).name} if state else {}),
    }


def _event(row: tuple[Any, ...], markets: Mapping[int, _Units]) -> dict[str, Any]:
    _, account_id, number, payload = row
    payload = orjson.loads(payload)
    units = markets[payload.pop("market")]
    payload.pop("balances", None)
    fills = payload.pop("fills", [])
    if "fee" in payload:
        payload["fee"] = units.fee(payload["side"], payload["fee"])
    told = {"account_id": account_id, "number": number, **units.read(payload)}
    if fills:
        told["fills"] = [
            {
                "trade_id": str(trade_id),
                **units.read({"ticks": ticks, "lots": lots}),
                "fee": units.fee(payload["side"], fee),
            }
            for trade_id, ticks, lots, fee in fills
        ]
    return told


def _rows(name: str, statement: str, parameters: list[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of a query through a cursor of the server's."""
    connection.ensure_connection()
    raw = connection.connection
    with raw.cursor(name=name) as cursor:
        cursor.itersize = _ROWS_A_FETCH
        cursor.execute(statement, parameters)
        yield from cursor
