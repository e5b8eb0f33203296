"""Staff's word to a market."""

from matching.answers import wake_worker
from matching.engine.types import MarketState
from matching.models import CommandKind
from matching.selectors.markets import forget_markets, market_by_symbol
from matching.services.command_log import run_statement

MAX_REASON_LENGTH = 200

_INSERT = f"""
    INSERT INTO matching_command
        (shard_id, market_id, rules_version, account_id, kind, side, order_type, time_in_force, post_only, ticks, lots,
         value, target_order_id, state, reason, reply_to, request_id)
    VALUES (%(shard)s, %(market)s, %(rules)s, NULL, {int(CommandKind.SET_STATE)}, 0, 0, 0, false, 0, 0, 0, 0,
            %(state)s, %(reason)s, '', %(request_id)s)
    RETURNING id
"""  # noqa: S608  constants only


def set_market_state(*, symbol: str, state: MarketState, reason: str, request_id: str = "") -> int:
    """Ask the engine to halt, close or open a market; returns the id of the command.

    Takes effect in its place among the orders: those accepted before are matched first. Raises UnknownMarket.
    """
    market = market_by_symbol(symbol)
    row = run_statement(
        _INSERT,
        {
            "shard": market.shard_id,
            "market": market.id,
            "rules": market.rules.version,
            "state": int(state),
            "reason": reason[:MAX_REASON_LENGTH],
            "request_id": request_id,
        },
    )
    forget_markets()
    wake_worker(market.shard_name)
    return int(row[0]) if row else 0
