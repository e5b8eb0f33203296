"""Withdrawals: checked and locked, paid out for good, or given back.

Entries (rail `sim`):

    WITHDRAW           user available  -(amount + fee)      user locked      +(amount + fee)
    WITHDRAW_CONFIRM   user locked     -(amount + fee)      custody sim:hot  +(amount + network fee)
                       fees            +fee                 expenses         -network fee
    WITHDRAW_REJECT    user locked     -(amount + fee)      user available   +(amount + fee)

A decision is in its row before the next one is made: limits that the checks count in the database hold within one
batch as well. The state table refuses a repeat under another request id, so no withdrawal moves money twice.
"""

from collections.abc import Iterator
from typing import Any

from ledger.models import AccountKind, EntryKind
from wallet.core.operations import Withdraw, WithdrawConfirm, WithdrawReject
from wallet.core.states import (
    LOCKED_STATES,
    TransitionNotAllowed,
    WithdrawalState,
    require_withdrawal_transition,
)
from wallet.models import Withdrawal
from wallet.processor.books import HOT, Books, Pair
from wallet.processor.reading import AssetFacts, PendingOperation
from wallet.processor.refusals import (
    TRANSITION_NOT_ALLOWED,
    UNKNOWN_WITHDRAWAL,
    WITHDRAWAL_CONTRADICTED,
    Refused,
)
from wallet.services.checks import check_withdrawal
from wallet.services.transitions import change_state

Detail = dict[str, str]
AnyWithdrawal = Withdraw | WithdrawConfirm | WithdrawReject


# --- WITHDRAW ------------------------------------------------------------------------------------------------------


def withdraw_needs(message: Withdraw, books: Books) -> Iterator[Pair]:
    yield books.user(message.account_id).id, books.assets[message.asset].id


def apply_withdraw(operation: PendingOperation, message: Withdraw, books: Books) -> Detail:
    """Decide and, if it may go on, lock. A refusal by the checks is told to the user and in the row."""
    asset = books.assets[message.asset]
    withdrawal = _withdrawal_of(message, books, asset)
    if withdrawal.state != WithdrawalState.VERIFIED:
        # More than the table says: one that is approved may go to review, but what is locked is not locked again.
        raise Refused(TRANSITION_NOT_ALLOWED, **{"from": str(withdrawal.state), "to": str(WithdrawalState.REVIEW)})
    atoms = books.atoms(message.amount, asset) + books.atoms(message.fee, asset)
    try:
        books.require_available(message.account_id, asset, atoms)
        new, reasons = decide(withdrawal, books)
    except Refused as refusal:
        _change(operation, books, withdrawal, WithdrawalState.REJECTED, reason=refusal.code)
        raise
    books.post(operation.operation_id, EntryKind.WITHDRAWAL_LOCK, asset, (message.account_id, -atoms, atoms))
    _change(operation, books, withdrawal, new, reason=", ".join(reasons), review_reasons=reasons)
    return {"withdrawal": str(withdrawal.pk), "state": str(new)}


def decide(withdrawal: Withdrawal, books: Books) -> tuple[WithdrawalState, list[str]]:
    """REVIEW with the reasons, or APPROVED. Raises Refused with the code of the check that said no."""
    verdict = check_withdrawal(withdrawal, at=books.at)
    if verdict.code:
        raise Refused(verdict.code, **verdict.details)
    reasons = list(verdict.review_reasons)
    return (WithdrawalState.REVIEW if reasons else WithdrawalState.APPROVED), reasons


# --- WITHDRAW_CONFIRM ----------------------------------------------------------------------------------------------


def confirm_needs(message: WithdrawConfirm, books: Books) -> Iterator[Pair]:
    asset = books.assets[message.asset]
    yield books.user(message.account_id).id, asset.id
    yield books.custody(message.rail, HOT), asset.id
    yield books.system(AccountKind.FEES), asset.id
    yield books.system(AccountKind.EXPENSES), asset.id


def apply_confirm(operation: PendingOperation, message: WithdrawConfirm, books: Books) -> Detail:
    asset = books.assets[message.asset]
    withdrawal = _withdrawal_of(message, books, asset)
    _require_transition(withdrawal, WithdrawalState.CONFIRMED)
    amount, fee = books.atoms(message.amount, asset), books.atoms(message.fee, asset)
    network_fee = books.atoms(message.network_fee, asset)
    books.require_locked(message.account_id, asset, amount + fee)
    books.post(
        operation.operation_id,
        EntryKind.WITHDRAWAL,
        asset,
        (message.account_id, 0, -amount - fee),
        (books.custody(message.rail, HOT), amount + network_fee, 0),
        (books.system(AccountKind.FEES), fee, 0),
        (books.system(AccountKind.EXPENSES), -network_fee, 0),
    )
    _change(
        operation,
        books,
        withdrawal,
        WithdrawalState.CONFIRMED,
        external_tx_id=message.external_tx_id,
        network_fee=message.network_fee,
    )
    return {"withdrawal": str(withdrawal.pk)}


# --- WITHDRAW_REJECT -----------------------------------------------------------------------------------------------


def reject_needs(message: WithdrawReject, books: Books) -> Iterator[Pair]:
    yield books.user(message.account_id).id, books.assets[message.asset].id


def apply_reject(operation: PendingOperation, message: WithdrawReject, books: Books) -> Detail:
    asset = books.assets[message.asset]
    withdrawal = _withdrawal_of(message, books, asset)
    outcome = WithdrawalState(message.outcome)
    _require_transition(withdrawal, outcome)
    if withdrawal.state not in LOCKED_STATES:
        # Nothing is locked yet, so this is no matter of the balance processor.
        raise Refused(TRANSITION_NOT_ALLOWED, **{"from": str(withdrawal.state), "to": str(outcome)})
    atoms = books.atoms(message.amount, asset) + books.atoms(message.fee, asset)
    books.require_locked(message.account_id, asset, atoms)
    books.post(operation.operation_id, EntryKind.WITHDRAWAL_RELEASE, asset, (message.account_id, atoms, -atoms))
    _change(operation, books, withdrawal, outcome, reason=message.reason)
    return {"withdrawal": str(withdrawal.pk), "state": str(outcome)}


# --- common --------------------------------------------------------------------------------------------------------


def _withdrawal_of(message: AnyWithdrawal, books: Books, asset: AssetFacts) -> Withdrawal:
    withdrawal = books.withdrawals.get(message.withdrawal_id)
    if withdrawal is None:
        raise Refused(UNKNOWN_WITHDRAWAL, withdrawal=str(message.withdrawal_id))
    said = (message.account_id, asset.id, message.rail, message.amount, message.fee)
    if said != (
        withdrawal.account_id,
        withdrawal.asset_id,
        withdrawal.rail_id,
        withdrawal.amount,
        withdrawal.fee,
    ):
        raise Refused(WITHDRAWAL_CONTRADICTED, withdrawal=str(withdrawal.pk))
    return withdrawal


def _require_transition(withdrawal: Withdrawal, new: WithdrawalState) -> None:
    try:
        require_withdrawal_transition(WithdrawalState(withdrawal.state), new)
    except TransitionNotAllowed as error:
        raise Refused(TRANSITION_NOT_ALLOWED, **{"from": str(withdrawal.state), "to": str(new)}) from error


def _change(
    operation: PendingOperation,
    books: Books,
    withdrawal: Withdrawal,
    new: WithdrawalState,
    *,
    reason: str = "",
    **fields: Any,
) -> None:
    change_state(
        withdrawal=withdrawal,
        new=new,
        at=books.at,
        reason=reason,
        operation_id=operation.operation_id,
        **fields,
    )
