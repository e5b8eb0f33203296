"""What the exchange adds to a check of the books: orders, trades and outcomes must agree with the balances."""

from collections.abc import Iterator

from ledger.verification import Check, Finding, rows_of
from matching.models import OrderStatus

_OPEN = f"({int(OrderStatus.OPEN)}, {int(OrderStatus.PARTIAL)})"

# What open orders lock: the rest of the quantity, at the order's price for a buyer, as it is for a seller.
_LOCKED_AGAINST_ORDERS = f"""
    SELECT b.account_id, b.asset_id, b.locked, coalesce(n.need, 0)
    FROM ledger_balance b FULL JOIN (
        SELECT o.account_id, CASE o.side WHEN 1 THEN m.quote_id ELSE m.base_id END AS asset_id,
               sum((o.quantity - o.filled_quantity) * CASE o.side WHEN 1 THEN o.price ELSE 1 END) AS need
        FROM matching_order o JOIN matching_market m ON m.id = o.market_id WHERE o.status IN {_OPEN}
        GROUP BY 1, 2) n ON n.account_id = b.account_id AND n.asset_id = b.asset_id
    WHERE coalesce(b.locked, 0) <> coalesce(n.need, 0) LIMIT 20
"""  # noqa: S608  constants only
_FILLS_AGAINST_TRADES = """
    SELECT o.id, o.filled_quantity, coalesce(t.quantity, 0) FROM matching_order o LEFT JOIN (
        SELECT order_id, sum(quantity) AS quantity, sum(quote_amount) AS quote FROM (
            SELECT maker_order_id AS order_id, quantity, quote_amount FROM matching_trade
            UNION ALL SELECT taker_order_id, quantity, quote_amount FROM matching_trade) f GROUP BY order_id
    ) t ON t.order_id = o.id
    WHERE o.filled_quantity <> coalesce(t.quantity, 0) OR o.filled_quote <> coalesce(t.quote, 0) LIMIT 20
"""
_OUTCOMES = """
    SELECT s.name, s.applied_sequence, count(o.command_id), coalesce(max(o.applied_sequence), 0)
    FROM matching_shard s LEFT JOIN matching_outcome o ON o.shard_id = s.id GROUP BY s.id
"""
_TRADE_NUMBERS = """
    SELECT m.market_id, m.last_trade_number, count(t.id), coalesce(max(t.number), 0)
    FROM matching_marketenginestate m LEFT JOIN matching_trade t ON t.market_id = m.market_id GROUP BY m.market_id
"""


def locked_is_what_orders_need() -> Iterator[Finding]:
    for account, asset, locked, need in rows_of(_LOCKED_AGAINST_ORDERS):
        yield f"account {account} has {locked} of asset {asset} locked, its open orders need {need}"


def fills_are_trades() -> Iterator[Finding]:
    for order, filled, traded in rows_of(_FILLS_AGAINST_TRADES):
        yield f"order {order} says {filled} filled, its trades sum to {traded}"


def numbers_are_gapless() -> Iterator[Finding]:
    for shard, last, count, greatest in rows_of(_OUTCOMES):
        if not last == count == greatest:
            yield f"shard {shard} stands at command {last}, but has {count} outcomes up to number {greatest}"
    for market, last, count, greatest in rows_of(_TRADE_NUMBERS):
        if not last == count == greatest:
            yield f"market {market} stands at trade {last}, but has {count} trades up to number {greatest}"


CHECKS: tuple[Check, ...] = (locked_is_what_orders_need, fills_are_trades, numbers_are_gapless)
