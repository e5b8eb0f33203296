"""Short ways to say orders, for scenario tables. Ids are given by the caller; account n is in self-trade group n."""

from dataclasses import replace

from matching.engine.commands import Place
from matching.engine.types import MarketRules, OrderType, Side, TimeInForce

BUY, SELL = Side.BUY, Side.SELL
GTC, IOC, FOK = TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK

FREE_RULES = MarketRules(
    version=1,
    price_band_ppm=0,
    max_order_value=0,
    max_open_orders=0,
    min_lots=1,
    max_lots=0,
    min_value=0,
    initial_ticks=0,
)
"""Nothing is limited."""


def limit(
    order_id: int,
    account_id: int,
    side: Side,
    lots: int,
    ticks: int,
    time_in_force: TimeInForce = GTC,
    *,
    post_only: bool = False,
    stp_group: int | None = None,
    expires_at_us: int = 0,
    refusal: str | None = None,
) -> Place:
    return Place(
        order_id=order_id,
        account_id=account_id,
        side=side,
        order_type=OrderType.LIMIT,
        time_in_force=time_in_force,
        post_only=post_only,
        ticks=ticks,
        lots=lots,
        value=0,
        maker_ppm=1_000,
        taker_ppm=1_500,
        stp_group=account_id if stp_group is None else stp_group,
        expires_at_us=expires_at_us,
        refusal=refusal,
    )


def market(order_id: int, account_id: int, side: Side, *, lots: int = 0, value: int = 0) -> Place:
    return replace(limit(order_id, account_id, side, lots, 0, IOC), order_type=OrderType.MARKET, value=value)
