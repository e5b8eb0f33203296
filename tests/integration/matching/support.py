"""What several tests of the worker's behaviour ask for."""

from decimal import Decimal
from typing import Any, cast

from ledger.models import Account, AccountKind, Balance, JournalEntry
from matching.models import OrderStatus, Trade, UserEvent
from matching.redis_names import depth_keys
from tests.support.exchange import Exchange


def all_money() -> list[tuple[int, int, Decimal, Decimal]]:
    """Every balance: what a refusal must leave alone."""
    return sorted(
        Balance.objects.exclude(available=0, locked=0).values_list("account_id", "asset_id", "available", "locked")
    )


def untouched() -> tuple[object, ...]:
    """Money, trades and journal: what a refusal must leave alone."""
    return all_money(), Trade.objects.count(), JournalEntry.objects.count()


def fees(asset: str) -> Decimal:
    """What the shard has taken in."""
    account = Account.objects.get(writer_id=2, kind=AccountKind.FEES)
    row = Balance.objects.filter(account=account, asset__symbol=asset).first()
    return row.available if row else Decimal(0)


def status_of(exchange: Exchange, order_id: int) -> tuple[OrderStatus, str, Decimal]:
    """Status, reason and filled quantity."""
    order = exchange.order(order_id)
    return OrderStatus(order.status), order.reason, order.filled_quantity


def told(exchange: Exchange, name: str, *kinds: str) -> list[dict[str, Any]]:
    """What the account was told, oldest first; of these kinds, if any are named."""
    events = UserEvent.objects.filter(account=exchange.account(name)).order_by("sequence")
    return [event.payload for event in events if not kinds or event.payload["type"] in kinds]


def cached_book(exchange: Exchange, symbol: str = "BTC-USDT") -> dict[str, list[str]]:
    """Both sides in Redis as "price:quantity", best first."""
    bids, asks, _ = depth_keys(symbol)
    sides = {"bids": exchange.redis.zrange(bids, 0, -1, desc=True), "asks": exchange.redis.zrange(asks, 0, -1)}
    return {side: [member.decode() for member in cast("list[bytes]", members)] for side, members in sides.items()}


def live_book(exchange: Exchange, symbol: str = "BTC-USDT") -> dict[str, list[str]]:
    """Both sides as the worker has them, in the notation of the cache."""
    market = exchange.market(symbol)
    worker = exchange.worker()
    assert worker.memory is not None
    live = worker.memory.markets[market.id]
    bids, asks = live.book.depth(len(live.book))
    return {
        "bids": [f"{_plain(live.units.price(ticks))}:{_plain(live.units.quantity(lots))}" for ticks, lots in bids],
        "asks": [f"{_plain(live.units.price(ticks))}:{_plain(live.units.quantity(lots))}" for ticks, lots in asks],
    }


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")
