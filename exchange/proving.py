"""What happens when the books do not prove right: nothing is paid out any more, and staff are alarmed.

Trading goes on: it moves nothing out of the house, and every batch of it is checked by the database itself. Payouts
go on when somebody who has understood what was found lets them (`wallet.services.switches`).
"""

from django.db import transaction
from django.utils import timezone

from ledger.heads import signed_heads_check
from ledger.verification import Check, Verification, locked_is_what_is_needed, verify_ledger
from ledger.verified import verify_changes
from matching.verification import CHECKS as MATCHING_CHECKS
from risk.models import RiskEventType, Severity
from risk.services import record_risk_event
from wallet.services.switches import EVERYTHING, stop_payouts
from wallet.verification import CHECKS as WALLET_CHECKS

FINGERPRINT = "books do not prove right"
MOST_FINDINGS = 50
"""In the alarm; the run has all of them."""


def all_checks() -> tuple[Check, ...]:
    """Those beside the ledger's own. Made anew for each verification, before its snapshot is taken."""
    return (*MATCHING_CHECKS, *WALLET_CHECKS, signed_heads_check())


def prove_everything(*, record: bool = True) -> Verification:
    """Check all rows there are; alarm where something is found."""
    return _alarmed(verify_ledger(extra_checks=all_checks(), record=record))


def prove_changes(*, record: bool = True) -> Verification:
    """Check what changed since the last time, and all balances; alarm where something is found."""
    return _alarmed(verify_changes(extra_checks=(locked_is_what_is_needed,), record=record))


def _alarmed(result: Verification) -> Verification:
    if result.is_consistent:
        return result
    now = timezone.now()
    with transaction.atomic():
        stop_payouts(scope=EVERYTHING, by=None, reason="the books do not prove right")
        record_risk_event(
            event_type=RiskEventType.SUSPICIOUS_ACTIVITY,
            severity=Severity.CRITICAL,
            fingerprint=FINGERPRINT,
            description=f"The books do not prove right: {len(result.findings)} findings; payouts are stopped",
            first_seen_at=result.started_at,
            last_seen_at=now,
            metadata={"findings": result.findings[:MOST_FINDINGS]},
        )
    return result
