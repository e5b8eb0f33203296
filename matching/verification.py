"""What the exchange adds to a check of the books: orders, trades and outcomes must agree with the balances."""

from collections.abc import Iterator

from ledger.verification import Check, Finding, locked_is_what_is_needed, rows_of
from matching.models import BustState, CommandKind, OrderStatus

_OPEN = f"({int(OrderStatus.OPEN)}, {int(OrderStatus.PARTIAL)})"

# What open orders need: a seller what is left of the quantity; a buyer the same at its price, while it waits without
# one at its protection price, or its amount. Of a pair the larger need: the one that waits locks what it needs more.
_NEEDS = f"""
    SELECT o.id, o.other_leg_id, o.account_id, o.market_id, o.side, o.is_waiting, o.status, o.locked,
           CASE WHEN o.status NOT IN {_OPEN} THEN 0
                WHEN o.side = 2 THEN o.quantity - o.filled_quantity - o.prevented_quantity
                WHEN o.quote_amount IS NOT NULL THEN o.quote_amount
                ELSE (o.quantity - o.filled_quantity - o.prevented_quantity) * coalesce(o.price, o.protection_price)
           END AS need
    FROM matching_order o
"""  # noqa: S608  constants only
_NEEDS_OF_ORDERS = f"""
    SELECT o.id, o.account_id, o.market_id, o.side, o.locked, o.status,
           CASE WHEN o.is_waiting AND l.id IS NOT NULL THEN greatest(o.need - l.need, 0) ELSE o.need END AS need
    FROM ({_NEEDS}) o LEFT JOIN ({_NEEDS}) l ON l.id = o.other_leg_id AND l.status IN {_OPEN}
"""  # noqa: S608  constants only
_NEEDS_OF_OPEN_ORDERS = f"{_NEEDS_OF_ORDERS} WHERE o.status IN {_OPEN}"
_LOCKED_BY_ORDERS = f"{_NEEDS_OF_ORDERS} WHERE o.status IN {_OPEN} OR o.locked <> 0"
_ORDERS_AGAINST_NEEDS = f"""
    SELECT id, locked, need FROM ({_LOCKED_BY_ORDERS}) o WHERE locked <> need OR need IS NULL LIMIT 20
"""  # noqa: S608  constants only
LOCKED_BY_OPEN_ORDERS = f"""
    SELECT o.account_id, CASE o.side WHEN 1 THEN m.quote_id ELSE m.base_id END AS asset_id, o.need
    FROM ({_NEEDS_OF_OPEN_ORDERS}) o JOIN matching_market m ON m.id = o.market_id
"""  # noqa: S608  constants only
"""Account, asset and how much each open order needs: this app's part of what is locked."""
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
# Applied busts in the log against the rows that say so.
_BUSTS = f"""
    SELECT coalesce(b.trade_id, c.target_order_id), c.id IS NULL FROM (
        SELECT c.id, c.target_order_id FROM matching_command c JOIN matching_outcome o ON o.command_id = c.id
        WHERE c.kind = {int(CommandKind.BUST_TRADE)} AND o.code IS NULL) c
    FULL JOIN (SELECT command_id, trade_id FROM matching_tradebust WHERE state = {int(BustState.DONE)}) b
        ON b.command_id = c.id AND b.trade_id = c.target_order_id
    WHERE b.command_id IS NULL OR c.id IS NULL LIMIT 20
"""  # noqa: S608  constants only


def orders_lock_what_they_need() -> Iterator[Finding]:
    for order, locked, need in rows_of(_ORDERS_AGAINST_NEEDS):
        yield f"order {order} says that {locked} is locked for it, it needs {need}"


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


def busts_are_in_the_log() -> Iterator[Finding]:
    for trade, is_only_said in rows_of(_BUSTS):
        if is_only_said:
            yield f"trade {trade} is said to be busted, but the log does not say so"
        else:
            yield f"trade {trade} was busted, but its bust does not say so"


CHECKS: tuple[Check, ...] = (
    orders_lock_what_they_need,
    locked_is_what_is_needed,
    fills_are_trades,
    numbers_are_gapless,
    busts_are_in_the_log,
)
