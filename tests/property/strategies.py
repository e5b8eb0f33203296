"""Commands that anyone may send: small prices and quantities, so that orders meet."""

from dataclasses import replace

from hypothesis import strategies as st

from matching.engine.commands import (
    Amend,
    BustTrade,
    Cancel,
    CancelAll,
    Command,
    Place,
    PlaceOco,
    SetCountdown,
    SetRules,
    SetState,
    Tick,
)
from matching.engine.types import (
    MARKET_TYPES,
    WAITING_TYPES,
    MarketRules,
    MarketState,
    OrderType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)

ACCOUNTS = (1, 2, 3, 4, 5)
STP_GROUPS = {1: 1, 2: -23, 3: -23, 4: 0, 5: 5}
"""Accounts 2 and 3 belong together; 4 belongs to no group and may trade with itself."""
SHORT_US, LONG_US = 40, 30_000_000
TIMES_IN_FORCE = {
    OrderType.MARKET: list(TimeInForce),
    OrderType.LIMIT: [TimeInForce.GTC, *TimeInForce],
    OrderType.STOP_LIMIT: list(TimeInForce),
    OrderType.TAKE_PROFIT_LIMIT: list(TimeInForce),
}
TAKE_PROFITS = (OrderType.TAKE_PROFIT, OrderType.TAKE_PROFIT_LIMIT)
STAYS = [TimeInForce.GTC, TimeInForce.GTC, TimeInForce.GTD]

lots = st.integers(1, 8)
near_ticks = st.one_of(st.integers(97, 103), st.integers(92, 108))
sides = st.sampled_from(Side)
accounts = st.sampled_from(ACCOUNTS)
modes = st.sampled_from([SelfTradePrevention.EXPIRE_TAKER, *SelfTradePrevention])
order_types = st.sampled_from([OrderType.LIMIT, OrderType.LIMIT, OrderType.MARKET, *OrderType])
waits_us = st.sampled_from([1, SHORT_US, 1_000, 400_000, 2_000_000, LONG_US, 70_000_000])

FREE_RULES = MarketRules(1, 0, 0, 0, 1, 0, 0, 100, protection_ppm=50_000)
"""Little is limited."""
LIMITS: dict[str, list[int]] = {
    "price_band_ppm": [30_000, 75_000],
    "max_order_value": [600],
    "max_open_orders": [3, 8],
    "min_lots": [2],
    "max_lots": [7],
    "min_value": [200],
    "initial_ticks": [0],
    "tick_multiple": [2, 5],
    "lot_multiple": [2],
    "static_band_ppm": [60_000],
    "protection_ppm": [0, 15_000],
    "breaker_ppm": [25_000, 50_000],
    "max_stop_orders": [2],
    "max_order_rate": [8],
}


@st.composite
def all_market_rules(draw: st.DrawFn) -> MarketRules:
    """Two or three limits at a time: with all of them most orders would be refused."""
    limited = draw(st.lists(st.sampled_from(sorted(LIMITS)), max_size=3, unique=True))
    limits = {name: draw(st.sampled_from(LIMITS[name])) for name in limited}
    return replace(
        FREE_RULES,
        breaker_window_us=draw(st.sampled_from([20, 640, 60_000_000])),
        halt_us=draw(st.sampled_from([0, SHORT_US, 1_000_000])),
        auction_us=draw(st.sampled_from([0, SHORT_US, 1_000_000])),
        **limits,
    )


market_rules = all_market_rules()


def order(
    account_id: int,
    side: Side,
    order_type: OrderType = OrderType.LIMIT,
    time_in_force: TimeInForce = TimeInForce.GTC,
    *,
    ticks: int = 0,
    quantity: int = 0,
) -> Place:
    """Its id is given when it is sent."""
    return Place(
        order_id=0,
        account_id=account_id,
        side=side,
        order_type=order_type,
        time_in_force=time_in_force,
        post_only=False,
        ticks=ticks,
        lots=quantity,
        value=0,
        maker_ppm=1_000 + account_id,
        taker_ppm=1_500 + account_id,
        stp_group=STP_GROUPS[account_id],
        expires_at_us=0,
        refusal=None,
    )


@st.composite
def places(draw: st.DrawFn, types: st.SearchStrategy[OrderType] = order_types) -> Place:
    """A well-formed order of any kind. `good_till_us` is counted from the moment it is sent."""
    order_type, side = draw(types), draw(sides)
    in_force = draw(st.sampled_from(TIMES_IN_FORCE.get(order_type, STAYS)))
    place = replace(order(draw(accounts), side, order_type, in_force, quantity=draw(lots)), stp_mode=draw(modes))
    if in_force == TimeInForce.GTD and order_type != OrderType.MARKET:
        place = replace(place, good_till_us=draw(waits_us))
    if order_type not in MARKET_TYPES:
        place = replace(place, ticks=draw(near_ticks))
    elif draw(st.booleans()) and not (order_type in WAITING_TYPES and side == Side.SELL):
        place = replace(place, lots=0, value=draw(st.integers(90, 1_200)))
    if order_type == OrderType.TRAILING_STOP:
        place = replace(place, trailing_ppm=draw(st.sampled_from([5_000, 15_000, 30_000, 70_000])))
    elif order_type in WAITING_TYPES:
        rises = (side == Side.BUY) != (order_type in TAKE_PROFITS)
        distance = draw(st.integers(-1, 6))
        place = replace(place, trigger_ticks=100 + distance if rises else 100 - distance)
    if order_type == OrderType.ICEBERG:
        shown = draw(st.integers(1, 3))
        place = replace(place, display_lots=shown, lots=shown + draw(lots))
    elif order_type == OrderType.LIMIT and in_force in STAYS:
        place = replace(place, post_only=draw(st.booleans()) and draw(st.booleans()))
    return place


@st.composite
def odd_places(draw: st.DrawFn) -> Place:
    """An order with something about it that no market takes."""
    place = draw(places())
    changes: list[dict[str, object]] = [
        {"ticks": draw(st.sampled_from([0, -1, 1, 200, 2**53]))} if place.ticks else {"lots": 0, "value": -1},
        {"lots": draw(st.sampled_from([-1, 0, 20, 2**53]))},
        {"value": draw(st.sampled_from([-1, 1, 150]))},
        {"time_in_force": draw(st.sampled_from([TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK]))},
        {"post_only": True},
        {"display_lots": draw(st.integers(0, 9))},
        {"trailing_ppm": draw(st.sampled_from([-1, 0, 1, 1_000_000]))},
        {"time_in_force": TimeInForce.GTD, "good_till_us": draw(st.sampled_from([-1, 0, 1]))},
    ]
    if place.trigger_ticks:
        changes.append({"trigger_ticks": draw(st.sampled_from([0, -1, 1, 2**53]))})
    return replace(place, **draw(st.sampled_from(changes)))  # type: ignore[arg-type]


@st.composite
def oco_orders(draw: st.DrawFn) -> PlaceOco:
    side, account_id = draw(sides), draw(accounts)
    sign = 1 if side == Side.BUY else -1
    trigger_ticks = 100 + sign * draw(st.integers(-1, 6))
    return PlaceOco(
        order_id=0,
        stop_order_id=0,
        account_id=account_id,
        side=side,
        lots=draw(lots),
        ticks=100 - sign * draw(st.integers(-1, 6)),
        trigger_ticks=trigger_ticks,
        stop_ticks=draw(st.sampled_from([0, trigger_ticks, trigger_ticks + 2 * sign])),
        maker_ppm=1_000 + account_id,
        taker_ppm=1_500 + account_id,
        stp_group=STP_GROUPS[account_id],
        stp_mode=draw(modes),
        expires_at_us=0,
        refusal=None,
    )


def amend(target_order_id: int, account_id: int, ticks: int, quantity: int) -> Amend:
    """Its fee rates are other ones than those the order came in with."""
    return Amend(
        command_id=0,
        target_order_id=target_order_id,
        account_id=account_id,
        ticks=ticks,
        lots=quantity,
        maker_ppm=2_000 + account_id,
        taker_ppm=2_500 + account_id,
        stp_group=STP_GROUPS[account_id],
        expires_at_us=0,
        refusal=None,
    )


reasons = st.sampled_from(["CANCELLED_BY_OWNER", "CANCELLED_ON_DISCONNECT", "CANCELLED_BY_STAFF"])
cancel_alls = st.builds(
    CancelAll, st.just(0), st.sampled_from([0, *ACCOUNTS]), st.sampled_from([None, None, *Side]), reasons
)
countdowns = st.builds(SetCountdown, st.just(0), accounts, st.sampled_from([0, 15, SHORT_US, 1_000, LONG_US]))
numbers = st.integers(1, 60)
bust_refusals = st.sampled_from([None, "INSUFFICIENT_BALANCE", "TRADE_ALREADY_BUSTED"])
busts = st.builds(
    BustTrade, st.just(0), numbers, numbers, numbers, st.sampled_from(Side), numbers, numbers, bust_refusals
)

any_commands: st.SearchStrategy[Command] = st.one_of(
    places(),
    places(),
    places(),
    odd_places(),
    oco_orders(),
    st.builds(amend, numbers, accounts, st.one_of(st.just(0), near_ticks), st.integers(0, 9)),
    st.builds(Cancel, st.just(0), numbers, accounts),
    cancel_alls,
    countdowns,
    busts,
    st.builds(SetState, st.just(0), st.sampled_from(MarketState), st.just("test")),
    st.builds(SetRules, st.just(0), st.integers(1, 2), market_rules),
    st.just(Tick(0)),
)
