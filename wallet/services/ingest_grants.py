"""Keys by which a rail reports deposits: made by staff, for a machine's user, bound to one rail, shown once."""

from collections.abc import Collection
from decimal import Decimal

from django.db import transaction

from accounts.errors import ReasonMissing
from accounts.models import Scope, User
from accounts.services import NewApiKey, create_api_key
from accounts.staff import record_staff_action
from kernel.units import plain
from wallet.errors import ControlInvalid
from wallet.models import IngestGrant, Rail


def grant_ingest(
    *,
    rail: Rail,
    user: User,
    label: str,
    ip_ranges: Collection[str],
    daily_cap: Decimal,
    four_eyes_above: Decimal,
    by: User,
    reason: str,
) -> NewApiKey:
    """Make a key that may report this rail's deposits and nothing else. Amounts in the reference asset.

    `user` is the machine that holds it, never who makes it. Raises ReasonMissing, ScopeUnknown, AddressRangeInvalid,
    AccountDataInvalid, ApiKeyLimitReached, ControlInvalid.
    """
    if not reason.strip():
        raise ReasonMissing
    if daily_cap <= 0 or four_eyes_above < 0:
        raise ControlInvalid(details={"fields": {"daily_cap": "More than zero."}})
    with transaction.atomic():
        made = create_api_key(user=user, label=label, scopes=[Scope.INGEST], ip_ranges=ip_ranges, by=by)
        IngestGrant.objects.create(
            api_key=made.api_key, rail=rail, daily_cap=daily_cap, four_eyes_above=four_eyes_above
        )
        record_staff_action(
            by=by,
            subject_kind="rail",
            subject=rail.code,
            action="grant ingest",
            new={"key": str(made.api_key.pk), "cap": plain(daily_cap), "four_eyes_above": plain(four_eyes_above)},
            reason=reason,
        )
    return made
