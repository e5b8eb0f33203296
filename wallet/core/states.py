"""Where a deposit and a withdrawal can stand, and how they get from one state to the next.

Pure. These two tables are all there is: a service that wants to move something asks here first.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from kernel.errors import BourseError


class TransitionNotAllowed(BourseError):
    """What was asked for does not follow from the present state; nothing changed."""

    code = "TRANSITION_NOT_ALLOWED"
    status = 409
    message = "This cannot be done any more, or not yet."


class DepositState(StrEnum):
    PENDING = "PENDING"
    """Seen, and not confirmed often enough."""
    CREDITED = "CREDITED"
    ORPHANED = "ORPHANED"
    """Its block is gone and nobody has seen it since. It comes back as PENDING if it is seen again."""
    SUSPENSE = "SUSPENSE"
    """The money is there, whose it is or whether it may be credited is not clear; staff decide."""
    HELD = "HELD"
    """Credited, then its block went away; what was left of the amount is locked."""
    RETURNED = "RETURNED"
    """Sent back, or written off, by a decision of staff."""


class WithdrawalState(StrEnum):
    REQUESTED = "REQUESTED"
    """Waits for the second factor; nothing is locked."""
    VERIFIED = "VERIFIED"
    """Waits for the balance processor, which checks the limits and locks the amount."""
    REVIEW = "REVIEW"
    """Locked; two people of the staff decide."""
    APPROVED = "APPROVED"
    """Locked; goes out as soon as its hot wallet has enough and nothing stops it."""
    SENDING = "SENDING"
    """Committed before the rail is called."""
    UNKNOWN = "UNKNOWN"
    """The call did not end: the rail is asked what became of it, and nothing is sent again."""
    SENT = "SENT"
    """The rail has taken it; confirmations are awaited."""
    CONFIRMED = "CONFIRMED"
    REJECTED = "REJECTED"
    """By the checks or by staff; what was locked is free again."""
    FAILED = "FAILED"
    """Definitely refused by the rail; what was locked is free again."""
    CANCELLED = "CANCELLED"
    """By the user, in time."""


_W = WithdrawalState
WITHDRAWAL_TRANSITIONS: Final[Mapping[WithdrawalState, frozenset[WithdrawalState]]] = {
    _W.REQUESTED: frozenset({_W.VERIFIED, _W.CANCELLED, _W.REJECTED}),
    _W.VERIFIED: frozenset({_W.REVIEW, _W.APPROVED, _W.REJECTED}),
    # To SENT at once: the rail has paid what a restored database still means to pay.
    _W.REVIEW: frozenset({_W.APPROVED, _W.REJECTED, _W.CANCELLED, _W.SENT}),
    _W.APPROVED: frozenset({_W.SENDING, _W.REVIEW, _W.REJECTED, _W.CANCELLED, _W.SENT}),
    _W.SENDING: frozenset({_W.SENT, _W.UNKNOWN, _W.FAILED}),
    _W.UNKNOWN: frozenset({_W.SENT, _W.FAILED}),
    _W.SENT: frozenset({_W.CONFIRMED, _W.UNKNOWN}),
    _W.CONFIRMED: frozenset(),
    _W.REJECTED: frozenset(),
    _W.FAILED: frozenset(),
    _W.CANCELLED: frozenset(),
}
CANCELLABLE: Final = frozenset({_W.REQUESTED, _W.REVIEW, _W.APPROVED})
"""States in which the user may still stop a withdrawal."""
LOCKED_STATES: Final = frozenset({_W.REVIEW, _W.APPROVED, _W.SENDING, _W.UNKNOWN, _W.SENT})
"""States in which amount and fee are locked: the part of `locked` that is not open orders or held deposits."""
FINAL_STATES: Final = frozenset(state for state, following in WITHDRAWAL_TRANSITIONS.items() if not following)

_D = DepositState
DEPOSIT_TRANSITIONS: Final[Mapping[DepositState, frozenset[DepositState]]] = {
    _D.PENDING: frozenset({_D.CREDITED, _D.ORPHANED, _D.SUSPENSE}),
    _D.ORPHANED: frozenset({_D.PENDING}),
    _D.SUSPENSE: frozenset({_D.CREDITED, _D.RETURNED, _D.ORPHANED, _D.PENDING}),
    _D.CREDITED: frozenset({_D.HELD}),
    _D.HELD: frozenset({_D.CREDITED, _D.RETURNED}),
    _D.RETURNED: frozenset(),
}


def require_withdrawal_transition(old: WithdrawalState, new: WithdrawalState) -> None:
    """Raises TransitionNotAllowed unless the table has it."""
    if new not in WITHDRAWAL_TRANSITIONS[old]:
        raise TransitionNotAllowed(details={"from": str(old), "to": str(new)})


def require_deposit_transition(old: DepositState, new: DepositState) -> None:
    """Raises TransitionNotAllowed unless the table has it."""
    if new not in DEPOSIT_TRANSITIONS[old]:
        raise TransitionNotAllowed(details={"from": str(old), "to": str(new)})
