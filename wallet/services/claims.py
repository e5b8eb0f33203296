"""Deposits that nobody could be credited for: users claim them, one of the staff proposes, another one agrees.

Nothing here credits anybody. What two people have agreed on is asked of the balance processor.
"""

import hashlib
import json

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.errors import ReasonMissing
from accounts.models import User
from accounts.staff import record_staff_action
from ledger.errors import IdempotencyConflict
from ledger.models import Account, AccountKind
from ledger.selectors import asset_by_symbol
from wallet.core.operations import SuspenseRelease
from wallet.core.states import DepositState
from wallet.errors import UnknownNetwork
from wallet.models import ClaimState, Deposit, DepositClaim, RailAsset, SuspenseResolution
from wallet.rails.errors import (
    ClaimExists,
    ClaimNotOpen,
    NeedsAnother,
    NotInSuspense,
    ProposalNotOpen,
    TooManyClaims,
)
from wallet.services.operations import request_operation

MAX_OPEN_CLAIMS = 10
_DECIDABLE = (DepositState.SUSPENSE, DepositState.HELD)


def claim_deposit(
    *, account_id: int, request_id: str, asset: str, network: str, external_tx_id: str, note: str = ""
) -> DepositClaim:
    """Say that a transaction was one's own. A repeat returns the first claim.

    Whether there is such a deposit is not told: a claim is not a way to look at others' money.
    Raises UnknownAsset, UnknownNetwork, ClaimExists, TooManyClaims, IdempotencyConflict.
    """
    content = [asset, network, external_tx_id, note]
    digest = hashlib.blake2b(json.dumps(content).encode(), digest_size=32).digest()
    terms = RailAsset.objects.filter(asset=asset_by_symbol(asset), network=network).first()
    if terms is None:
        raise UnknownNetwork(details={"asset": asset, "network": network})
    with transaction.atomic():
        Account.objects.select_for_update(no_key=True).get(pk=account_id)
        first = DepositClaim.objects.filter(account_id=account_id, request_id=request_id).first()
        if first is not None:
            if bytes(first.input_hash) != digest:
                raise IdempotencyConflict(details={"key": request_id})
            return first
        if DepositClaim.objects.filter(account_id=account_id, state=ClaimState.OPEN).count() >= MAX_OPEN_CLAIMS:
            raise TooManyClaims(details={"maximum": MAX_OPEN_CLAIMS})
        try:
            with transaction.atomic():
                return DepositClaim.objects.create(
                    account_id=account_id,
                    rail_id=terms.rail_id,
                    asset_id=terms.asset_id,
                    external_tx_id=external_tx_id,
                    note=note,
                    request_id=request_id,
                    input_hash=digest,
                )
        except IntegrityError as error:
            raise ClaimExists from error


def deposits_claimed(claim: DepositClaim) -> list[Deposit]:
    """Deposits in suspense that the claim may be about: found by the rail's id or by the chain's."""
    return list(
        Deposit.objects.filter(rail=claim.rail_id, asset=claim.asset_id, state=DepositState.SUSPENSE)
        .filter(Q(external_tx_id=claim.external_tx_id) | Q(source__reference=claim.external_tx_id))
        .order_by("pk")
    )


def accept_claim(*, claim_id: int, deposit_id: int, by: User, reason: str) -> SuspenseResolution:
    """Believe a claim: the deposit is proposed to be credited to who claims it, and another one has to agree.

    Raises ReasonMissing, ClaimNotOpen, NotInSuspense, NeedsAnother for one's own claim.
    """
    with transaction.atomic():
        claim = _open_claim(claim_id, by)
        if deposit_id not in {deposit.pk for deposit in deposits_claimed(claim)}:
            raise NotInSuspense
        proposed = propose_resolution(deposit_id=deposit_id, account_id=claim.account_id, by=by, reason=reason)
        claim.deposit_id = deposit_id
        _decide_claim(claim, ClaimState.ACCEPTED, by=by, reason=reason)
    return proposed


def reject_claim(*, claim_id: int, by: User, reason: str) -> DepositClaim:
    """Turn a claim down. Raises ReasonMissing, ClaimNotOpen, NeedsAnother for one's own."""
    with transaction.atomic():
        claim = _open_claim(claim_id, by)
        _decide_claim(claim, ClaimState.REJECTED, by=by, reason=reason)
    return claim


def propose_resolution(*, deposit_id: int, account_id: int | None, by: User, reason: str) -> SuspenseResolution:
    """Say what should become of a deposit in suspense or held: credited to an account, or (None) sent back.

    Raises ReasonMissing, NotInSuspense, NeedsAnother for a deposit to oneself.
    """
    if not reason.strip():
        raise ReasonMissing
    if account_id is not None and not Account.objects.filter(pk=account_id, kind=AccountKind.USER).exists():
        raise NotInSuspense(details={"account": str(account_id)})
    _require_not_own(account_id, by)
    with transaction.atomic():
        deposit = _decidable(deposit_id)
        if deposit.state == DepositState.HELD and account_id not in (None, deposit.account_id):
            raise NotInSuspense(details={"account": str(account_id)})
        try:
            with transaction.atomic():
                proposed = SuspenseResolution.objects.create(
                    deposit=deposit, account_id=account_id, reason=reason.strip()[:200], requested_by=by
                )
        except IntegrityError as error:
            raise NotInSuspense from error
        _record(deposit, action="propose", by=by, reason=reason, account_id=account_id)
    return proposed


def agree_to_resolution(*, resolution_id: int, by: User, reason: str) -> SuspenseResolution:
    """Agree to what somebody else proposed; the balance processor moves the money.

    Raises ReasonMissing, ProposalNotOpen, NeedsAnother, NotInSuspense.
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        proposed = _open_proposal(resolution_id)
        if proposed.requested_by_id == by.pk:
            raise NeedsAnother
        _require_not_own(proposed.account_id, by)
        deposit = _decidable(proposed.deposit_id)
        operation = request_operation(
            origin=f"staff:{by.pk}",
            message=SuspenseRelease(
                request_id=f"resolution:{proposed.pk}",
                asset=deposit.asset.symbol,
                amount=deposit.amount,
                rail=deposit.rail_id,
                deposit_id=deposit.pk,
                account_id=proposed.account_id or 0,
                reason=proposed.reason,
            ),
        )
        proposed.operation_id = operation.pk
        _decide(proposed, is_approved=True, by=by, reason=reason)
        _record(deposit, action="agree", by=by, reason=reason, account_id=proposed.account_id)
    return proposed


def turn_down_resolution(*, resolution_id: int, by: User, reason: str) -> SuspenseResolution:
    """Turn down a proposal, or take back one's own; a claim that it came from waits for a decision again.

    Raises ReasonMissing, ProposalNotOpen.
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        proposed = _open_proposal(resolution_id)
        _decide(proposed, is_approved=False, by=by, reason=reason)
        _reopen_claims(proposed)
        _record(proposed.deposit, action="turn down", by=by, reason=reason, account_id=proposed.account_id)
    return proposed


def _reopen_claims(proposed: SuspenseResolution) -> None:
    """What was accepted with the proposal is undecided; where its user has claimed the same again, that one counts."""
    accepted = DepositClaim.objects.select_for_update(no_key=True).filter(
        deposit=proposed.deposit_id, account=proposed.account_id, state=ClaimState.ACCEPTED
    )
    for claim in accepted:
        claim.deposit = claim.decided_by = claim.decided_at = None
        claim.state, claim.reason = ClaimState.OPEN, ""
        try:
            with transaction.atomic():
                claim.save(update_fields=["state", "decided_by", "decided_at", "reason", "deposit"])
        except IntegrityError:
            DepositClaim.objects.filter(pk=claim.pk).update(state=ClaimState.REJECTED)


def _decidable(deposit_id: int) -> Deposit:
    """A deposit whose money is in the books and apart. Raises NotInSuspense."""
    rows = Deposit.objects.select_for_update(no_key=True, of=("self",)).select_related("asset")
    deposit = rows.filter(pk=deposit_id).first()
    if deposit is None or deposit.state not in _DECIDABLE or deposit.operation_id is None:
        raise NotInSuspense
    return deposit


def _open_proposal(resolution_id: int) -> SuspenseResolution:
    rows = SuspenseResolution.objects.select_for_update(no_key=True, of=("self",)).select_related("deposit")
    proposed = rows.filter(pk=resolution_id, is_approved=None).first()
    if proposed is None:
        raise ProposalNotOpen
    return proposed


def _open_claim(claim_id: int, by: User) -> DepositClaim:
    rows = DepositClaim.objects.select_for_update(no_key=True)
    claim = rows.filter(pk=claim_id, state=ClaimState.OPEN).first()
    if claim is None:
        raise ClaimNotOpen
    _require_not_own(claim.account_id, by)
    return claim


def _require_not_own(account_id: int | None, by: User) -> None:
    if account_id is not None and Account.objects.filter(pk=account_id, user=by).exists():
        raise NeedsAnother


def _decide(proposed: SuspenseResolution, *, is_approved: bool, by: User, reason: str) -> None:
    proposed.is_approved, proposed.decided_by, proposed.decided_at = is_approved, by, timezone.now()
    proposed.decision_reason = reason.strip()[:200]
    proposed.save(update_fields=["is_approved", "decided_by", "decided_at", "decision_reason", "operation_id"])


def _decide_claim(claim: DepositClaim, state: ClaimState, *, by: User, reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing
    claim.state, claim.decided_by, claim.decided_at = state, by, timezone.now()
    claim.reason = reason.strip()[:200]
    claim.save(update_fields=["state", "decided_by", "decided_at", "reason", "deposit"])
    record_staff_action(
        by=by,
        subject_kind="claim",
        subject=str(claim.pk),
        action=state.value.lower(),
        new={"account": str(claim.account_id), "external_tx_id": claim.external_tx_id},
        reason=reason,
    )


def _record(deposit: Deposit, *, action: str, by: User, reason: str, account_id: int | None) -> None:
    record_staff_action(
        by=by,
        subject_kind="deposit",
        subject=str(deposit.pk),
        action=action,
        new={"account": str(account_id or "nobody")},
        reason=reason,
    )
