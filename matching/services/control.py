"""Staff's word to a market: a command in its log, and a line that says who and why, in one database transaction."""

from collections.abc import Callable, Mapping

from django.db import transaction

from accounts.models import User
from accounts.staff import record_staff_action
from kernel.errors import invariant
from matching.answers import wake_worker
from matching.engine.types import MarketState
from matching.models import CommandKind
from matching.selectors.markets import MarketView, forget_markets, market_by_symbol
from matching.services.command_log import run_statement

MAX_REASON_LENGTH = 200

_INSERT = """
    INSERT INTO matching_command
        (shard_id, market_id, rules_version, account_id, kind, side, order_type, time_in_force, post_only, ticks, lots,
         value, target_order_id, state, reason, reply_to, request_id, rules)
    VALUES (%(shard)s, %(market)s, %(rules_version)s, NULL, %(kind)s, 0, 0, 0, false, 0, 0, 0, %(target)s,
            %(state)s, %(reason)s, '', %(request_id)s, %(rules)s::text::jsonb)
    RETURNING id
"""


def set_market_state(
    *, symbol: str, state: MarketState, reason: str, by: User | None = None, request_id: str = ""
) -> int:
    """Ask the engine to halt, close or open a market; returns the id of the command.

    Takes effect in its place among the orders: those accepted before are matched first. `reason` is shown to traders.
    `by` is None where the exchange does it by itself. Raises UnknownMarket; ReasonMissing where a person gives none.
    """
    market = market_by_symbol(symbol)
    return log_market_command(
        market=market,
        kind=CommandKind.SET_STATE,
        state=state,
        reason=reason,
        request_id=request_id,
        audit=None
        if by is None
        else lambda command_id: record_staff_action(
            by=by,
            subject_kind="market",
            subject=market.symbol,
            action="state",
            old={"state": market.state.name},
            new={"state": state.name},
            reason=reason,
            command_id=command_id,
        ),
    )


def cancel_market_orders(*, symbol: str, by: User, reason: str, request_id: str = "") -> int:
    """Ask the engine to cancel every open order of a market; returns the id of the command.

    Raises UnknownMarket, ReasonMissing.
    """
    market = market_by_symbol(symbol)
    return log_market_command(
        market=market,
        kind=CommandKind.CANCEL_ALL,
        reason=reason,
        request_id=request_id,
        audit=lambda command_id: record_staff_action(
            by=by,
            subject_kind="market",
            subject=market.symbol,
            action="cancel all orders",
            reason=reason,
            command_id=command_id,
        ),
    )


def log_market_command(
    *,
    market: MarketView,
    kind: CommandKind,
    audit: Callable[[int], object] | None,
    reason: str,
    state: MarketState | None = None,
    target_order_id: int = 0,
    rules: str | None = None,
    request_id: str = "",
) -> int:
    """Add a command without an account to the log and wake the worker once it is committed; returns its id.

    `audit` is told the id and writes down who it was, in the same database transaction.
    """
    parameters: Mapping[str, object] = {
        "shard": market.shard_id,
        "market": market.id,
        "rules_version": market.rules.version,
        "kind": int(kind),
        "target": target_order_id,
        "state": int(state or 0),
        "reason": reason[:MAX_REASON_LENGTH],
        "request_id": request_id,
        "rules": rules,
    }
    with transaction.atomic():
        row = run_statement(_INSERT, parameters)
        invariant(row is not None, "an inserted command has an id")
        command_id = int(row[0]) if row else 0
        if audit is not None:
            audit(command_id)
        transaction.on_commit(forget_markets)
        transaction.on_commit(lambda: wake_worker(market.shard_name))
    return command_id
