"""The calls that have a rail make a payout: each is committed before it is made, and what a "no" to one proves.

`Withdrawal.called_at` is when the last call was begun that may still be carried out. It is committed under the row's
lock before every call, in the database transaction that looks once more whether the call may be made at all. A call
that the rail has answered with no is taken out of it again: nothing of that one is on its way.

A call whose answer is missing may reach the rail some time after its caller has given up, or has died. So a refusal
proves that nothing leaves only where every call before it was out of flight when it was made, and where no other
process has touched the payout since: the refused call has to be the last one, and the state still the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from wallet.core.states import WithdrawalState
from wallet.models import Withdrawal
from wallet.rails.protocol import RailUnavailable
from wallet.services.payout_records import (
    NOT_TAKEN,
    alarm,
    have_released,
    is_being_ended,
    surely,
    why_restricted,
)
from wallet.services.transitions import change_state, lock_withdrawal

IN_FLIGHT = timedelta(minutes=5)
"""No call to a rail takes longer, however late it arrives there."""
_W = WithdrawalState


@dataclass(frozen=True, slots=True)
class Call:
    """One call that was begun."""

    withdrawal: Withdrawal
    """As it was committed for this call."""
    earlier_at: datetime | None
    """When the last one before it was begun that may still be carried out; None where there is none."""
    is_repeated: bool
    """The rail has surely not taken the one before it."""

    @property
    def is_conclusive(self) -> bool:
        """Whether nothing else could be on its way when it was begun."""
        begun_at = self.withdrawal.called_at
        assert begun_at is not None
        return self.earlier_at is None or begun_at - self.earlier_at > IN_FLIGHT


def begin_call(withdrawal: Withdrawal, *, may_call: Callable[[], bool]) -> Call | None:
    """Commit that the rail is about to be called; None where it must not be.

    `withdrawal` is APPROVED, or UNKNOWN, or SENDING where the rail has surely not taken it. `may_call` is asked under
    the row's lock: whatever was committed before is obeyed. An account restricted meanwhile sends it back to review.
    """
    with transaction.atomic():
        row = lock_withdrawal(withdrawal.pk)
        at = timezone.now()
        if (row.state, row.waits_for) != (withdrawal.state, withdrawal.waits_for) or is_being_ended(row):
            return None
        if not may_call():
            return None
        begun = Call(row, row.called_at, row.waits_for == NOT_TAKEN)
        if row.state != _W.APPROVED:
            row.waits_for, row.called_at = "", at
            row.save(update_fields=["waits_for", "called_at"])
            return begun
        restriction = why_restricted(row)
        if restriction is None:
            change_state(withdrawal=row, new=_W.SENDING, at=at, called_at=at)
            return begun
        reasons = row.review_reasons if restriction in row.review_reasons else [*row.review_reasons, str(restriction)]
        change_state(
            withdrawal=row,
            new=_W.REVIEW,
            at=at,
            reason="The account was restricted before the payout.",
            review_reasons=reasons,
        )
    return None


def note_refused(call: Call, reason: str) -> None:
    """The rail has refused this call: the money is given back if that proves anything. `reason` is for staff."""

    def write() -> None:
        row = lock_withdrawal(call.withdrawal.pk)
        if not _is_last(call, row):
            return
        if call.is_conclusive:
            have_released(row, reason)
        else:
            _take_back(call, row)

    surely(write)


def note_not_taken(call: Call, problem: RailUnavailable) -> None:
    """The rail has surely not taken this call. Staff are alarmed when that begins: nobody can stop the payout now."""

    def write() -> None:
        row = lock_withdrawal(call.withdrawal.pk)
        if not _is_last(call, row):
            return
        row.waits_for = NOT_TAKEN
        _take_back(call, row)
        if not call.is_repeated:
            asset = row.asset.symbol
            said = ", ".join(str(value) for name, value in problem.details.items() if name != "rail")
            alarm(
                row,
                fingerprint=f"payout not taken:{row.rail_id}:{asset}",
                description=f"{row.rail_id} does not take payouts of {asset}; they wait: {said or problem.text}"[:200],
            )

    surely(write)


def in_flight_until(withdrawal: Withdrawal) -> datetime | None:
    """Until when a call that was begun for it may still be carried out; None where none may."""
    if withdrawal.called_at is None:
        return None
    until = withdrawal.called_at + IN_FLIGHT
    return until if timezone.now() <= until else None


def _is_last(call: Call, row: Withdrawal) -> bool:
    """Whether nobody has gone on with the payout since; a process may lose its lock of the rail during a call."""
    return (row.state, row.called_at) == (call.withdrawal.state, call.withdrawal.called_at)


def _take_back(call: Call, row: Withdrawal) -> None:
    row.called_at = call.earlier_at
    row.save(update_fields=["waits_for", "called_at"])
