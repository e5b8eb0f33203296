"""What would the engine say? All of its checks, asked of the tables, with nothing written.

The answer is as old as the last commit; between it and a real order the book and the balances may move.
"""

from django.db import connection

from kernel.units import plain, to_atoms
from ledger.errors import InsufficientBalance
from ledger.selectors import available_balance
from matching.engine.types import OrderType, Side, TimeInForce
from matching.errors import PostOnlyWouldMatch, error_of
from matching.models import OrderStatus
from matching.selectors.markets import MarketView, market_by_symbol
from matching.selectors.orders import count_open_orders
from matching.services.load import refuse_if_busy
from matching.services.place import find_first_use
from matching.services.requests import CountedOrder, OrderRequest, check_request, limit_details
from risk.core.pretrade import limit_order_refusal, price_band, value_refusal

_OPPOSITE_LEVELS = f"""
    SELECT price, sum(quantity - filled_quantity) FROM matching_order
    WHERE market_id = %s AND side = %s AND status IN ({int(OrderStatus.OPEN)}, {int(OrderStatus.PARTIAL)})
    GROUP BY price
"""  # noqa: S608  constants only


def check_order(*, account_id: int, request: OrderRequest) -> None:
    """Raises what `place_order` would raise, or the engine answer: band, open orders, post-only, funds."""
    market = market_by_symbol(request.symbol)
    if find_first_use(account_id=account_id, request=request) is not None:
        return
    counted = check_request(request, market)
    refuse_if_busy()
    levels = _opposite_levels(market, request.side)
    if request.order_type is OrderType.LIMIT:
        _check_limit(account_id, request, counted, market, levels)
        need = counted.ticks * counted.lots if request.side is Side.BUY else counted.lots
    else:
        need = _check_market(request, counted, market, levels)
    _check_funds(account_id, request.side, need, market)


def _check_limit(
    account_id: int, request: OrderRequest, counted: CountedOrder, market: MarketView, levels: list[tuple[int, int]]
) -> None:
    can_rest = request.time_in_force is TimeInForce.GTC
    open_orders = count_open_orders(account_id=account_id, market_id=market.id) if can_rest else 0
    refusal = limit_order_refusal(market.rules, _band(market), counted.ticks, counted.lots, open_orders)
    if refusal:
        raise error_of(refusal, limit_details(refusal, market))
    if request.post_only and levels:
        best = levels[0][0]
        if counted.ticks >= best if request.side is Side.BUY else counted.ticks <= best:
            raise PostOnlyWouldMatch(details={"best_price": plain(market.units.price(best))})


def _check_market(
    request: OrderRequest, counted: CountedOrder, market: MarketView, levels: list[tuple[int, int]]
) -> int:
    """What the order would spend now: tick-lots for a buy, lots for a sale."""
    lowest, highest = _band(market)
    value = sold = 0
    for ticks, lots in levels:
        if ticks > highest if request.side is Side.BUY else ticks < lowest:
            break
        take = min(lots, counted.lots - sold) if counted.lots else min(lots, (counted.value - value) // ticks)
        value += take * ticks
        sold += take
        if take < lots:
            break
    refusal = value_refusal(market.rules, value)
    if refusal:
        raise error_of(refusal, limit_details(refusal, market))
    return value if request.side is Side.BUY else sold


def _check_funds(account_id: int, side: Side, need: int, market: MarketView) -> None:
    asset = market.quote if side is Side.BUY else market.base
    available = available_balance(account_id=account_id, asset_id=asset.id)
    factor = market.units.quote_atoms_per_tick_lot if side is Side.BUY else market.units.base_atoms_per_lot
    if to_atoms(available, asset.scale) < need * factor:
        required = market.units.quote_amount(need) if side is Side.BUY else market.units.quantity(need)
        raise InsufficientBalance(
            details={"asset": asset.symbol, "required": plain(required), "available": plain(available)}
        )


def _opposite_levels(market: MarketView, side: Side) -> list[tuple[int, int]]:
    """The other side of the book as (ticks, lots), best price first."""
    other = Side.SELL if side is Side.BUY else Side.BUY
    with connection.cursor() as cursor:
        cursor.execute(_OPPOSITE_LEVELS, [market.id, int(other)])
        rows = cursor.fetchall()
    levels = [(market.units.ticks(price) or 0, market.units.lots(quantity) or 0) for price, quantity in rows]
    return sorted(levels, reverse=other is Side.BUY)


def _band(market: MarketView) -> tuple[int, int]:
    return price_band(market.rules, market.last_ticks or market.rules.initial_ticks)
