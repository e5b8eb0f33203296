"""What an account may take out, what it has taken out, and what has left a hot wallet."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, Sum

from accounts.models import KycStatus, User
from accounts.second_factor.selectors import withdrawals_held_until
from wallet.core.states import LOCKED_STATES, WithdrawalState
from wallet.core.withdrawal_rules import DAY, HOUR, MONTH, Limits, Usage
from wallet.models import Withdrawal, WithdrawalLimit, WithdrawalTransition

GRANTED = frozenset({*LOCKED_STATES, WithdrawalState.CONFIRMED})
"""States of withdrawals that use up a limit: what was refused, failed or cancelled does not."""
_LEAVING = GRANTED - {WithdrawalState.REVIEW}


@dataclass(frozen=True, slots=True)
class LimitsView:
    """A user's limits and what is used of them. Values in the reference asset; `limits` None: nothing may leave."""

    kyc_status: KycStatus
    kyc_level: int
    limits: Limits | None
    usage: Usage
    held_until: datetime | None


def limits_of_level(kyc_level: int) -> Limits | None:
    """The limits of a level, or of the nearest one below it that has any."""
    row = WithdrawalLimit.objects.filter(kyc_level__lte=kyc_level).order_by("-kyc_level").first()
    if row is None:
        return None
    return Limits(daily=row.daily, monthly=row.monthly, hourly_count=row.hourly_count, review_above=row.review_above)


def usage_of(*, account_id: int, at: datetime, except_for: int | None = None) -> Usage:
    """What the account was granted in the last hour, 24 hours and 30 days; `except_for` is a withdrawal left out."""
    granted = Withdrawal.objects.filter(account_id=account_id, state__in=GRANTED, verified_at__gt=at - MONTH)
    if except_for is not None:
        granted = granted.exclude(pk=except_for)
    row = granted.order_by().aggregate(
        monthly=Sum("reference_value"),
        daily=Sum("reference_value", filter=Q(verified_at__gt=at - DAY)),
        hourly=Count("pk", filter=Q(verified_at__gt=at - HOUR)),
    )
    return Usage(daily=row["daily"] or Decimal(0), monthly=row["monthly"] or Decimal(0), hourly_count=row["hourly"])


def hot_outflow(*, rail_id: str, asset_id: int, at: datetime) -> Decimal:
    """Units of the asset that were approved to leave a rail in the last 24 hours, gone or not."""
    approved = WithdrawalTransition.objects.filter(
        withdrawal=OuterRef("pk"), new=WithdrawalState.APPROVED, at__gt=at - DAY
    )
    leaving = Withdrawal.objects.filter(
        Exists(approved),
        rail_id=rail_id,
        asset_id=asset_id,
        state__in=_LEAVING,
    )
    return leaving.order_by().aggregate(total=Sum("amount"))["total"] or Decimal(0)


def limits_of_user(*, user: User, account_id: int, at: datetime) -> LimitsView:
    """What the user may take out and what is used of it."""
    return LimitsView(
        kyc_status=KycStatus(user.kyc_status),
        kyc_level=user.kyc_level,
        limits=limits_of_level(user.kyc_level),
        usage=usage_of(account_id=account_id, at=at),
        held_until=withdrawals_held_until(user),
    )
