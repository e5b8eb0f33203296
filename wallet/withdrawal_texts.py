"""What a user is told about a withdrawal: the same over REST, on the private stream and in mails."""

from typing import Any

from accounts.errors import AccountClosed
from kernel.errors import BourseError, TooManyDecimals
from kernel.units import plain
from ledger.errors import InsufficientBalance
from wallet import errors
from wallet.core.states import CANCELLABLE, FINAL_STATES, WithdrawalState
from wallet.models import RailAsset, Withdrawal
from wallet.rails.protocol import PayoutRefused

REFUSALS: dict[str, type[BourseError]] = {
    error.code: error
    for error in (
        AccountClosed,
        TooManyDecimals,
        errors.WithdrawalsFrozen,
        errors.IdentityNotApproved,
        errors.WithdrawalsHeld,
        errors.WithdrawalsSuspended,
        errors.WithdrawalTooSmall,
        errors.WithdrawalLimitExceeded,
        errors.WithdrawalRateExceeded,
        errors.TagRequired,
        errors.AddressNotSaved,
        errors.AddressCoolingOff,
        InsufficientBalance,
        PayoutRefused,
    )
}
"""Why a withdrawal is not made, by code: raised when it is asked for, and told where processor or rail have said no."""


def network_name(rail_id: str, asset_id: int) -> str:
    """The public name of the network on which a rail carries an asset; empty where it no longer does."""
    names = RailAsset.objects.filter(rail_id=rail_id, asset_id=asset_id).values_list("network", flat=True)
    return names.first() or ""


def reason_text(reason: str) -> str:
    """A sentence for a reason: that of the refusal with this code, or what staff wrote."""
    refusal = REFUSALS.get(reason)
    return refusal.message if refusal else reason


def withdrawal_content(withdrawal: Withdrawal, *, network: str | None = None) -> dict[str, Any]:
    """A withdrawal as its user may know it. What staff look at, and what the hot wallet lacks, stays inside."""
    state = WithdrawalState(withdrawal.state)
    # Before the end a reason is why it is looked at, and that is for staff.
    reason = withdrawal.reason if state in FINAL_STATES else ""
    return {
        "id": str(withdrawal.pk),
        "state": str(state),
        "asset": withdrawal.asset.symbol,
        "network": network_name(withdrawal.rail_id, withdrawal.asset_id) if network is None else network,
        "amount": plain(withdrawal.amount),
        "fee": plain(withdrawal.fee),
        "address": withdrawal.address,
        "tag": withdrawal.tag,
        "external_tx_id": withdrawal.external_tx_id,
        "confirmations": withdrawal.confirmations,
        "reason": reason,
        "reason_text": reason_text(reason),
        "can_be_cancelled": state in CANCELLABLE,
    }
