"""What staff set about withdrawals: the limits of a KYC level."""

from decimal import Decimal

from django.db import transaction

from accounts.models import User
from accounts.services import MAX_KYC_LEVEL
from accounts.staff import record_staff_action
from kernel.units import plain
from wallet.errors import ControlInvalid
from wallet.models import WithdrawalLimit

MAX_HOURLY_COUNT = 1000


def set_withdrawal_limit(
    *,
    kyc_level: int,
    daily: Decimal,
    monthly: Decimal,
    hourly_count: int,
    review_above: Decimal,
    by: User,
    reason: str,
) -> WithdrawalLimit:
    """What a level may take out in 24 hours and 30 days (in the reference asset), and how often an hour.

    A level without limits of its own has those of the next lower one. Raises ControlInvalid, ReasonMissing.
    """
    wrong: dict[str, str] = {}
    if not 0 <= kyc_level <= MAX_KYC_LEVEL:
        wrong["kyc_level"] = f"A number from 0 to {MAX_KYC_LEVEL}."
    if daily < 0:
        wrong["daily"] = "Not below zero."
    if monthly < daily:
        wrong["monthly"] = "Not less than in a day."
    if not 0 <= hourly_count <= MAX_HOURLY_COUNT:
        wrong["hourly_count"] = f"A number from 0 to {MAX_HOURLY_COUNT}."
    if review_above < 0:
        wrong["review_above"] = "Not below zero."
    if wrong:
        raise ControlInvalid(details={"fields": wrong})
    with transaction.atomic():
        before = WithdrawalLimit.objects.select_for_update(no_key=True).filter(pk=kyc_level).first()
        limit, _ = WithdrawalLimit.objects.update_or_create(
            kyc_level=kyc_level,
            defaults={
                "daily": daily,
                "monthly": monthly,
                "hourly_count": hourly_count,
                "review_above": review_above,
            },
        )
        record_staff_action(
            by=by,
            subject_kind="withdrawal limits",
            subject=f"level {kyc_level}",
            action="limits",
            old=_shown(before) if before else {},
            new=_shown(limit),
            reason=reason,
        )
    return limit


def _shown(limit: WithdrawalLimit) -> dict[str, str]:
    return {
        "daily": plain(limit.daily),
        "monthly": plain(limit.monthly),
        "hourly_count": str(limit.hourly_count),
        "review_above": plain(limit.review_above),
    }
