"""Opens shards, lists markets and sets the fee table. Every function may be repeated; the first call makes the rows."""

from decimal import Decimal
from typing import TypedDict, Unpack

from kernel.errors import invariant
from kernel.units import MarketUnits
from ledger.models import Asset
from ledger.services import open_writer
from matching.models import FeeTier, Market, MarketEngineState, Shard


class MarketLimits(TypedDict, total=False):
    """Limits of a market; see the fields of `Market`. What is left out has no limit."""

    min_quantity: Decimal
    max_quantity: Decimal
    min_notional: Decimal
    max_order_value: Decimal
    price_band_ppm: int
    max_open_orders: int
    initial_price: Decimal
    tick_multiple: int
    lot_multiple: int
    static_band_ppm: int
    protection_ppm: int
    breaker_ppm: int
    breaker_window_seconds: int
    halt_seconds: int
    auction_seconds: int
    max_stop_orders: int
    max_order_rate: int
    min_kyc_level: int


def open_shard(*, name: str, writer_number: int) -> Shard:
    """A shard with the writer its worker posts as."""
    writer = open_writer(number=writer_number, name=f"matching:{name}")
    shard, _ = Shard.objects.get_or_create(name=name, defaults={"writer": writer})
    return shard


def list_asset(*, symbol: str, name: str, scale: int, display_decimals: int) -> Asset:
    """An asset with an unchangeable scale."""
    asset, _ = Asset.objects.get_or_create(
        symbol=symbol, defaults={"name": name, "scale": scale, "display_decimals": display_decimals}
    )
    invariant(asset.scale == scale, "the scale of a listed asset never changes", asset=symbol)
    return asset


def list_market(
    *,
    base: Asset,
    quote: Asset,
    shard: Shard,
    tick_size: Decimal,
    lot_size: Decimal,
    **limits: Unpack[MarketLimits],
) -> Market:
    """A market in state TRADING. Raises InvariantViolated where the quote asset cannot hold a tick times a lot."""
    MarketUnits(tick_size, lot_size, base.scale, quote.scale)
    market, _ = Market.objects.get_or_create(
        symbol=f"{base.symbol}-{quote.symbol}",
        defaults={
            "base": base,
            "quote": quote,
            "shard": shard,
            "tick_size": tick_size,
            "lot_size": lot_size,
            **limits,
        },
    )
    MarketEngineState.objects.get_or_create(market=market)
    return market


def set_fee_tiers(*, tiers: dict[int, tuple[int, int, str]]) -> None:
    """Tier to maker and taker fee in parts per million, and the volume it begins at, in `settings.FEE_VOLUME_ASSET`.

    A tier that is there stays as staff made it.
    """
    for tier, (maker_ppm, taker_ppm, min_volume) in tiers.items():
        FeeTier.objects.get_or_create(
            tier=tier, defaults={"maker_ppm": maker_ppm, "taker_ppm": taker_ppm, "min_volume": Decimal(min_volume)}
        )
