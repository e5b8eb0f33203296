"""The rows of a batch, but for balances and journal, which are in the working copy."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from matching.engine.events import Traded
from matching.rules import LoggedRules
from matching.worker.logged_trades import LoggedTrade
from matching.worker.markets import LiveMarket, StateNotice
from matching.worker.working_copy import LockedBalance, WorkingBalance


class OrderTerms(NamedTuple):
    """What an order asked for when it came in, in ticks, lots and tick-lots; 0 or None where it said nothing."""

    side: int
    order_type: int
    time_in_force: int
    post_only: bool
    ticks: int
    lots: int
    value: int
    client_order_id: str | None
    stp_mode: int
    display_lots: int
    trigger_ticks: int
    trailing_ppm: int
    good_till_us: int
    other_leg: int


@dataclass(slots=True)
class OrderChange:
    """What a batch does to one order.

    `terms` is set where the batch also brought the order into being. Sums are of the batch; of all other fields None
    means that they stay as they were.
    """

    market: LiveMarket
    account_id: int
    side: int
    """0 where nothing that happened depends on it."""
    terms: OrderTerms | None = None
    maker_ppm: int | None = None
    taker_ppm: int | None = None
    stp_group: int | None = None
    filled_lots: int = 0
    filled_value: int = 0
    prevented_lots: int = 0
    locked: int = 0
    """By how much its lock grows: tick-lots of a purchase, lots of a sale."""
    status: int = 0
    """0: as it was. OPEN stands for PARTIAL where the order traded in an earlier batch."""
    reason: str = ""
    priority: int | None = None
    is_waiting: bool | None = None
    is_triggered: bool = False
    ticks: int | None = None
    lots: int | None = None
    trigger_ticks: int | None = None
    extreme_ticks: int | None = None
    protection_ticks: int | None = None
    visible_lots: int | None = None
    visible_taken: int = 0
    """Lots that have left the visible part since `visible_lots` was told, or since the start of the batch."""
    has_new_terms: bool = False
    """More changed than a fill or an end changes."""


class TradeRow(NamedTuple):
    """A trade with its fees in atoms. In an auction the older order counts as the maker."""

    trade_id: int
    market: LiveMarket
    traded: Traded
    maker_fee: int
    taker_fee: int


class BustRow(NamedTuple):
    """What became of the bust of a trade."""

    command_id: int
    market: LiveMarket
    trade: LoggedTrade
    code: str | None
    """Why nothing went back; None where it did."""


class OutcomeRow(NamedTuple):
    """What became of a command, and the inputs that came from outside the log."""

    command_id: int
    code: str | None
    refusal: str | None
    lockable: bool | None
    maker_ppm: int
    taker_ppm: int
    stp_group: int | None


class UserEventRow(NamedTuple):
    """Something to tell an account. `payload` is JSON-able, in ticks, lots, tick-lots and atoms.

    order      what became of an order that has just acted (placed, triggered, amended), with its fills as a taker
    fill       a resting order traded
    closed     an open order ended otherwise than by being filled
    triggered  a waiting order has met its price; `order` follows
    trailing   the trigger of a trailing stop followed the price
    amended    an order has other terms and kept its place; of one that lost it `order` tells, with `amended`
    reduced    self-trade prevention took lots off a resting order
    bust       a trade of the order was undone; of one with oneself each order is told
    countdown  all orders of the account in the market end at that moment, unless it is put off; 0 = they do not

    `order` says nothing of rarer terms (`OrderTerms` from `stp_mode` on, `waiting`, `prevented_lots`, `visible_lots`,
    `protection_ticks`, `triggered`) where there is nothing to say: no default is written a million times a day.

    The last event of an account in a batch also has `balances`: what the batch changed for it, as it is at the end of
    the batch: asset, available, locked, version.
    """

    account_id: int
    command_id: int
    payload: dict[str, object]


class Unfinished(NamedTuple):
    """A message about an order of an earlier batch: its terms and earlier fills stand in the order's row."""

    order_id: int
    message: dict[str, object]


@dataclass(slots=True)
class Collected:
    """All rows of a batch but balances and journal, which are in the working copy."""

    outcomes: list[OutcomeRow] = field(default_factory=list)
    orders: dict[int, OrderChange] = field(default_factory=dict)
    trades: list[TradeRow] = field(default_factory=list)
    busts: list[BustRow] = field(default_factory=list)
    user_events: list[UserEventRow] = field(default_factory=list)
    event_numbers: list[int] = field(default_factory=list)
    """Of each user event, set when it is written."""
    event_payloads: list[bytes] = field(default_factory=list)
    """Of each user event, as JSON."""
    unfinished: list[Unfinished] = field(default_factory=list)
    """Messages to complete before they are written; see `order_terms`."""
    answers: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    markets: dict[int, LiveMarket] = field(default_factory=dict)
    states: dict[int, StateNotice] = field(default_factory=dict)
    """Of each market whose state changed, the last change."""
    limits: dict[int, LoggedRules] = field(default_factory=dict)
    """Of each market whose rules changed, those in force at the end of the batch."""
    memories: dict[int, str] = field(default_factory=dict)
    """Of each market, what its engine remembers at the end of the batch, as JSON; set when it is written."""


def add_balances(
    user_events: list[UserEventRow], touched: Iterable[WorkingBalance], locked: dict[int, LockedBalance]
) -> None:
    """Tell each account with its last event of the batch what became of the balances that changed."""
    last_event = {event.account_id: event.payload for event in user_events}
    changed: defaultdict[int, list[tuple[int, str, str, int]]] = defaultdict(list)
    for balance in touched:
        if balance.account_id in last_event and (balance.available_delta or balance.locked_delta):
            before = locked[balance.balance_id]
            changed[balance.account_id].append(
                (
                    balance.asset_id,
                    str(before.available + balance.available_delta),
                    str(before.locked + balance.locked_delta),
                    before.version + 1,
                )
            )
    for account_id, balances in changed.items():
        last_event[account_id]["balances"] = balances
