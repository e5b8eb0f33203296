"""Counting codes. Whoever calls these holds the lock on the user's row, so that no guess goes uncounted."""

import math
from datetime import datetime, timedelta

from accounts.models import User
from accounts.second_factor.models import Method, Purpose, SecondFactorAttempt
from storage.models import AppendOnlyQuerySet

MAX_WRONG = 5
WINDOW = timedelta(minutes=15)


def lock_user(user: User) -> None:
    """Wait until nobody else looks at a code of this user; until the database transaction ends."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)


def locked_seconds(user: User, at: datetime) -> int:
    """For how long no code of this user is looked at; 0 if one may be tried."""
    wrong = _wrong(user, at).order_by("-at").values_list("at", flat=True)[:MAX_WRONG]
    if len(wrong) < MAX_WRONG:
        return 0
    return max(1, math.ceil((wrong[MAX_WRONG - 1] + WINDOW - at).total_seconds()))


def count_wrong(user: User, purpose: Purpose, method: Method, at: datetime) -> bool:
    """Write down a wrong code; True if it was the last one allowed."""
    SecondFactorAttempt.objects.create(user=user, purpose=purpose, method=method, is_accepted=False, at=at)
    return bool(_wrong(user, at).count() == MAX_WRONG)


def write_accepted(user: User, purpose: Purpose, method: Method, at: datetime, time_step: int | None = None) -> None:
    """Write down a code that was accepted. The database refuses a step that was accepted before."""
    SecondFactorAttempt.objects.create(
        user=user, purpose=purpose, method=method, is_accepted=True, time_step=time_step, at=at
    )


def was_step_used(user: User, time_step: int) -> bool:
    """Whether a code of this step was accepted before, for whatever purpose."""
    return bool(SecondFactorAttempt.objects.filter(user=user, time_step=time_step).exists())


def _wrong(user: User, at: datetime) -> AppendOnlyQuerySet:
    return SecondFactorAttempt.objects.filter(user=user, is_accepted=False, at__gt=at - WINDOW)
