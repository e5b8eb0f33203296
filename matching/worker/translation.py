"""From the rows of the command log to what the engine understands; the worker and a replay share it."""

from typing import NamedTuple

from matching.engine.commands import Cancel, CancelAll, Command, Place, SetRules, SetState
from matching.engine.types import EVERYBODY, MarketState, OrderType, Side, TimeInForce
from matching.models import CommandKind
from matching.rules import LoggedRules

_SIDES = {int(member): member for member in Side}
_ORDER_TYPES = {int(member): member for member in OrderType}
_TIMES_IN_FORCE = {int(member): member for member in TimeInForce}
_PLACE, _CANCEL, _CANCEL_ALL = int(CommandKind.PLACE), int(CommandKind.CANCEL), int(CommandKind.CANCEL_ALL)
_SET_RULES = int(CommandKind.SET_RULES)

COMMAND_COLUMNS = """
    c.id, c.xact_number, c.market_id, c.account_id, c.kind, c.side, c.order_type, c.time_in_force, c.post_only,
    c.ticks, c.lots, c.value, c.client_order_id,
    coalesce((extract(epoch FROM c.expires_at) * 1000000)::bigint, 0), c.target_order_id, c.state, c.reason, c.reply_to,
    c.rules::text, c.request_id
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


class Facts(NamedTuple):
    """What the engine is told about an account besides the command; stored with the outcome, so that replays agree."""

    refusal: str | None
    maker_ppm: int
    taker_ppm: int


NO_FACTS = Facts(None, 0, 0)


def to_engine(command: LoggedCommand, facts: Facts) -> Command:
    """The engine's command. Self-trade prevention groups are accounts."""
    account_id = command.account_id or 0
    kind = command.kind
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
            account_id,
            command.expires_at_us,
            facts.refusal,
        )
    if kind == _CANCEL:
        return Cancel(command.command_id, command.target_order_id, account_id)
    if kind == _CANCEL_ALL:
        return CancelAll(command.command_id, account_id or EVERYBODY)
    if kind == _SET_RULES:
        rules = LoggedRules.read(command.rules)
        return SetRules(command.command_id, rules.before.version, rules.after)
    return SetState(command.command_id, MarketState(command.state), command.reason)
