"""Asking the balance processor for something: the one way to move money of users that is not a trade.

A request is a row of the log of funds. Its commit is its acceptance; what becomes of it is its outcome. The same
request id of the same origin is one request: repeated with the same content it is the first row again, with other
content it is a conflict.
"""

import time
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from django.db import connection, transaction

from kernel.errors import invariant
from kernel.units import STORED_DECIMALS, STORED_DIGITS, decimals_of
from ledger.errors import IdempotencyConflict, UnknownAsset
from storage.bulk import nullable_array, number_array, text_array
from storage.connections import ask_together, database_cursor
from wallet.core.operations import (
    PARTY_TYPES,
    Adjustment,
    InternalTransfer,
    Message,
    OperationKind,
    OperationMalformed,
    Party,
    Sweep,
    WithdrawReject,
    input_hash,
)
from wallet.core.states import WithdrawalState
from wallet.models import BalanceOperation, OperationOutcome
from wallet.waking import wake_processor

MOST_AT_ONCE = 20_000
"""Operations in one statement; more are inserted in several, in one database transaction."""
FIRST_LOOK_SECONDS = 0.004
SLOWEST_LOOK_SECONDS = 0.1

_ASSETS = "SELECT symbol, id, scale FROM ledger_asset"
_INSERT = """
    INSERT INTO wallet_balanceoperation (origin, request_id, input_hash, kind, account_id, asset_id, amount, message)
    SELECT %s, o.request_id, decode(o.input_hash, 'hex'), o.kind, o.account_id, o.asset_id, o.amount, o.message
    FROM unnest(%s::text[], %s::text[], %s::smallint[], %s::bigint[], %s::bigint[], %s::numeric[], %s::text[])
         WITH ORDINALITY AS o(request_id, input_hash, kind, account_id, asset_id, amount, message, row)
    ORDER BY o.row
    ON CONFLICT (origin, request_id) DO NOTHING
    RETURNING request_id, id
"""
# OFFSET 0: a look-up in the index for each request, however short the log was when the plan was made.
_FIRST_ROWS = """
    SELECT o.id, encode(o.input_hash, 'hex') FROM unnest(%s::text[]) WITH ORDINALITY AS r(request_id, row)
    CROSS JOIN LATERAL (
        SELECT l.id, l.input_hash FROM wallet_balanceoperation l
        WHERE l.origin = %s AND l.request_id = r.request_id OFFSET 0
    ) AS o ORDER BY r.row
"""

_ENDS_OF_A_REJECTION = {WithdrawalState.REJECTED, WithdrawalState.FAILED, WithdrawalState.CANCELLED}
_AMOUNTS = ("fee", "network_fee")
_TEXTS = {"rail": 20, "external_tx_id": 128, "reason": 200, "from_purpose": 40, "to_purpose": 40, "note": 200}
_MAY_BE_EMPTY = {"reason", "note"}
_PARTIES = ("source", "destination")
LONGEST_PARTY_TEXT = 200
_COUNTS = ("output_index", "confirmations")
_LARGEST_COUNT = 2**31 - 1
_ROWS = ("withdrawal_id", "deposit_id", "adjustment_id", "to_account_id")
_LARGEST_ID = 2**63 - 1


class KnownAsset(NamedTuple):
    """What has to be known of an asset to log an amount of it."""

    asset_id: int
    scale: int


def request_operation(*, origin: str, message: Message) -> BalanceOperation:
    """Log one operation; the processor is woken after the commit.

    `origin` says who asks: "user:17", "rail:sim", "staff:3", "system". Raises OperationMalformed, UnknownAsset, and
    IdempotencyConflict where the request id was used before with other content.
    """
    (operation_id,) = request_operations(origin=origin, messages=[message])
    return BalanceOperation.objects.get(pk=operation_id)


def request_operations(*, origin: str, messages: Sequence[Message]) -> list[int]:
    """Log many operations of one origin, all or none; their ids in the same order. Raises as `request_operation`."""
    if not 0 < len(origin) <= 40:
        raise OperationMalformed(details={"field": "origin"})
    ids: list[int] = []
    with transaction.atomic(), connection.wrap_database_errors:
        # Together with the beginning of the database transaction: this is the only way in for all that rails bring.
        (rows,) = ask_together((_ASSETS, ()))
        assets = {symbol: KnownAsset(asset_id, scale) for symbol, asset_id, scale in rows}
        for message in messages:
            _require_well_formed(message, assets)
        for first in range(0, len(messages), MOST_AT_ONCE):
            ids += _log(origin, messages[first : first + MOST_AT_ONCE], assets)
        transaction.on_commit(wake_processor)
    return ids


def wait_for_outcome(*, operation_id: int, seconds: float) -> OperationOutcome | None:
    """What became of the operation; None if nothing did in that time. Not to be called in a database transaction."""
    deadline = time.monotonic() + seconds
    pause = FIRST_LOOK_SECONDS
    while True:
        outcome: OperationOutcome | None = OperationOutcome.objects.filter(pk=operation_id).first()
        left = deadline - time.monotonic()
        if outcome is not None or left <= 0:
            return outcome
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, SLOWEST_LOOK_SECONDS)


def _log(origin: str, messages: Sequence[Message], assets: dict[str, KnownAsset]) -> list[int]:
    request_ids = [message.request_id for message in messages]
    texts = [message.canonical() for message in messages]
    hashes = [input_hash(text).hex() for text in texts]
    cursor = database_cursor()
    cursor.execute(
        _INSERT,
        (
            origin,
            text_array(request_ids),
            text_array(hashes),
            number_array([int(message.kind) for message in messages]),
            nullable_array([getattr(message, "account_id", 0) or None for message in messages]),
            number_array([assets[message.asset].asset_id for message in messages]),
            number_array([message.amount for message in messages]),
            text_array(texts),
        ),
    )
    new = dict(cursor.fetchall())
    if len(new) == len(messages):
        return [new[request_id] for request_id in request_ids]
    rows = cursor.execute(_FIRST_ROWS, (text_array(request_ids), origin)).fetchall()
    invariant(len(rows) == len(messages), "every request has a row")
    for message, asked, (_, found) in zip(messages, hashes, rows, strict=True):
        if found != asked:
            raise IdempotencyConflict(details={"request_id": message.request_id})
    return [int(operation_id) for operation_id, _ in rows]


def _require_well_formed(message: Message, assets: dict[str, KnownAsset]) -> None:
    """What can be said without looking at anybody's money."""
    asset = assets.get(message.asset)
    if asset is None:
        raise UnknownAsset(details={"asset": message.asset})
    _require(0 < len(message.request_id) <= 200, "request_id")
    _require_amount(message.amount, asset, "amount", least=0 if isinstance(message, Adjustment) else 1)
    for field in _AMOUNTS:
        if hasattr(message, field):
            _require_amount(getattr(message, field), asset, field, least=0)
    for field, most in _TEXTS.items():
        text = getattr(message, field, None)
        if text is not None:
            _require(len(text) <= most and "\x00" not in text and (bool(text) or field in _MAY_BE_EMPTY), field)
    for field in _PARTIES:
        if hasattr(message, field):
            _require(_is_sound_party(getattr(message, field)), field)
    for field in _COUNTS:
        if hasattr(message, field):
            _require(0 <= getattr(message, field) <= _LARGEST_COUNT, field)
    for field in _ROWS:
        if hasattr(message, field):
            _require(0 < getattr(message, field) <= _LARGEST_ID, field)
    if hasattr(message, "account_id"):
        may_be_nobody = message.kind is OperationKind.SUSPENSE_RELEASE
        _require((0 if may_be_nobody else 1) <= message.account_id <= _LARGEST_ID, "account_id")
    if isinstance(message, InternalTransfer):
        _require(message.account_id != message.to_account_id, "to_account_id")
    if isinstance(message, Sweep):
        _require(message.from_purpose != message.to_purpose, "to_purpose")
        _require(all(purpose.startswith(f"{message.rail}:") for purpose in _purposes(message)), "rail")
    if isinstance(message, WithdrawReject):
        _require(message.outcome in _ENDS_OF_A_REJECTION, "outcome")
    if isinstance(message, Adjustment):
        _require_lines(message, asset)


@lru_cache(maxsize=1_000)
def _is_sound_party(party: Party) -> bool:
    texts = (party.chain, party.address, party.tag, party.reference, party.account, party.user)
    is_storable = all(len(text) <= LONGEST_PARTY_TEXT and "\x00" not in text for text in texts)
    return party.type in PARTY_TYPES and is_storable


def _purposes(message: Sweep) -> tuple[str, str]:
    return message.from_purpose, message.to_purpose


def _require_lines(message: Adjustment, asset: KnownAsset) -> None:
    _require(len(message.lines) >= 2, "lines")
    accounts = [account_id for account_id, _, _ in message.lines]
    _require(len(set(accounts)) == len(accounts), "lines")
    total = Decimal(0)
    for account_id, available, locked in message.lines:
        _require(isinstance(account_id, int) and account_id > 0, "lines")
        for text in (available, locked):
            amount = Decimal(text)
            _require_amount(abs(amount), asset, "lines", least=0)
            total += amount
    _require(total == 0, "lines")


def _require_amount(amount: Decimal, asset: KnownAsset, field: str, *, least: int) -> None:
    _require(amount.is_finite() and amount >= 0 and (amount > 0 or least == 0), field)
    _require(amount.adjusted() < STORED_DIGITS - STORED_DECIMALS, field)
    _require(decimals_of(amount) <= asset.scale if amount else True, field)


def _require(is_right: bool, field: str) -> None:
    if not is_right:
        raise OperationMalformed(details={"field": field})
