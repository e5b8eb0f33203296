"""Trades as one of their two sides sees them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation

from django.db import connection

from kernel.ids import first_id_at, unix_ms_of
from kernel.units import STORED_DECIMALS
from matching.engine.types import Side
from matching.selectors.markets import MarketView, market_by_id

_DIVISION = Context(prec=60, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation])
"""An average price is the one number that need not come out even; it is told, never computed with."""

_CLOCK_MARGIN_MS = 60_000
"""Ids of orders come from the database's clock, those of trades from the worker's."""


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

    @property
    def fee_asset(self) -> str:
        return self.market.base.symbol if self.side is Side.BUY else self.market.quote.symbol


@dataclass(frozen=True, slots=True)
class FillFilter:
    """Which of an account's fills: trade ids from `first_id` on and below `before_id`; None leaves a side open."""

    market_id: int | None = None
    order_id: int | None = None
    first_id: int | None = None
    before_id: int | None = None


def average_price(filled_quote: Decimal, filled_quantity: Decimal) -> Decimal | None:
    """Quote units per base unit, to 18 decimals; None before the first fill."""
    if not filled_quantity:
        return None
    quotient = _DIVISION.divide(filled_quote, filled_quantity)
    return quotient.quantize(Decimal(1).scaleb(-STORED_DECIMALS), context=_DIVISION)


def list_fills(*, account_id: int, wanted: FillFilter, limit: int) -> list[FillView]:
    """The account's fills, newest first. Each role has its own index, so both are walked and merged."""
    conditions, parameters = [], []
    earliest = None if wanted.order_id is None else first_id_at(unix_ms_of(wanted.order_id) - _CLOCK_MARGIN_MS)
    for condition, value in (
        ("t.market_id = %s", wanted.market_id),
        # No trade is older than its order: nothing before it needs to be looked at.
        ("t.id >= %s", earliest),
        ("t.{role}_order_id = %s", wanted.order_id),
        ("t.id >= %s", wanted.first_id),
        ("t.id < %s", wanted.before_id),
    ):
        if value is not None:
            conditions.append(condition)
            parameters.append(value)
    halves = []
    for role, side, is_maker in (("taker", "t.taker_side", "false"), ("maker", "3 - t.taker_side", "true")):
        where = " AND ".join([f"t.{role}_account_id = %s", *(c.format(role=role) for c in conditions)])
        halves.append(
            f"""(SELECT t.id, t.market_id, t.{role}_order_id AS order_id, {side} AS side, {is_maker} AS is_maker,
                        t.price, t.quantity, t.quote_amount, t.{role}_fee AS fee, t.executed_at
                 FROM matching_trade t WHERE {where} ORDER BY t.id DESC LIMIT %s)"""  # noqa: S608  constants only
        )
    half_parameters = [account_id, *parameters, limit]
    statement = f"""
        SELECT f.*, o.client_order_id, o.filled_quote, o.filled_quantity
        FROM ({" UNION ALL ".join(halves)} ORDER BY id DESC LIMIT %s) AS f
        JOIN matching_order o ON o.id = f.order_id ORDER BY f.id DESC
    """  # noqa: S608  constants only
    with connection.cursor() as cursor:
        cursor.execute(statement, [*half_parameters, *half_parameters, limit])
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
        )
        for (
            trade_id,
            market_id,
            order_id,
            side,
            is_maker,
            price,
            quantity,
            quote_amount,
            fee,
            executed_at,
            client_order_id,
            filled_quote,
            filled_quantity,
        ) in rows
    ]
