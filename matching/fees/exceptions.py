"""Exceptions from the fee table: made and ended by staff, ended by themselves when their time is over.

An exception is never changed. A new one for the same user and market takes the place of the one in force, in one step,
so nobody pays the table's rates for a moment in between. One that holds a user in a tier moves the user there at once;
when it ends the user goes where the volume says.

The worker asks for rates when it takes an order, and they stay with the order: an exception changes no order that is in
the book. They are stored with the outcome, so a replay pays the same fees.
"""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.errors import ReasonMissing
from accounts.models import AccountChange, User
from accounts.services import change_fee_tier
from accounts.staff import record_staff_action
from kernel.units import PPM
from matching.errors import FeeExceptionEnded, FeeExceptionInvalid
from matching.fees.texts import terms_text
from matching.fees.tiers import place_by_volume
from matching.models import FeeException, FeeTier, Market

_LOCK = 0x626F757273650005
"""Key of the advisory lock under which exceptions are made and ended: 'bourse' and a number."""
_EXPIRED = "its time is over"


def make_fee_exception(
    *,
    by: User,
    reason: str,
    user: User | None = None,
    market: Market | None = None,
    tier: int | None = None,
    maker_ppm: int | None = None,
    taker_ppm: int | None = None,
    expires_at: datetime | None = None,
) -> FeeException:
    """Hold a user in a tier, or give a user, a market, or a user in a market other rates.

    Rates are parts per million of what a trade brings; both are given, or a tier is. Whatever was in force for the same
    user and market ends. Raises ReasonMissing, FeeExceptionInvalid.
    """
    if not reason.strip():
        raise ReasonMissing
    now = timezone.now()
    made = FeeException(
        user=user,
        market=market,
        tier=tier,
        maker_ppm=maker_ppm,
        taker_ppm=taker_ppm,
        reason=reason.strip()[:200],
        set_by=by,
        created_at=now,
        expires_at=expires_at,
    )
    _require_sound(made, by)
    with transaction.atomic():
        _take_turn()
        before = _same_scope(made).select_for_update(no_key=True).first()
        if before is not None:
            _end(before, at=now, by=by, reason=f"replaced: {reason.strip()}")
        made.save(force_insert=True)
        _note(made, by=by, old=terms_text(before) if before else "", new=terms_text(made), reason=reason)
        if user is not None and tier is not None:
            change_fee_tier(user=User.objects.get(pk=user.pk), fee_tier=tier, by=by, reason=reason)
    return made


def end_fee_exception(*, exception_id: int, by: User, reason: str) -> FeeException:
    """End an exception before its time. A user it held in a tier moves to that of the volume at once.

    Raises ReasonMissing, FeeExceptionInvalid for one's own, FeeExceptionEnded.
    """
    if not reason.strip():
        raise ReasonMissing
    now = timezone.now()
    with transaction.atomic():
        _take_turn()
        found = FeeException.objects.select_for_update(no_key=True).get(pk=exception_id)
        _require_not_own(found, by)
        if found.ended_at is not None or (found.expires_at is not None and found.expires_at <= now):
            raise FeeExceptionEnded
        _end(found, at=now, by=by, reason=reason.strip())
        _note(found, by=by, old=terms_text(found), new="", reason=reason)
        _return_to_volume(found, now)
    return found


def end_expired_fee_exceptions(*, now: datetime) -> int:
    """Write down the end of exceptions whose time is over, and move users they held in a tier; returns how many.

    Rates of an exception do not wait for this: the worker looks at the time itself.
    """
    with transaction.atomic():
        _take_turn()
        over = list(FeeException.objects.select_for_update(no_key=True).filter(ended_at=None, expires_at__lte=now))
        for exception in over:
            assert exception.expires_at is not None
            _end(exception, at=exception.expires_at, by=None, reason=_EXPIRED)
            if exception.user is not None:
                _note(exception, by=None, old=terms_text(exception), new="", reason=_EXPIRED)
            _return_to_volume(exception, now)
    return len(over)


def _require_sound(made: FeeException, by: User) -> None:
    """Raises FeeExceptionInvalid; `details` has a sentence for each thing that cannot be."""
    _require_not_own(made, by)
    found: dict[str, str] = {}
    if made.tier is not None:
        if made.maker_ppm is not None or made.taker_ppm is not None:
            found["tier"] = "Either a tier or rates."
        elif not FeeTier.objects.filter(tier=made.tier).exists():
            found["tier"] = "There is no such tier."
        elif made.user is None or made.market is not None:
            found["tier"] = "A tier is a user's, in all markets."
    else:
        for field in ("maker_ppm", "taker_ppm"):
            ppm = getattr(made, field)
            if ppm is None or not 0 <= ppm <= PPM:
                found[field] = f"From 0 to {PPM} parts per million."
        if made.user is None and made.market is None:
            found["user"] = "Whose, or in which market? What everybody pays everywhere is in the fee table."
    if made.expires_at is not None and made.expires_at <= made.created_at:
        found["expires_at"] = "This moment is over."
    if found:
        raise FeeExceptionInvalid(details={"fields": found})


def _require_not_own(exception: FeeException, by: User) -> None:
    if exception.user_id == by.pk:
        raise FeeExceptionInvalid(details={"fields": {"user": "Nobody decides on their own fees."}})


def _take_turn() -> None:
    """One at a time, so that two people who except the same user replace each other instead of colliding."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _same_scope(made: FeeException) -> QuerySet[FeeException]:
    kind = Q(tier__isnull=made.tier is None)
    return FeeException.objects.filter(kind, user=made.user, market=made.market, ended_at=None)


def _end(exception: FeeException, *, at: datetime, by: User | None, reason: str) -> None:
    exception.ended_at, exception.ended_by, exception.end_reason = at, by, reason[:200]
    exception.save(update_fields=["ended_at", "ended_by", "end_reason"])


def _return_to_volume(ended: FeeException, now: datetime) -> None:
    if ended.tier is not None and ended.user_id is not None:
        place_by_volume(user_id=ended.user_id, now=now)


def _note(exception: FeeException, *, by: User | None, old: str, new: str, reason: str) -> None:
    """A user's exceptions are in the history of the account, a market's among the actions on the market."""
    if exception.user is not None:
        AccountChange.objects.create(
            user=exception.user, by=by, field="fees", old=old[:100], new=new[:100], reason=reason.strip()[:200]
        )
    else:
        assert by is not None
        assert exception.market is not None
        record_staff_action(
            by=by,
            subject_kind="market",
            subject=exception.market.symbol,
            action="fees",
            old={"fees": old},
            new={"fees": new},
            reason=reason,
        )
