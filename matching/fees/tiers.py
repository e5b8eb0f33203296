"""The fee table, and who is in which tier of it.

Once a day everybody is put into the tier that the volume of the last 30 full days reaches. Whom an exception holds in a
tier stays there. A user's row is written only where the tier changes, and each change is in the account's history.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.services import change_fee_tier
from accounts.staff import record_staff_action
from kernel.units import PPM, STORED_DECIMALS, STORED_DIGITS, decimals_of, plain
from ledger.models import Account
from matching.errors import FeeTierInvalid
from matching.fees.texts import percent
from matching.fees.volumes import DAYS, sum_up_days, volume_of_account, volumes_by_user
from matching.models import FeeException, FeeTier
from risk.core.fees import TierStep, tier_of_volume

_GREATEST = Decimal(10) ** (STORED_DIGITS - STORED_DECIMALS)


@dataclass(frozen=True, slots=True)
class Recomputation:
    """What a run found and changed."""

    days: int
    """Added up in this run."""
    traders: int
    """Users with a volume."""
    moved: int
    """Users who are in another tier now."""


def tier_steps() -> list[TierStep]:
    """The volumes at which tiers begin, lowest tier first."""
    return [TierStep(row.tier, row.min_volume) for row in FeeTier.objects.order_by("tier")]


def recompute_fee_tiers(*, now: datetime) -> Recomputation:
    """Put everybody into the tier of their volume. A repeat on the same day changes nothing."""
    days = sum_up_days(now=now)
    volumes = volumes_by_user(now=now)
    steps = tier_steps()
    if not steps:
        return Recomputation(days, len(volumes), 0)
    moved = 0
    for user_id, tier in User.objects.order_by("pk").values_list("pk", "fee_tier").iterator():
        volume = volumes.get(user_id, Decimal(0))
        if tier_of_volume(volume, steps) != tier:
            moved += _place(user_id, volume, steps, now)
    return Recomputation(days, len(volumes), moved)


def place_by_volume(*, user_id: int, now: datetime) -> bool:
    """Put one user into the tier of the volume, as far as it is added up; returns whether that was another one."""
    account_id = Account.objects.filter(user_id=user_id).values_list("pk", flat=True).first()
    volume = volume_of_account(account_id=account_id, now=now) if account_id is not None else Decimal(0)
    steps = tier_steps()
    return bool(steps) and _place(user_id, volume, steps, now)


def _place(user_id: int, volume: Decimal, steps: list[TierStep], now: datetime) -> bool:
    """The user's row is locked, and then the exception is looked for: one made meanwhile is not undone."""
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=user_id)
        is_held = FeeException.objects.filter(user=user, tier__isnull=False, ended_at=None).exclude(expires_at__lte=now)
        tier = tier_of_volume(volume, steps)
        if user.fee_tier == tier or is_held.exists():
            return False
        reason = f"traded {plain(volume)} {settings.FEE_VOLUME_ASSET} in {DAYS} days"
        change_fee_tier(user=user, fee_tier=tier, by=None, reason=reason)
        return True


def change_fee_table(
    *, tier: int, maker_ppm: int, taker_ppm: int, min_volume: Decimal, by: User, reason: str
) -> FeeTier:
    """Change what a tier costs and where it begins. Rates hold for orders taken from now on, volumes from the next
    recomputation on.

    Rates in parts per million, the volume in units of `settings.FEE_VOLUME_ASSET`. Raises ReasonMissing,
    FeeTierInvalid.
    """
    with transaction.atomic():
        rows = {row.tier: row for row in FeeTier.objects.select_for_update(no_key=True).order_by("tier")}
        row = rows.get(tier)
        if row is None:
            raise FeeTierInvalid(details={"fields": {"tier": "There is no such tier."}})
        old = _terms(row)
        row.maker_ppm, row.taker_ppm, row.min_volume = maker_ppm, taker_ppm, min_volume
        _require_sound(row, rows)
        if _terms(row) == old:
            raise FeeTierInvalid("These terms are in force already.")
        row.save(update_fields=["maker_ppm", "taker_ppm", "min_volume"])
        record_staff_action(
            by=by,
            subject_kind="fees",
            subject=f"tier {tier}",
            action="terms",
            old=old,
            new=_terms(row),
            reason=reason,
        )
    return row


def _terms(row: FeeTier) -> dict[str, object]:
    return {
        "maker": percent(row.maker_ppm),
        "taker": percent(row.taker_ppm),
        "min_volume": plain(row.min_volume),
    }


def _require_sound(row: FeeTier, rows: dict[int, FeeTier]) -> None:
    """Raises FeeTierInvalid; `details` has a sentence for each term that cannot be."""
    found: dict[str, str] = {}
    for field in ("maker_ppm", "taker_ppm"):
        if not 0 <= getattr(row, field) <= PPM:
            found[field] = f"From 0 to {PPM} parts per million."
    volume = row.min_volume
    if not volume.is_finite() or not 0 <= volume < _GREATEST or decimals_of(volume) > STORED_DECIMALS:
        found["min_volume"] = "Zero or a positive amount."
    elif row.tier == min(rows) and volume:
        found["min_volume"] = "The lowest tier begins at zero: everybody is in some tier."
    else:
        for other in rows.values():
            if (other.tier < row.tier and other.min_volume > volume) or (
                other.tier > row.tier and other.min_volume < volume
            ):
                found["min_volume"] = f"Tier {other.tier} begins at {plain(other.min_volume)}: not in order."
    if found:
        raise FeeTierInvalid(details={"fields": found})
