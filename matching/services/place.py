"""Acceptance of an order: checked, then committed to the command log in one statement with its client's key."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from kernel.errors import BourseError, invariant
from matching.answers import Answer, wait_for_answer, wake_worker
from matching.engine.types import SelfTradePrevention
from matching.models import CommandKind
from matching.selectors.markets import MarketView, market_by_symbol
from matching.services.checks import check_request
from matching.services.client_keys import TAKE_KEY, find_first_use
from matching.services.command_log import INSERT_COLUMNS, run_statement
from matching.services.load import refuse_if_busy
from matching.services.requests import CountedOrder, OrderRequest

LIFE_OF_IMMEDIATE_ORDERS_SECONDS = 5
"""MARKET, IOC and FOK mean now: an order that the engine meets later expires, so an outage fires none at new prices."""

_VALUES = f"""
    %(shard)s::bigint, %(market)s::bigint, %(rules)s::int, %(account)s::bigint, {int(CommandKind.PLACE)},
    %(side)s::smallint, %(type)s::smallint, %(time_in_force)s::smallint, %(post_only)s::boolean, %(ticks)s::bigint,
    %(lots)s::bigint, %(value)s::bigint, %(client_order_id)s::text,
    CASE WHEN %(is_immediate)s::boolean
         THEN clock_timestamp() + make_interval(secs => {LIFE_OF_IMMEDIATE_ORDERS_SECONDS}) END,
    0, 0, '', %(reply_to)s::text, %(request_id)s::text,
    coalesce(%(stp_mode)s::smallint, (
        SELECT u.self_trade_prevention FROM ledger_account a JOIN accounts_user u ON u.id = a.user_id
        WHERE a.id = %(account)s::bigint), {int(SelfTradePrevention.EXPIRE_TAKER)}),
    %(display_lots)s::bigint, %(trigger_ticks)s::bigint, %(trailing_ppm)s::int, %(good_till)s::timestamptz,
    %(replaces)s::bigint, 0, 0
"""  # noqa: S608  constants only
_INSERT = f"""
    INSERT INTO matching_command {INSERT_COLUMNS} SELECT bourse_next_id(), {_VALUES}
    RETURNING id, accepted_at, stp_mode
"""
_INSERT_ONCE = f"""
    WITH key AS (
        INSERT INTO matching_clientorderkey (account_id, client_order_id, input_hash, command_id)
        VALUES (%(account)s::bigint, %(client_order_id)s::text, %(input_hash)s::bytea, bourse_next_id())
        {TAKE_KEY}
    )
    INSERT INTO matching_command {INSERT_COLUMNS} SELECT command_id, {_VALUES} FROM key
    RETURNING id, accepted_at, stp_mode
"""  # noqa: S608  constants only


class Acceptance(NamedTuple):
    """What is known of an order that this very request placed."""

    market: MarketView
    counted: CountedOrder
    accepted_at: datetime
    self_trade_prevention: SelfTradePrevention
    """The order's own, or the account's default at that moment."""
    answer: Answer | None
    """None where nobody waited, or the engine did not answer in time."""


@dataclass(frozen=True, slots=True)
class PlaceReceipt:
    """`acceptance` is None where an earlier request had placed the order."""

    order_id: int
    acceptance: Acceptance | None


def place_order(*, account_id: int, request: OrderRequest, wait: bool, request_id: str = "") -> PlaceReceipt:
    """Accept an order, and wait for the engine's word if asked to.

    Raises UnknownMarket, the refusals of `check_request`, ExchangeBusy, ClientOrderIdConflict; then nothing is
    written. A repeat under the same client_order_id writes nothing and returns the first order, even where the same
    request would be refused by now.
    """
    market = market_by_symbol(request.symbol)
    try:
        counted = check_request(request, market)
        refuse_if_busy()
    except BourseError:
        first = find_first_use(account_id=account_id, request=request)
        if first is None:
            raise
        return PlaceReceipt(first, None)
    with wait_for_answer(wanted=wait) as waiting:
        parameters = _parameters(account_id, request, market, counted, waiting.reply_to, request_id)
        row = run_statement(_INSERT if request.client_order_id is None else _INSERT_ONCE, parameters)
        if row is not None:
            order_id, accepted_at, stp_mode = row
            wake_worker(market.shard_name)
            mode = SelfTradePrevention(stp_mode)
            acceptance = Acceptance(market, counted, accepted_at, mode, waiting.result(order_id))
            return PlaceReceipt(order_id, acceptance)
    first = find_first_use(account_id=account_id, request=request, was_taken=True)
    invariant(first is not None, "a client order id that is taken leads to its order")
    return PlaceReceipt(first or 0, None)


def _parameters(
    account_id: int, request: OrderRequest, market: MarketView, counted: CountedOrder, reply_to: str, request_id: str
) -> dict[str, object]:
    mode = request.self_trade_prevention
    return {
        "shard": market.shard_id,
        "market": market.id,
        "rules": market.rules.version,
        "account": account_id,
        "side": int(request.side),
        "type": int(request.order_type),
        "time_in_force": int(request.time_in_force),
        "post_only": request.post_only,
        "ticks": counted.ticks,
        "lots": counted.lots,
        "value": counted.value,
        "client_order_id": request.client_order_id,
        "input_hash": request.input_hash() if request.client_order_id is not None else b"",
        "is_immediate": request.is_immediate,
        "reply_to": reply_to,
        "request_id": request_id,
        "stp_mode": None if mode is None else int(mode),
        "display_lots": counted.display_lots,
        "trigger_ticks": counted.trigger_ticks,
        "trailing_ppm": request.trailing_ppm or 0,
        "good_till": request.good_till,
        "replaces": request.replaces or 0,
    }
