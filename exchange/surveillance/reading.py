"""Trades, orders and instructions of one market as the detectors want them. Committed rows only."""

import functools
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from exchange.surveillance.stretches import Stretch
from kernel.units import to_atoms
from matching.engine import codes
from matching.models import CommandKind, Market, OrderStatus
from risk.core.surveillance.facts import SECOND_US, OrderFact, TradeFact
from risk.core.surveillance.quote_stuffing import SecondFact

TRADES_BEFORE_US = 330 * SECOND_US
"""A little more than the longest window of a detector of trades."""
USUAL_HOURS = 24
HOUR_US = 3600 * SECOND_US

BY_OWNER = (codes.CANCELLED_BY_OWNER, codes.CANCELLED_ON_DISCONNECT, codes.COUNTDOWN, codes.REPLACED)
"""Reasons of orders that their owner took back. What the exchange or its staff cancelled is nobody's bait."""

_TRADES = """
    SELECT id, (extract(epoch FROM executed_at) * 1000000)::bigint, price, quantity, maker_account_id, taker_account_id,
           maker_order_id, taker_order_id, taker_side
    FROM matching_trade WHERE market_id = %(market)s AND id >= %(first_id)s
      AND executed_at > to_timestamp(%(since)s::numeric / 1000000)
      AND executed_at <= to_timestamp(%(until)s::numeric / 1000000)
    ORDER BY id
"""
# Orders that are not too old, those that stand in the book, and those that were met: an old quote that was met tells
# what its owner showed on that side. OFFSET 0 keeps the rest to look-ups by primary key: the planner would rather read
# all orders that these accounts ever had.
_ORDERS = """
    WITH wanted AS (
        SELECT id FROM matching_order WHERE account_id = ANY(%(accounts)s) AND id >= %(first_id)s
            AND market_id = %(market)s
            AND (status IN %(in_book)s OR updated_at > to_timestamp(%(ended)s::numeric / 1000000))
        UNION SELECT id FROM matching_order
        WHERE market_id = %(market)s AND status IN %(in_book)s AND account_id = ANY(%(accounts)s)
        UNION SELECT unnest(%(met)s::bigint[])
    )
    SELECT o.id, o.account_id, o.side = 1, o.price, o.quantity, o.filled_quantity,
           (extract(epoch FROM placed.applied_at) * 1000000)::bigint,
           CASE WHEN NOT o.status IN %(in_book)s AND o.updated_at <= until.at
                THEN (extract(epoch FROM o.updated_at) * 1000000)::bigint END,
           o.status = %(cancelled)s AND o.reason = ANY(%(by_owner)s) AND o.updated_at <= until.at
    FROM wanted
         CROSS JOIN LATERAL (SELECT * FROM matching_order WHERE id = wanted.id OFFSET 0) AS o
         CROSS JOIN LATERAL (SELECT applied_at FROM matching_outcome WHERE command_id = wanted.id OFFSET 0) AS placed
         CROSS JOIN (SELECT to_timestamp(%(until)s::numeric / 1000000) AS at) AS until
    WHERE o.market_id = %(market)s AND o.account_id = ANY(%(accounts)s) AND o.priority IS NOT NULL
      AND o.price IS NOT NULL AND o.quantity IS NOT NULL AND placed.applied_at <= until.at
    ORDER BY o.id
"""
_SECONDS = """
    SELECT c.account_id, extract(epoch FROM date_trunc('second', o.applied_at))::bigint * 1000000, count(*),
           count(placed.id), count(placed.id) FILTER (WHERE placed.filled_quantity > 0),
           count(placed.id) FILTER (WHERE placed.status = %(cancelled)s
               AND placed.updated_at - o.applied_at <= %(brief)s * interval '1 microsecond')
    FROM matching_outcome o JOIN matching_command c ON c.id = o.command_id
         LEFT JOIN matching_order placed ON placed.id = c.id AND c.kind = %(place)s
    WHERE o.shard_id = %(shard)s AND o.applied_sequence >= %(first)s AND o.applied_sequence <= %(last)s
      AND o.applied_at > to_timestamp(%(since)s::numeric / 1000000)
      AND c.market_id = %(market)s AND c.account_id IS NOT NULL
    GROUP BY 1, 2 HAVING count(*) > 1 ORDER BY 1, 2
"""
_USUAL = """
    SELECT coalesce(sum(quantity), 0), extract(epoch FROM %(full_hour)s::timestamptz - min(started_at))::bigint
    FROM matching_tradinghour WHERE market_id = %(market)s AND started_at < %(full_hour)s::timestamptz
      AND started_at >= %(full_hour)s::timestamptz - %(hours)s * interval '1 hour'
"""

_atoms = functools.lru_cache(maxsize=50_000)(to_atoms)
"""Prices and quantities of a market repeat."""


@dataclass(frozen=True, slots=True)
class MarketScope:
    """A market and the scales its atoms are counted in."""

    market_id: int
    symbol: str
    base_scale: int
    quote_scale: int

    @classmethod
    def of(cls, market: Market) -> "MarketScope":
        """Wants `base` and `quote` loaded."""
        return cls(market.pk, market.symbol, market.base.scale, market.quote.scale)


def read_trades(scope: MarketScope, stretch: Stretch) -> list[TradeFact]:
    """The market's trades of the stretch and of what led up to it, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            _TRADES,
            {
                "market": scope.market_id,
                "first_id": stretch.first_id(TRADES_BEFORE_US),
                "since": stretch.fresh_from_us - TRADES_BEFORE_US,
                "until": stretch.until_us,
            },
        )
        rows = cursor.fetchall()
    trades = []
    for trade_id, at_us, price, quantity, maker, taker, maker_order, taker_order, taker_side in rows:
        buys = taker_side == 1
        trades.append(
            TradeFact(
                trade_id=trade_id,
                at_us=at_us,
                price=_atoms(price, scope.quote_scale),
                quantity=_atoms(quantity, scope.base_scale),
                buyer=taker if buys else maker,
                seller=maker if buys else taker,
                buy_order=taker_order if buys else maker_order,
                sell_order=maker_order if buys else taker_order,
                taker_buys=buys,
            )
        )
    return trades


def read_orders(
    scope: MarketScope,
    stretch: Stretch,
    *,
    accounts: Collection[int],
    met: Collection[int],
    first_id: int,
    ended_after_us: int,
) -> list[OrderFact]:
    """What these accounts had in the book after that time: orders from that id on, those that stand in it still, and
    those of `met`, which traded, however old they are."""
    if not accounts:
        return []
    in_book = (int(OrderStatus.OPEN), int(OrderStatus.PARTIAL))
    with connection.cursor() as cursor:
        cursor.execute(
            _ORDERS.replace("%(in_book)s", str(in_book)),
            {
                "market": scope.market_id,
                "accounts": list(accounts),
                "first_id": first_id,
                "met": list(met),
                "ended": ended_after_us,
                "until": stretch.until_us,
                "cancelled": int(OrderStatus.CANCELLED),
                "by_owner": list(BY_OWNER),
            },
        )
        rows = cursor.fetchall()
    return [
        OrderFact(
            order_id=order_id,
            account=account,
            is_buy=is_buy,
            price=_atoms(price, scope.quote_scale),
            quantity=_atoms(quantity, scope.base_scale),
            filled=_atoms(filled, scope.base_scale),
            placed_us=placed_us,
            ended_us=ended_us,
            is_withdrawn=is_withdrawn,
        )
        for order_id, account, is_buy, price, quantity, filled, placed_us, ended_us, is_withdrawn in rows
    ]


def read_seconds(scope: MarketScope, stretch: Stretch, *, before_us: int, brief_us: int) -> list[SecondFact]:
    """How much each account sent in each second; seconds with a single instruction are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            _SECONDS,
            {
                "market": scope.market_id,
                "shard": stretch.shard_id,
                "since": stretch.fresh_from_us - before_us,
                "first": stretch.first_sequence(before_us),
                "last": stretch.last_sequence,
                "place": int(CommandKind.PLACE),
                "cancelled": int(OrderStatus.CANCELLED),
                "brief": brief_us,
            },
        )
        return [SecondFact(*row) for row in cursor.fetchall()]


def read_usual_quantity(scope: MarketScope, stretch: Stretch, *, window_us: int) -> int:
    """Base atoms that a window of this length has had on average, over the full hours of a day before; 0 before the
    first full hour."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_timestamp(%s)", [stretch.until_us // HOUR_US * HOUR_US // SECOND_US])
        (full_hour,) = cursor.fetchone()
        cursor.execute(_USUAL, {"market": scope.market_id, "full_hour": full_hour, "hours": USUAL_HOURS})
        quantity, seconds = cursor.fetchone()
    if not seconds:
        return 0
    return to_atoms(Decimal(quantity), scope.base_scale) * window_us // (seconds * SECOND_US)
