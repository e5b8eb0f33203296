"""Builds the books anew from what was committed: open orders, and the engine state of each market."""

from dataclasses import dataclass, field

from django.db import connection

from ledger.journal import Scales
from ledger.models import Account, AccountKind
from ledger.services import ensure_balances
from matching.engine.book import Book
from matching.engine.state import NO_HASH
from matching.engine.types import MarketState
from matching.models import Market, MarketEngineState, OrderStatus, Shard
from matching.worker.markets import LiveMarket

_OPEN_ORDERS = """
    SELECT o.id, o.account_id, o.side::int, (o.price / m.tick_size)::bigint,
           ((o.quantity - o.filled_quantity) / m.lot_size)::bigint, o.priority, o.maker_ppm, o.account_id
    FROM matching_order o JOIN matching_market m ON m.id = o.market_id
    WHERE o.market_id = %s AND o.status IN (%s, %s)
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
        cursor.execute(_OPEN_ORDERS, [market.market_id, *_OPEN])
        book.load_orders(cursor.fetchall())
    state = MarketEngineState.objects.get(market_id=market.market_id)
    book.state = MarketState(state.state)
    market.state_reason = state.state_reason
    book.set_counters(
        last_ticks=state.last_ticks,
        last_trade_number=state.last_trade_number,
        last_priority=state.last_priority,
        event_hash=bytes(state.event_hash) or NO_HASH,
    )


def load_shard(shard: Shard) -> ShardMemory:
    """All books of the shard, ready to match."""
    fee_account = Account.objects.get(writer_id=shard.writer_id, kind=AccountKind.FEES)
    memory = ShardMemory(shard.id, shard.writer_id, shard.writer.name, fee_account.id, Scales.load(), {}, {})
    load_markets(memory)
    return memory


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
