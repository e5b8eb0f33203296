"""What would the engine say? All of its checks, asked of the tables, with nothing written.

The answer is as old as the last commit; between it and a real order the book and the balances may move. The checks
stand in the order of `docs/trading-rules.md`.
"""

from dataclasses import dataclass

from django.db import connection

from accounts.models import User
from kernel.units import plain, to_atoms
from ledger.errors import InsufficientBalance
from ledger.selectors import available_balance
from matching.engine.types import OrderType, Side, TimeInForce
from matching.errors import KycLevelTooLow, NoReferencePrice, OrderNotFound, PostOnlyWouldMatch, StopWouldTrigger
from matching.models import OrderStatus
from matching.selectors.markets import MarketView, market_by_symbol
from matching.selectors.orders import OrderView, count_open_orders, get_order
from matching.services.checks import check_oco, check_request, refuse
from matching.services.client_keys import find_first_use
from matching.services.load import refuse_if_busy
from matching.services.position import check_position
from matching.services.requests import CountedOrder, OcoRequest, OrderRequest
from risk.core.codes import PRICE_OUT_OF_BAND
from risk.core.pretrade import PPM, count_refusal, price_band, protection_ticks, value_refusal

_LIVE = frozenset({OrderStatus.PENDING, OrderStatus.OPEN, OrderStatus.PARTIAL})
_LASTING = frozenset({TimeInForce.GTC, TimeInForce.GTD})
_RISING_FOR_BUYERS = frozenset({OrderType.STOP_LIMIT, OrderType.STOP_MARKET})

_OPPOSITE_LEVELS = f"""
    SELECT price, sum(quantity - filled_quantity - prevented_quantity) FROM matching_order
    WHERE market_id = %s AND side = %s AND NOT is_waiting AND id <> %s
          AND status IN ({int(OrderStatus.OPEN)}, {int(OrderStatus.PARTIAL)})
    GROUP BY price
"""  # noqa: S608  constants only


@dataclass(frozen=True, slots=True)
class _Trial:
    """One order, or one leg of two, that is held against a market as it stands."""

    account_id: int
    market: MarketView
    side: Side
    counted: CountedOrder
    replaced: OrderView | None

    @property
    def reference_ticks(self) -> int:
        """What stands for the last price; 0 = nothing."""
        return self.market.last_ticks or self.market.rules.initial_ticks

    @property
    def band(self) -> tuple[int, int]:
        return price_band(self.market.rules, self.reference_ticks, self.market.static_ticks)

    def levels(self) -> list[tuple[int, int]]:
        """The other side of the book as (ticks, lots), best price first."""
        other = Side.SELL if self.side is Side.BUY else Side.BUY
        with connection.cursor() as cursor:
            replaced = 0 if self.replaced is None else self.replaced.id
            cursor.execute(_OPPOSITE_LEVELS, [self.market.id, int(other), replaced])
            rows = cursor.fetchall()
        units = self.market.units
        levels = [(units.ticks(price) or 0, units.lots(quantity) or 0) for price, quantity in rows]
        return sorted(levels, reverse=other is Side.BUY)


def check_order(*, account_id: int, request: OrderRequest) -> None:
    """Raises what `place_order` would raise, or the engine answer."""
    market = market_by_symbol(request.symbol)
    if find_first_use(account_id=account_id, request=request) is not None:
        return
    counted = check_request(request, market)
    refuse_if_busy()
    _check_identity(account_id, market)
    replaced = None if request.replaces is None else _replaced(account_id, request.replaces, market)
    trial = _Trial(account_id, market, request.side, counted, replaced)
    if request.side is Side.BUY:
        check_position(account_id=account_id, market=market, lots=_wanted_lots(trial), replaced=replaced)
    if request.order_type is OrderType.MARKET:
        need = _check_market(trial)
    else:
        if request.order_type in (OrderType.LIMIT, OrderType.ICEBERG):
            _check_band(trial, counted.ticks)
        need = _need(trial, request)
        refuse(value_refusal(market.rules, _value(trial, need)), market)
        if request.waits or request.time_in_force in _LASTING:
            _check_counts(trial, orders=1, waiting=int(request.waits))
        if request.waits:
            _check_trigger(trial, request.order_type, request.trailing_ppm or 0)
        if request.post_only:
            _check_meets_nobody(trial, counted.ticks)
    _check_funds(trial, need)


def check_pair(*, account_id: int, request: OcoRequest) -> None:
    """As `check_order`, of two orders of which one cancels the other."""
    market = market_by_symbol(request.symbol)
    if find_first_use(account_id=account_id, request=request) is not None:
        return
    pair = check_oco(request, market)
    refuse_if_busy()
    _check_identity(account_id, market)
    counted = CountedOrder(pair.ticks, pair.lots, 0, trigger_ticks=pair.trigger_ticks)
    trial = _Trial(account_id, market, request.side, counted, None)
    if request.side is Side.BUY:
        check_position(account_id=account_id, market=market, lots=pair.lots, replaced=None)
    _check_band(trial, pair.ticks)
    stop_ticks = pair.stop_ticks or protection_ticks(market.rules, pair.trigger_ticks)
    need = max(pair.ticks, stop_ticks) * pair.lots if request.side is Side.BUY else pair.lots
    refuse(value_refusal(market.rules, max(pair.ticks, pair.stop_ticks) * pair.lots), market)
    _check_counts(trial, orders=2, waiting=1)
    _check_trigger(trial, OrderType.STOP_LIMIT, 0)
    _check_meets_nobody(trial, pair.ticks)
    _check_funds(trial, need)


def _check_identity(account_id: int, market: MarketView) -> None:
    if not market.row.min_kyc_level:
        return
    level = User.objects.filter(account=account_id).values_list("kyc_level", flat=True).first()
    if level is not None and level < market.row.min_kyc_level:
        raise KycLevelTooLow(details={"level": level, "needed": market.row.min_kyc_level})


def _replaced(account_id: int, order_id: int, market: MarketView) -> OrderView:
    order = get_order(account_id=account_id, order_id=order_id)
    if order.market.id != market.id or order.status not in _LIVE:
        raise OrderNotFound
    return order


def _wanted_lots(trial: _Trial) -> int:
    """What a purchase would bring, at the last price where it names an amount."""
    counted = trial.counted
    if counted.lots or not trial.reference_ticks:
        return counted.lots
    return counted.value // trial.reference_ticks


def _need(trial: _Trial, request: OrderRequest) -> int:
    """What the order would lock, or spend: tick-lots of a purchase, lots of a sale."""
    counted = trial.counted
    if request.side is Side.SELL:
        return counted.lots
    if counted.ticks or counted.value:
        return counted.value or counted.ticks * counted.lots
    trigger_ticks = counted.trigger_ticks
    if request.trailing_ppm is not None:
        if not trial.reference_ticks:
            raise NoReferencePrice
        trigger_ticks = trial.reference_ticks * (PPM + request.trailing_ppm) // PPM
    return protection_ticks(trial.market.rules, trigger_ticks) * counted.lots


def _value(trial: _Trial, need: int) -> int:
    """What is held against the greatest value: what a purchase locks; of a sale its price times its quantity."""
    return need if trial.side is Side.BUY else trial.counted.ticks * trial.counted.lots


def _check_band(trial: _Trial, ticks: int) -> None:
    lowest, highest = trial.band
    if not lowest <= ticks <= highest:
        refuse(PRICE_OUT_OF_BAND, trial.market)


def _check_counts(trial: _Trial, *, orders: int, waiting: int) -> None:
    resting_now, waiting_now = count_open_orders(account_id=trial.account_id, market_id=trial.market.id)
    if trial.replaced is not None:
        freed = 1 if trial.replaced.other_leg_id is None else 2
        frees_waiting = int(trial.replaced.is_waiting or trial.replaced.other_leg_id is not None)
        waiting_now -= frees_waiting
        resting_now -= freed - frees_waiting
    refuse(count_refusal(trial.market.rules, (resting_now, waiting_now), orders, waiting), trial.market)


def _check_trigger(trial: _Trial, order_type: OrderType, trailing_ppm: int) -> None:
    reference_ticks = trial.reference_ticks
    if trailing_ppm:
        if not reference_ticks:
            raise NoReferencePrice
        return
    if not reference_ticks:
        return
    trigger_ticks = trial.counted.trigger_ticks
    rises = (order_type in _RISING_FOR_BUYERS) == (trial.side is Side.BUY)
    if reference_ticks >= trigger_ticks if rises else reference_ticks <= trigger_ticks:
        raise StopWouldTrigger(details={"last_price": plain(trial.market.units.price(reference_ticks))})


def _check_meets_nobody(trial: _Trial, ticks: int) -> None:
    levels = trial.levels()
    if levels:
        best = levels[0][0]
        if ticks >= best if trial.side is Side.BUY else ticks <= best:
            raise PostOnlyWouldMatch(details={"best_price": plain(trial.market.units.price(best))})


def _check_market(trial: _Trial) -> int:
    """What a market order would spend now: tick-lots for a buy, lots for a sale."""
    lowest, highest = trial.band
    counted = trial.counted
    value = sold = 0
    for ticks, lots in trial.levels():
        if ticks > highest if trial.side is Side.BUY else ticks < lowest:
            break
        take = min(lots, counted.lots - sold) if counted.lots else min(lots, (counted.value - value) // ticks)
        value += take * ticks
        sold += take
        if take < lots:
            break
    refuse(value_refusal(trial.market.rules, value), trial.market)
    return value if trial.side is Side.BUY else sold


def _check_funds(trial: _Trial, need: int) -> None:
    market = trial.market
    asset = market.quote if trial.side is Side.BUY else market.base
    available = available_balance(account_id=trial.account_id, asset_id=asset.id)
    freed = _freed_atoms(trial)
    factor = market.units.quote_atoms_per_tick_lot if trial.side is Side.BUY else market.units.base_atoms_per_lot
    if to_atoms(available, asset.scale) + freed < need * factor:
        required = market.units.quote_amount(need) if trial.side is Side.BUY else market.units.quantity(need)
        raise InsufficientBalance(
            details={"asset": asset.symbol, "required": plain(required), "available": plain(available)}
        )


def _freed_atoms(trial: _Trial) -> int:
    """What the order that is replaced holds of the asset that the new one needs."""
    replaced = trial.replaced
    if replaced is None or replaced.side is not trial.side:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(locked), 0) FROM matching_order WHERE id = ANY(%s)",
            [[replaced.id, replaced.other_leg_id or 0]],
        )
        (locked,) = cursor.fetchone()
    scale = trial.market.quote.scale if trial.side is Side.BUY else trial.market.base.scale
    return to_atoms(locked, scale)
