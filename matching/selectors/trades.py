"""Trades as one of their two sides sees them.

A trade with oneself is two fills with one id, the taker's before the maker's; so the place of a fill in the list is its
id and its role.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Any

from django.db import connection

from kernel.ids import first_id_at, unix_ms_of
from kernel.units import STORED_DECIMALS
from matching.engine.types import Side
from matching.selectors.busts import is_busted
from matching.selectors.markets import MarketView, market_by_id

_DIVISION = Context(prec=60, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation])
"""An average price is the one number that need not come out even; it is told, never computed with."""

_CLOCK_MARGIN_MS = 60_000
"""Ids of orders come from the database's clock, those of trades from the worker's."""

EXPORT_PIECE = 1_000
"""Fills that an export reads at once."""


@dataclass(frozen=True, slots=True)
class FillView:
    """My side of a trade. Amounts in units; the fee is in the asset I received."""

    trade_id: int
    order_id: int
    client_order_id: str | None
    market: MarketView
    side: Side
    is_maker: bool
    price: Decimal
    quantity: Decimal
    quote_amount: Decimal
    fee: Decimal
    order_average_price: Decimal | None
    """Of all fills of the order so far."""
    executed_at: datetime
    is_busted: bool
    """What it did to money has been undone."""

    @property
    def fee_asset(self) -> str:
        return self.market.base.symbol if self.side is Side.BUY else self.market.quote.symbol


@dataclass(frozen=True, slots=True)
class FillFilter:
    """Which of an account's fills: trade ids from `first_id` on and below `before_id`; None leaves a side open."""

    market_id: int | None = None
    order_id: int | None = None
    order_ended_at: datetime | None = None
    """When the order named by `order_id` took its last change; None while it may still trade."""
    side: Side | None = None
    is_maker: bool | None = None
    first_id: int | None = None
    before_id: int | None = None
    maker_of: int | None = None
    """Beside those below `before_id`: the maker's half of this trade, whose other half came before."""

    def behind(self, trade_id: int, *, maker_is_next: bool) -> "FillFilter":
        """The same, going on behind a fill of that trade."""
        return replace(self, before_id=trade_id, maker_of=trade_id if maker_is_next else None)


def average_price(filled_quote: Decimal, filled_quantity: Decimal) -> Decimal | None:
    """Quote units per base unit, to 18 decimals; None before the first fill."""
    if not filled_quantity:
        return None
    quotient = _DIVISION.divide(filled_quote, filled_quantity)
    return quotient.quantize(Decimal(1).scaleb(-STORED_DECIMALS), context=_DIVISION)


def list_fills(*, account_id: int, wanted: FillFilter, limit: int) -> list[FillView]:
    """The account's fills, newest first. Each role has its own index, so both are walked and merged."""
    halves, parameters = [], []
    for role, side, is_maker in (("taker", "t.taker_side", False), ("maker", "3 - t.taker_side", True)):
        if wanted.is_maker in (None, is_maker):
            where, values = _conditions(wanted, role, side, is_maker=is_maker)
            columns = f"t.{role}_order_id AS order_id, {side} AS side, {is_maker} AS is_maker, t.{role}_fee AS fee"
            halves.append(
                f"""
                SELECT * FROM (
                    SELECT t.id, t.market_id, {columns}, t.price, t.quantity, t.quote_amount, t.executed_at
                    FROM matching_trade t WHERE t.{role}_account_id = %s {where} ORDER BY t.id DESC LIMIT %s
                ) AS {role}
                """  # noqa: S608  constants only
            )
            parameters += [account_id, *values, limit]
    statement = f"""
        SELECT f.*, o.client_order_id, o.filled_quote, o.filled_quantity, {is_busted("f.id")}
        FROM ({" UNION ALL ".join(halves)} ORDER BY id DESC, is_maker LIMIT %s) AS f
        JOIN matching_order o ON o.id = f.order_id ORDER BY f.id DESC, f.is_maker
    """  # noqa: S608  constants only
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, limit])
        rows = cursor.fetchall()
    return [
        FillView(
            trade_id=trade_id,
            order_id=order_id,
            client_order_id=client_order_id,
            market=market_by_id(market_id),
            side=Side(side),
            is_maker=is_maker,
            price=price,
            quantity=quantity,
            quote_amount=quote_amount,
            fee=fee,
            order_average_price=average_price(filled_quote, filled_quantity),
            executed_at=executed_at,
            is_busted=busted,
        )
        for (
            trade_id,
            market_id,
            order_id,
            side,
            is_maker,
            fee,
            price,
            quantity,
            quote_amount,
            executed_at,
            client_order_id,
            filled_quote,
            filled_quantity,
            busted,
        ) in rows
    ]


def walk_fills(*, account_id: int, wanted: FillFilter) -> Iterator[FillView]:
    """All of the account's fills, newest first, read piece by piece."""
    while True:
        fills = list_fills(account_id=account_id, wanted=wanted, limit=EXPORT_PIECE)
        yield from fills
        if len(fills) < EXPORT_PIECE:
            return
        wanted = wanted.behind(fills[-1].trade_id, maker_is_next=not fills[-1].is_maker)


def _conditions(wanted: FillFilter, role: str, side: str, *, is_maker: bool) -> tuple[str, list[Any]]:
    """What narrows one of the two halves."""
    before_id = wanted.maker_of + 1 if is_maker and wanted.maker_of is not None else wanted.before_id
    # No trade is older than its order, or younger than its end. There is no index of trades by order, because it would
    # be written with every trade and hardly ever read: the account's trades of that time are looked through.
    earliest = None if wanted.order_id is None else first_id_at(unix_ms_of(wanted.order_id) - _CLOCK_MARGIN_MS)
    ended_at = wanted.order_ended_at
    latest = None if ended_at is None else first_id_at(int(ended_at.timestamp()) * 1000 + _CLOCK_MARGIN_MS)
    conditions, parameters = [], []
    for condition, value in (
        ("AND t.market_id = %s", wanted.market_id),
        (f"AND {side} = %s", None if wanted.side is None else int(wanted.side)),
        ("AND t.id >= %s", earliest),
        ("AND t.id < %s", latest),
        (f"AND t.{role}_order_id = %s", wanted.order_id),
        ("AND t.id >= %s", wanted.first_id),
        ("AND t.id < %s", before_id),
    ):
        if value is not None:
            conditions.append(condition)
            parameters.append(value)
    return " ".join(conditions), parameters
