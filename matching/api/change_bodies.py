"""The bodies of everything about orders but the placing of one: amendments, lists of orders, countdowns, defaults.

Every reader raises UnknownField, FieldInvalid and the number errors of `kernel.units`.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from kernel.errors import BourseError
from ledger.api.parameters import refuse_unknown
from matching.api.body import (
    CLIENT_ORDER_ID,
    invalid,
    read_amount,
    read_batched_order,
    read_prevention,
    read_symbol,
    read_wait,
)
from matching.engine.types import SelfTradePrevention
from matching.services import MOST_TOGETHER, Amendment, OrderRequest

AMENDMENT_FIELDS = frozenset({"price", "quantity", "response"})
BATCH_FIELDS = frozenset({"orders", "response"})
CANCEL_BATCH_FIELDS = frozenset({"order_ids", "client_order_ids", "response"})
COUNTDOWN_FIELDS = frozenset({"timeout_ms", "symbol", "response"})
SETTINGS_FIELDS = frozenset({"self_trade_prevention"})

SHORTEST_COUNTDOWN_MS = 1_000
LONGEST_COUNTDOWN_MS = 24 * 60 * 60 * 1_000

_LONGEST_NAME = 64


class AmendBody(NamedTuple):
    amendment: Amendment
    wait: bool


class BatchBody(NamedTuple):
    """Orders that could be read, and in the place of the others why they could not."""

    orders: list[OrderRequest | BourseError]
    wait: bool


class CancelBatchBody(NamedTuple):
    """Orders by their id, as it was written, then orders by the client's own id."""

    order_ids: list[str]
    client_order_ids: list[str]
    wait: bool


class CountdownBody(NamedTuple):
    """`symbol` None: all markets; `timeout_ms` 0: no countdown."""

    timeout_ms: int
    symbol: str | None
    wait: bool


def read_amend_body(body: Mapping[str, Any]) -> AmendBody:
    """The body of PATCH orders/{id}."""
    refuse_unknown(body, AMENDMENT_FIELDS)
    return AmendBody(Amendment(read_amount(body, "price"), read_amount(body, "quantity")), read_wait(body))


def read_batch_body(body: Mapping[str, Any]) -> BatchBody:
    """The body of POST orders/batch."""
    refuse_unknown(body, BATCH_FIELDS)
    written = body.get("orders")
    if not isinstance(written, list) or not 0 < len(written) <= MOST_TOGETHER:
        invalid("orders", f"A list of 1 to {MOST_TOGETHER} orders.")
    return BatchBody([_read_or_refuse(order) for order in written], read_wait(body))


def read_cancel_batch_body(body: Mapping[str, Any]) -> CancelBatchBody:
    """The body of DELETE orders/batch."""
    refuse_unknown(body, CANCEL_BATCH_FIELDS)
    order_ids, client_order_ids = _texts(body, "order_ids"), _texts(body, "client_order_ids")
    if not 0 < len(order_ids) + len(client_order_ids) <= MOST_TOGETHER:
        invalid("order_ids", f"1 to {MOST_TOGETHER} orders, client_order_ids included.")
    return CancelBatchBody(order_ids, client_order_ids, read_wait(body))


def read_countdown_body(body: Mapping[str, Any]) -> CountdownBody:
    """The body of POST orders/cancel-all-after."""
    refuse_unknown(body, COUNTDOWN_FIELDS)
    timeout_ms = body.get("timeout_ms")
    if not isinstance(timeout_ms, int) or isinstance(timeout_ms, bool) or not _is_timeout(timeout_ms):
        invalid("timeout_ms", f"0, or a number from {SHORTEST_COUNTDOWN_MS} to {LONGEST_COUNTDOWN_MS}.")
    symbol = None if body.get("symbol") is None else read_symbol(body)
    return CountdownBody(timeout_ms, symbol, read_wait(body))


def read_settings_body(body: Mapping[str, Any]) -> SelfTradePrevention:
    """The body of PATCH account/trading."""
    refuse_unknown(body, SETTINGS_FIELDS)
    return read_prevention(body)


def is_client_order_id(text: str) -> bool:
    """Whether a client can have named an order so."""
    return CLIENT_ORDER_ID.fullmatch(text) is not None


def _is_timeout(milliseconds: int) -> bool:
    return milliseconds == 0 or SHORTEST_COUNTDOWN_MS <= milliseconds <= LONGEST_COUNTDOWN_MS


def _read_or_refuse(order: Any) -> OrderRequest | BourseError:
    try:
        return read_batched_order(order)
    except BourseError as refusal:
        return refusal


def _texts(body: Mapping[str, Any], field: str) -> list[str]:
    texts = body.get(field)
    if texts is None:
        return []
    if not isinstance(texts, list) or not all(isinstance(text, str) and len(text) <= _LONGEST_NAME for text in texts):
        invalid(field, "A list of ids.")
    if len(set(texts)) != len(texts):
        invalid(field, "Each order once.")
    return texts
