"""Markets as the rest of the program needs them: steps, limits and state in the core's own units."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, QuerySet
from django.db.models.fields.json import KeyTextTransform

from kernel.units import MarketUnits
from ledger.models import Asset
from matching.engine.types import MarketRules, MarketState
from matching.errors import UnknownMarket
from matching.models import Market
from matching.rules import rules_of, units_of
from matching.selectors.cache import ShortCache

KEEP_SECONDS = 1.0
"""How old a market's rules and state may be in a web process. The engine's own word is always the last one."""


@dataclass(frozen=True, slots=True)
class AssetInfo:
    id: int
    symbol: str
    scale: int
    """Decimals of one atom."""


@dataclass(frozen=True, slots=True)
class MarketView:
    """One market: identity, conversion, limits, and the state its engine last committed."""

    id: int
    symbol: str
    shard_id: int
    shard_name: str
    base: AssetInfo
    quote: AssetInfo
    units: MarketUnits
    rules: MarketRules
    state: MarketState
    state_reason: str
    last_ticks: int
    """Price of the last trade; 0 before the first one."""
    row: Market
    """The limits as they were written down, for those who show them."""
    state_until_us: int = 0
    """When the market will go on by itself, microseconds since the Unix epoch; 0 = not by itself."""
    static_ticks: int = 0
    """The reference of the static price band; 0 = none."""

    @property
    def tick_size(self) -> Decimal:
        """Quote units per base unit: prices of orders are multiples of it."""
        return self.units.price(self.rules.tick_multiple)

    @property
    def lot_size(self) -> Decimal:
        """Base units: quantities of orders are multiples of it."""
        return self.units.quantity(self.rules.lot_multiple)


def market_by_symbol(symbol: str) -> MarketView:
    """The market `BTC-USDT`, also written `BTC/USDT`. Raises UnknownMarket."""
    view = _views().get(symbol.replace("/", "-", 1))
    if view is None:
        raise UnknownMarket(details={"symbol": symbol[:50]})
    return view


def market_by_id(market_id: int) -> MarketView:
    """The market that some row refers to; one listed a moment ago is found as well."""
    for fresh in (False, True):
        if fresh:
            forget_markets()
        for view in _views().values():
            if view.id == market_id:
                return view
    raise UnknownMarket(details={"market": str(market_id)})


def list_markets() -> list[MarketView]:
    """All markets, by symbol."""
    return list(_views().values())


def forget_markets() -> None:
    """Make this process read all markets anew; for whoever changes one."""
    _cache.forget()


_cache: ShortCache[dict[str, MarketView]] = ShortCache(seconds=KEEP_SECONDS)


def _views() -> dict[str, MarketView]:
    return _cache.get("markets", _read)


def _read() -> dict[str, MarketView]:
    rows: QuerySet[Market] = Market.objects.select_related("base", "quote", "shard", "engine_state")
    rows = rows.annotate(static_ticks=KeyTextTransform("static_ticks", F("engine_state__memory"))).defer(
        "engine_state__memory"
    )
    return {row.symbol: _view(row) for row in rows.order_by("symbol")}


def _view(row: Market) -> MarketView:
    engine = getattr(row, "engine_state", None)
    rules = rules_of(row)
    remembered: str | None = getattr(row, "static_ticks", None)
    return MarketView(
        id=row.id,
        symbol=row.symbol,
        shard_id=row.shard_id,
        shard_name=row.shard.name,
        base=_asset(row.base),
        quote=_asset(row.quote),
        units=units_of(row),
        rules=rules,
        state=MarketState(engine.state) if engine else MarketState.TRADING,
        state_reason=engine.state_reason if engine else "",
        last_ticks=engine.last_ticks if engine else 0,
        row=row,
        state_until_us=engine.state_until_us if engine else 0,
        # An engine that has applied nothing yet has written nothing down: it begins with the initial price.
        static_ticks=rules.initial_ticks if remembered is None else int(remembered),
    )


def _asset(asset: Asset) -> AssetInfo:
    return AssetInfo(asset.id, asset.symbol, asset.scale)
