"""What may be asked of the balance processor: one message type for each way money moves, and their canonical text.

Pure. A message is what a `BalanceOperation` row carries; its canonical text is hashed for idempotency (same request id
and same text: the first result; another text: a conflict) and chained into the log of funds, so it never changes its
form for a message that has once been written.
"""

import hashlib
import json
from dataclasses import dataclass, field, fields
from decimal import Decimal
from enum import IntEnum
from typing import ClassVar, Literal, get_args

from kernel.errors import BourseError
from kernel.units import plain


class OperationKind(IntEnum):
    """Stored; numbers are never given anew."""

    DEPOSIT = 1
    WITHDRAW = 2
    WITHDRAW_CONFIRM = 3
    WITHDRAW_REJECT = 4
    INTERNAL_TRANSFER = 5
    SWEEP = 6
    DEPOSIT_HOLD = 7
    SUSPENSE = 8
    SUSPENSE_RELEASE = 9
    ADJUSTMENT = 10


class OperationMalformed(BourseError):
    """A message that does not say what its type needs."""

    code = "OPERATION_MALFORMED"
    status = 422
    message = "The operation is incomplete or contradicts itself."


PartyType = Literal["blockchain", "bank_transfer", "internal"]
PARTY_TYPES = frozenset(get_args(PartyType))


@dataclass(frozen=True, slots=True)
class Party:
    """Where money comes from or goes to.

    blockchain: chain, address, tag. bank_transfer: reference, account (an IBAN). internal: user (a username).
    """

    type: PartyType
    chain: str = ""
    address: str = ""
    tag: str = ""
    reference: str = ""
    account: str = ""
    user: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Common to all. `amount` in units of the asset, positive; ids are ours."""

    kind: ClassVar[OperationKind]

    request_id: str
    asset: str
    amount: Decimal

    def canonical(self) -> str:
        """JSON with sorted keys; amounts as plain text; the request id is not part of what is compared."""
        content = {name: getattr(self, name) for name in _NAMES[type(self)] if name != "request_id"}
        return _ENCODER.encode({"kind": int(self.kind), **content})

    def input_hash(self) -> bytes:
        return input_hash(self.canonical())


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit(Message):
    """Credit a deposit that is confirmed often enough, once for (rail, external_tx_id, output_index)."""

    kind = OperationKind.DEPOSIT
    account_id: int
    rail: str
    external_tx_id: str
    output_index: int = 0
    confirmations: int = 0
    source: Party = field(default_factory=lambda: Party("blockchain"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw(Message):
    """Check a verified withdrawal and lock `amount + fee`."""

    kind = OperationKind.WITHDRAW
    account_id: int
    rail: str
    withdrawal_id: int
    fee: Decimal
    destination: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawConfirm(Message):
    """The payout is final: what was locked leaves. `network_fee` is what the rail took from us beside the amount."""

    kind = OperationKind.WITHDRAW_CONFIRM
    account_id: int
    rail: str
    withdrawal_id: int
    fee: Decimal
    external_tx_id: str
    network_fee: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawReject(Message):
    """The withdrawal ends without a payout: `amount + fee` is free again. `outcome`: REJECTED, FAILED or CANCELLED."""

    kind = OperationKind.WITHDRAW_REJECT
    account_id: int
    rail: str
    withdrawal_id: int
    fee: Decimal
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InternalTransfer(Message):
    """From one user to another."""

    kind = OperationKind.INTERNAL_TRANSFER
    account_id: int
    to_account_id: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep(Message):
    """Money moved between two wallets of one rail; both are purposes of custody accounts (`sim:hot`)."""

    kind = OperationKind.SWEEP
    rail: str
    from_purpose: str
    to_purpose: str
    network_fee: Decimal
    external_tx_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositHold(Message):
    """Lock what is left, at most `amount`, of a credited deposit whose block went away."""

    kind = OperationKind.DEPOSIT_HOLD
    account_id: int
    rail: str
    deposit_id: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspense(Message):
    """Take money into the books that belongs to nobody yet."""

    kind = OperationKind.SUSPENSE
    rail: str
    deposit_id: int
    external_tx_id: str
    output_index: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspenseRelease(Message):
    """Decide about a deposit in suspense or held: credit `account_id`, or (0) send it out of the books again."""

    kind = OperationKind.SUSPENSE_RELEASE
    rail: str
    deposit_id: int
    account_id: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment(Message):
    """A correcting entry that two people agreed to; `lines` are (account id, available, locked) in units, as text."""

    kind = OperationKind.ADJUSTMENT
    adjustment_id: int
    lines: tuple[tuple[int, str, str], ...]
    reason: str


MESSAGES: dict[OperationKind, type[Message]] = {
    one.kind: one
    for one in (
        Deposit, Withdraw, WithdrawConfirm, WithdrawReject, InternalTransfer, Sweep, DepositHold, Suspense,
        SuspenseRelease, Adjustment,
    )
}  # fmt: skip


def input_hash(canonical: str) -> bytes:
    """What two requests under one id are compared by: the hash of the canonical text, of 32 bytes."""
    return hashlib.blake2b(canonical.encode(), digest_size=32).digest()


_NAMES: dict[type, tuple[str, ...]] = {
    dataclass_type: tuple(one.name for one in fields(dataclass_type)) for dataclass_type in (*MESSAGES.values(), Party)
}


def _content(value: object) -> object:
    """What JSON has no form of its own for."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Party):
        return {name: getattr(value, name) for name in _NAMES[Party]}
    raise TypeError(f"{type(value).__name__} has no canonical text")


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=_content)
