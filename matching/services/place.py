"""Acceptance of an order: checked, then committed to the command log in one statement together with its client's key.

The first commit under a (account, client_order_id) is the order; whatever comes later under the same key finds it.
"""

from dataclasses import dataclass
from datetime import datetime

from kernel.errors import BourseError, invariant
from matching.answers import Answer, wait_for_answer, wake_worker
from matching.errors import ClientOrderIdConflict
from matching.models import CommandKind
from matching.selectors.markets import MarketView, market_by_symbol
from matching.services.command_log import INSERT_COLUMNS, run_statement
from matching.services.load import refuse_if_busy
from matching.services.requests import CountedOrder, OrderRequest, check_request

LIFE_OF_IMMEDIATE_ORDERS_SECONDS = 5
"""MARKET, IOC and FOK mean now: an order that the engine meets later expires, so an outage fires none at new prices."""

_VALUES = f"""
    %(shard)s::bigint, %(market)s::bigint, %(rules)s::int, %(account)s::bigint, {int(CommandKind.PLACE)},
    %(side)s::smallint, %(type)s::smallint, %(time_in_force)s::smallint, %(post_only)s::boolean, %(ticks)s::bigint,
    %(lots)s::bigint, %(value)s::bigint, %(client_order_id)s::text,
    CASE WHEN %(is_immediate)s::boolean
         THEN clock_timestamp() + make_interval(secs => {LIFE_OF_IMMEDIATE_ORDERS_SECONDS}) END,
    0, 0, '', %(reply_to)s::text, %(request_id)s::text
"""
_INSERT = f"""
    INSERT INTO matching_command {INSERT_COLUMNS} SELECT bourse_next_id(), {_VALUES} RETURNING id, accepted_at
"""
_INSERT_ONCE = f"""
    WITH key AS (
        INSERT INTO matching_clientorderkey (account_id, client_order_id, input_hash, command_id)
        VALUES (%(account)s::bigint, %(client_order_id)s::text, %(input_hash)s::bytea, bourse_next_id())
        ON CONFLICT (account_id, client_order_id) DO NOTHING RETURNING command_id
    )
    INSERT INTO matching_command {INSERT_COLUMNS} SELECT command_id, {_VALUES} FROM key RETURNING id, accepted_at
"""  # noqa: S608  constants only
_FIRST_USE = """
    SELECT command_id, input_hash FROM matching_clientorderkey
    WHERE account_id = %(account)s AND client_order_id = %(client_order_id)s
"""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What is known of an order that this very request placed."""

    market: MarketView
    counted: CountedOrder
    accepted_at: datetime
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
            order_id, accepted_at = row
            wake_worker(market.shard_name)
            return PlaceReceipt(order_id, Acceptance(market, counted, accepted_at, waiting.result(order_id)))
    first = find_first_use(account_id=account_id, request=request)
    invariant(first is not None, "a client order id that is taken leads to its order")
    return PlaceReceipt(first or 0, None)


def find_first_use(*, account_id: int, request: OrderRequest) -> int | None:
    """Id of the order that was placed under the request's client_order_id, if there is one.

    Raises ClientOrderIdConflict where that order's content was another.
    """
    if request.client_order_id is None:
        return None
    row = run_statement(_FIRST_USE, {"account": account_id, "client_order_id": request.client_order_id})
    if row is None:
        return None
    order_id, input_hash = row
    if bytes(input_hash) != request.input_hash():
        raise ClientOrderIdConflict(details={"order_id": str(order_id)})
    return int(order_id)


def _parameters(
    account_id: int, request: OrderRequest, market: MarketView, counted: CountedOrder, reply_to: str, request_id: str
) -> dict[str, object]:
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
    }
