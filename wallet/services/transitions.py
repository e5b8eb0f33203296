"""The one place where a withdrawal changes its state.

Every change is checked against the table of `wallet.core.states`, leaves a `WithdrawalTransition`, and is told to the
user, all in the database transaction of the caller, who holds the row's lock. Where money moves with the state the
caller is the balance processor.
"""

from datetime import datetime
from typing import Any

from accounts.models import User
from kernel.errors import invariant
from wallet.core.states import FINAL_STATES, WithdrawalState, require_withdrawal_transition
from wallet.errors import WithdrawalNotFound
from wallet.models import Withdrawal, WithdrawalTransition
from wallet.notices import mail_user, tell_user
from wallet.withdrawal_texts import withdrawal_content

MAX_REASON_LENGTH = 200
MAILS = {
    WithdrawalState.REVIEW: "withdrawal_review",
    WithdrawalState.APPROVED: "withdrawal_approved",
    WithdrawalState.UNKNOWN: "withdrawal_unknown",
    WithdrawalState.SENT: "withdrawal_sent",
    WithdrawalState.CONFIRMED: "withdrawal_confirmed",
    WithdrawalState.REJECTED: "withdrawal_rejected",
    WithdrawalState.FAILED: "withdrawal_rejected",
    WithdrawalState.CANCELLED: "withdrawal_cancelled",
}
"""States a user gets a mail about, with every change to them. The stream tells all of them.

REQUESTED has its mail from the request itself. VERIFIED lasts until the processor has decided, and SENDING until the
rail has answered: the mail about what comes next tells of both.
"""


def lock_withdrawal(withdrawal_id: int) -> Withdrawal:
    """The row, locked until the end of the database transaction. Raises WithdrawalNotFound."""
    found = (
        Withdrawal.objects.select_for_update(no_key=True, of=("self",))
        .select_related("asset", "rail", "account__user")
        .filter(pk=withdrawal_id)
        .first()
    )
    if found is None:
        raise WithdrawalNotFound
    return found


def change_state(
    *,
    withdrawal: Withdrawal,
    new: WithdrawalState,
    at: datetime,
    reason: str = "",
    by: User | None = None,
    operation_id: int | None = None,
    **fields: Any,
) -> WithdrawalTransition:
    """Move a locked withdrawal to `new`, and set further columns (`fields`) with it.

    `reason` is kept with the change and, where the withdrawal ends, shown to the user. Raises TransitionNotAllowed.
    """
    old = WithdrawalState(withdrawal.state)
    require_withdrawal_transition(old, new)
    changed: dict[str, Any] = {"state": new, "waits_for": "", **fields}
    if new is WithdrawalState.VERIFIED:
        changed["verified_at"] = at
    if new is WithdrawalState.SENDING:
        changed["sending_at"] = at
    if new in FINAL_STATES:
        changed |= {"finished_at": at, "reason": reason[:MAX_REASON_LENGTH]}
    for name, value in changed.items():
        setattr(withdrawal, name, value)
    withdrawal.save(update_fields=list(changed))
    transition = WithdrawalTransition.objects.create(
        withdrawal=withdrawal,
        old=old,
        new=new,
        reason=reason[:MAX_REASON_LENGTH],
        by=by,
        operation_id=operation_id,
        at=at,
    )
    tell_state(withdrawal)
    return transition


def tell_state(withdrawal: Withdrawal, *, template: str = "") -> None:
    """Tell the user where the withdrawal stands now: on the stream, and by mail where the state has one."""
    content = tell_stream(withdrawal)
    template = template or MAILS.get(WithdrawalState(withdrawal.state), "")
    if template:
        user = withdrawal.account.user
        invariant(user is not None, "a withdrawal is a user's")
        assert user is not None
        mail_user(user=user, template=template, context={**content, "withdrawal_id": content["id"]})


def tell_stream(withdrawal: Withdrawal) -> dict[str, Any]:
    """Tell the user what is new about a withdrawal, on the stream alone; what was told."""
    content = withdrawal_content(withdrawal)
    tell_user(account_id=withdrawal.account_id, cause_id=withdrawal.pk, event="withdrawal", content=content)
    return content
