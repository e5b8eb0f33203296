"""A market listed while the worker runs is traded without a restart."""

from decimal import Decimal

from ledger.models import Asset
from matching.listing import list_asset, list_market
from matching.models import OrderStatus, Shard
from matching.worker.checkpoints import take_checkpoints
from matching.worker.replay import replay_log
from tests.support.audit import audit
from tests.support.exchange import Exchange


def test_a_market_listed_later_is_loaded_on_its_first_command(exchange: Exchange) -> None:
    worker = exchange.worker()
    exchange.place("owner", "BUY", "50000", "1")
    exchange.run()
    take_checkpoints(worker)
    list_market(
        base=list_asset(symbol="NEW", name="New", scale=6, display_decimals=6),
        quote=Asset.objects.get(symbol="USDT"),
        shard=Shard.objects.get(),
        tick_size=Decimal("0.01"),
        lot_size=Decimal("0.01"),
    )
    order = exchange.place("owner", "BUY", "10", "5", symbol="NEW-USDT")
    exchange.run()
    assert exchange.order(order).status == OrderStatus.OPEN
    assert exchange.balance("owner", "USDT")[1] == 50_000 + 50
    from_checkpoint = replay_log(shard=Shard.objects.get(), from_checkpoint=True)
    assert (from_checkpoint.findings, from_checkpoint.commands) == ([], 1)
    audit(exchange)
