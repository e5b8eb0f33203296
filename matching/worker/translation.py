"""From the rows of the command log to what the engine understands; the worker and a replay share it."""

from typing import NamedTuple

from matching.engine.codes import CANCELLED_BY_OWNER
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
from matching.engine.types import EVERYBODY, MarketState, OrderType, SelfTradePrevention, Side, TimeInForce
from matching.models import CommandKind
from matching.rules import LoggedRules
from matching.worker.logged_trades import LoggedTrade

_SIDES = {int(member): member for member in Side}
_ORDER_TYPES = {int(member): member for member in OrderType}
_TIMES_IN_FORCE = {int(member): member for member in TimeInForce}
_STP_MODES = {int(member): member for member in SelfTradePrevention}
_PLACE, _PLACE_OCO, _AMEND = int(CommandKind.PLACE), int(CommandKind.PLACE_OCO), int(CommandKind.AMEND)
_CANCEL, _CANCEL_ALL = int(CommandKind.CANCEL), int(CommandKind.CANCEL_ALL)
_SET_RULES, _SET_STATE = int(CommandKind.SET_RULES), int(CommandKind.SET_STATE)
_SET_COUNTDOWN, _BUST_TRADE = int(CommandKind.SET_COUNTDOWN), int(CommandKind.BUST_TRADE)

COMMAND_COLUMNS = """
    c.id, c.xact_number, c.market_id, c.account_id, c.kind, c.side, c.order_type, c.time_in_force, c.post_only,
    c.ticks, c.lots, c.value, c.client_order_id,
    coalesce((extract(epoch FROM c.expires_at) * 1000000)::bigint, 0), c.target_order_id, c.state, c.reason, c.reply_to,
    c.rules::text, c.request_id, c.stp_mode, c.display_lots, c.trigger_ticks, c.trailing_ppm,
    coalesce((extract(epoch FROM c.good_till) * 1000000)::bigint, 0), c.replaces, c.stop_ticks, c.countdown_us
"""
"""The columns of `matching_command c` in the order of `LoggedCommand`."""


class LoggedCommand(NamedTuple):
    """A row of the command log, as far as the engine and the settlement need it."""

    command_id: int
    xact_number: int
    market_id: int
    account_id: int | None
    kind: int
    side: int
    order_type: int
    time_in_force: int
    post_only: bool
    ticks: int
    lots: int
    value: int
    client_order_id: str | None
    expires_at_us: int
    target_order_id: int
    state: int
    reason: str
    reply_to: str
    rules: str | None = None
    """JSON, as `matching.rules.LoggedRules` writes it."""
    request_id: str = ""
    stp_mode: int = 1
    display_lots: int = 0
    trigger_ticks: int = 0
    trailing_ppm: int = 0
    good_till_us: int = 0
    replaces: int = 0
    stop_ticks: int = 0
    countdown_us: int = 0


class Facts(NamedTuple):
    """What the engine is told about an account besides the command; stored with the outcome, so that replays agree."""

    refusal: str | None
    maker_ppm: int
    taker_ppm: int
    stp_group: int | None = None
    """The self-trade group; None: the account itself."""
    position_limit: int | None = None
    """The most base atoms the account may have; what follows from it is a refusal, so it is not stored by itself."""
    trade: LoggedTrade | None = None
    """BUST_TRADE: the trade it names. Trades never change, so a replay reads it again."""


NO_FACTS = Facts(None, 0, 0)


def to_engine(command: LoggedCommand, facts: Facts) -> Command:
    """The engine's command."""
    account_id = command.account_id or 0
    kind = command.kind
    stp_group = account_id if facts.stp_group is None else facts.stp_group
    if kind == _PLACE:
        return Place(
            command.command_id,
            account_id,
            _SIDES[command.side],
            _ORDER_TYPES[command.order_type],
            _TIMES_IN_FORCE[command.time_in_force],
            command.post_only,
            command.ticks,
            command.lots,
            command.value,
            facts.maker_ppm,
            facts.taker_ppm,
            stp_group,
            command.expires_at_us,
            facts.refusal,
            _STP_MODES[command.stp_mode],
            command.display_lots,
            command.trigger_ticks,
            command.trailing_ppm,
            command.good_till_us,
            command.replaces,
        )
    if kind == _CANCEL:
        return Cancel(command.command_id, command.target_order_id, account_id)
    if kind == _CANCEL_ALL:
        side = _SIDES[command.side] if command.side else None
        # Why staff cancelled everybody's orders is said in words, and kept for the audit; orders carry a code.
        if not account_id:
            return CancelAll(command.command_id, EVERYBODY, side)
        return CancelAll(command.command_id, account_id, side, command.reason or CANCELLED_BY_OWNER)
    if kind == _AMEND:
        return Amend(
            command.command_id,
            command.target_order_id,
            account_id,
            command.ticks,
            command.lots,
            facts.maker_ppm,
            facts.taker_ppm,
            stp_group,
            command.expires_at_us,
            facts.refusal,
        )
    if kind == _PLACE_OCO:
        return PlaceOco(
            command.command_id,
            command.target_order_id,
            account_id,
            _SIDES[command.side],
            command.lots,
            command.ticks,
            command.trigger_ticks,
            command.stop_ticks,
            facts.maker_ppm,
            facts.taker_ppm,
            stp_group,
            _STP_MODES[command.stp_mode],
            command.expires_at_us,
            facts.refusal,
        )
    if kind == _SET_COUNTDOWN:
        return SetCountdown(command.command_id, account_id, command.countdown_us)
    if kind == _SET_RULES:
        rules = LoggedRules.read(command.rules)
        return SetRules(command.command_id, rules.before.version, rules.after)
    if kind == _SET_STATE:
        return SetState(command.command_id, MarketState(command.state), command.reason)
    if kind == _BUST_TRADE:
        trade = facts.trade
        assert trade is not None, "a bust is applied with its trade"
        return BustTrade(
            command.command_id,
            trade.number,
            trade.maker.order_id,
            trade.taker.order_id,
            trade.taker.side,
            trade.ticks,
            trade.lots,
            facts.refusal,
        )
    return Tick(command.command_id)
