"""Builds the books anew from what was committed: open orders, and the engine state of each market."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import orjson
from django.db import connection

from kernel.ids import first_id_at
from ledger.journal import Scales
from ledger.models import Account, AccountKind
from ledger.services import ensure_balances
from matching.engine.book import Book
from matching.engine.state import NO_HASH, RATE_WINDOW_US
from matching.engine.types import MarketState
from matching.models import PLACING_KINDS, Market, MarketEngineState, OrderStatus, Shard
from matching.worker.markets import LiveMarket, StateNotice
from matching.worker.moments import datetime_of

# The columns of `Order.fields`. An order of a pair stands alone as soon as the other one has ended.
_RESTING_ORDERS = """
    SELECT o.id, o.account_id, o.side::int, (o.price / m.tick_size)::bigint,
           (coalesce(o.visible_quantity, r.quantity) / m.lot_size)::bigint, o.priority, o.maker_ppm,
           coalesce(o.stp_group, o.account_id),
           (coalesce(r.quantity - o.visible_quantity, 0) / m.lot_size)::bigint,
           (coalesce(o.display_quantity, 0) / m.lot_size)::bigint,
           ((o.filled_quantity + o.prevented_quantity) / m.lot_size)::bigint, o.post_only::int,
           coalesce((extract(epoch FROM o.good_till) * 1000000)::bigint, 0), o.stp_mode::int, coalesce(p.id, 0)
    FROM matching_order o JOIN matching_market m ON m.id = o.market_id
    LEFT JOIN matching_order p ON p.id = o.other_leg_id AND p.status IN (%(open)s, %(partial)s)
    CROSS JOIN LATERAL (SELECT o.quantity - o.filled_quantity - o.prevented_quantity AS quantity) r
    WHERE o.market_id = %(market)s AND o.status IN (%(open)s, %(partial)s) AND NOT o.is_waiting
"""
# The columns of `StopOrder.fields`.
_WAITING_ORDERS = """
    SELECT o.id, o.account_id, o.side::int, o.order_type::int, o.time_in_force::int,
           (coalesce(o.price, 0) / m.tick_size)::bigint, (coalesce(o.quantity, 0) / m.lot_size)::bigint,
           (coalesce(o.quote_amount, 0) / m.tick_size / m.lot_size)::bigint, (o.trigger_price / m.tick_size)::bigint,
           o.trailing_ppm, (coalesce(o.trailing_extreme, 0) / m.tick_size)::bigint,
           (coalesce(o.protection_price, 0) / m.tick_size)::bigint, o.priority, o.maker_ppm, o.taker_ppm,
           coalesce(o.stp_group, o.account_id), o.stp_mode::int,
           coalesce((extract(epoch FROM o.good_till) * 1000000)::bigint, 0), coalesce(p.id, 0),
           (o.locked / m.lot_size / CASE o.side WHEN 1 THEN m.tick_size ELSE 1 END)::bigint
    FROM matching_order o JOIN matching_market m ON m.id = o.market_id
    LEFT JOIN matching_order p ON p.id = o.other_leg_id AND p.status IN (%(open)s, %(partial)s)
    WHERE o.market_id = %(market)s AND o.status IN (%(open)s, %(partial)s) AND o.is_waiting
"""
# A batch's id tells its time, or a little later: no batch before this id is in the window.
_BATCH_BEFORE = """
    SELECT coalesce((SELECT last_sequence FROM matching_batch WHERE shard_id = %(shard)s AND id < %(before)s
                     ORDER BY id DESC LIMIT 1), 0)
"""
_RATES = """
    SELECT c.market_id, c.account_id, count(*) FROM matching_outcome o JOIN matching_command c ON c.id = o.command_id
    WHERE o.shard_id = %(shard)s AND o.applied_sequence > %(after)s AND o.applied_at >= %(since)s
      AND c.kind = ANY(%(kinds)s) GROUP BY 1, 2
"""
_DIRECTORY = """
    SELECT b.account_id, b.asset_id, b.id FROM ledger_balance b
    WHERE b.asset_id = ANY(%s) AND b.account_id IN (
        SELECT o.account_id FROM matching_order o WHERE o.market_id = ANY(%s) AND o.status IN (%s, %s))
"""
_OPEN = (int(OrderStatus.OPEN), int(OrderStatus.PARTIAL))


@dataclass(slots=True)
class ShardMemory:
    """What a worker keeps in memory between batches; all of it can be built from the database."""

    shard_id: int
    writer_id: int
    writer_name: str
    fee_account_id: int
    scales: Scales
    markets: dict[int, LiveMarket]
    directory: dict[tuple[int, int], int]
    """(account, asset) to primary key of the balance, for all accounts the books can touch."""
    event_sequences: dict[int, int] = field(default_factory=dict)
    """Account to the number of its last user event."""


def load_book(market: LiveMarket) -> None:
    """Put the market's open orders and counters into its empty book."""
    book: Book = market.book
    with connection.cursor() as cursor:
        which = {"market": market.market_id, "open": _OPEN[0], "partial": _OPEN[1]}
        cursor.execute(_RESTING_ORDERS, which)
        book.load_orders(cursor.fetchall())
        cursor.execute(_WAITING_ORDERS, which)
        book.load_stops(cursor.fetchall())
    state = MarketEngineState.objects.get(market_id=market.market_id)
    book.state = MarketState(state.state)
    market.state_notice = StateNotice(state.state_reason, state.state_until_us)
    book.set_counters(
        last_ticks=state.last_ticks,
        last_trade_number=state.last_trade_number,
        last_priority=state.last_priority,
        event_hash=bytes(state.event_hash) or NO_HASH,
    )
    book.load_memory(state.memory)
    market.stored_memory = orjson.dumps(book.memory()).decode() if state.memory else ""


def load_shard(shard: Shard) -> ShardMemory:
    """All books of the shard, ready to match."""
    fee_account = Account.objects.get(writer_id=shard.writer_id, kind=AccountKind.FEES)
    memory = ShardMemory(shard.id, shard.writer_id, shard.writer.name, fee_account.id, Scales.load(), {}, {})
    load_markets(memory)
    load_rates(shard, memory.markets.values())
    return memory


def load_rates(shard: Shard, markets: Iterable[LiveMarket]) -> None:
    """Count anew what each account has ordered in the window of order rates that the shard's clock stands in."""
    window = shard.applied_at_us // RATE_WINDOW_US
    since = datetime_of(window * RATE_WINDOW_US)
    counts: defaultdict[int, dict[int, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_BATCH_BEFORE, {"shard": shard.id, "before": first_id_at(window * RATE_WINDOW_US // 1000)})
        (after,) = cursor.fetchone()
        kinds = [int(kind) for kind in PLACING_KINDS]
        cursor.execute(_RATES, {"shard": shard.id, "after": after, "since": since, "kinds": kinds})
        for market_id, account_id, count in cursor.fetchall():
            counts[market_id][account_id] = count
    for market in markets:
        market.book.load_rates(window, counts[market.market_id])


def load_markets(memory: ShardMemory) -> list[LiveMarket]:
    """Add the shard's markets that are not in memory yet: all of them at the start, later what was newly listed."""
    rows = (
        Market.objects.filter(shard_id=memory.shard_id).exclude(pk__in=memory.markets).select_related("base", "quote")
    )
    new = {row.id: LiveMarket(row) for row in rows}
    for market in new.values():
        load_book(market)
    assets = sorted({asset for market in new.values() for asset in (market.base_id, market.quote_id)})
    memory.scales = Scales.load()
    memory.directory.update(ensure_balances(pairs=[(memory.fee_account_id, asset) for asset in assets]))
    with connection.cursor() as cursor:
        cursor.execute(_DIRECTORY, [assets, list(new), *_OPEN])
        memory.directory.update({(account, asset): balance for account, asset, balance in cursor.fetchall()})
    memory.markets.update(new)
    return list(new.values())
