"""Kill switches: stopping payouts of everything, of a rail or of an asset, and letting them go on.

A switch that is on refuses new withdrawals and keeps approved ones waiting; nothing fails and nothing is lost. The
exchange itself throws one when its books do not prove right, and only people let payouts go on.
"""

from django.db import transaction
from django.utils import timezone

from accounts.errors import ReasonMissing
from accounts.models import User
from accounts.staff import record_staff_action
from ledger.models import Asset
from wallet.errors import SwitchUnknown
from wallet.models import KillSwitch, Rail

EVERYTHING = "all"
MAX_REASON_LENGTH = 200


def scope_of_rail(code: str) -> str:
    return f"rail:{code}"


def scope_of_asset(symbol: str) -> str:
    return f"asset:{symbol}"


def stop_payouts(*, scope: str, by: User | None, reason: str) -> KillSwitch:
    """No call to a rail about that scope is begun from the commit of this on. `by` None: the exchange itself.

    What a rail was called for before may still leave; at most one payout of each rail is just being called for.
    One that is on already stays as it is, with its first reason. Raises ReasonMissing, SwitchUnknown.
    """
    return _switch(scope=scope, is_on=True, by=by, reason=reason)


def resume_payouts(*, scope: str, by: User, reason: str) -> KillSwitch:
    """Let payouts of that scope go on. Raises ReasonMissing, SwitchUnknown."""
    return _switch(scope=scope, is_on=False, by=by, reason=reason)


def known_scopes() -> list[str]:
    """Everything that can be stopped."""
    rails = Rail.objects.order_by("code").values_list("code", flat=True)
    assets = Asset.objects.filter(rail_assets__isnull=False).distinct().order_by("symbol")
    return [
        EVERYTHING,
        *map(scope_of_rail, rails),
        *map(scope_of_asset, assets.values_list("symbol", flat=True)),
    ]


def _switch(*, scope: str, is_on: bool, by: User | None, reason: str) -> KillSwitch:
    if not reason.strip():
        raise ReasonMissing
    _require_known(scope)
    KillSwitch.objects.get_or_create(scope=scope)
    with transaction.atomic():
        switch = KillSwitch.objects.select_for_update(no_key=True).get(pk=scope)
        if switch.is_on == is_on:
            return switch
        before = switch.reason
        switch.is_on, switch.changed_by, switch.changed_at = is_on, by, timezone.now()
        switch.reason = reason.strip()[:MAX_REASON_LENGTH]
        switch.save()
        if by is not None:
            record_staff_action(
                by=by,
                subject_kind="payouts",
                subject=scope,
                action="stop payouts" if is_on else "resume payouts",
                old={"is_on": not is_on, "reason": before},
                new={"is_on": is_on},
                reason=reason,
            )
    return switch


def _require_known(scope: str) -> None:
    kind, _, name = scope.partition(":")
    is_known = (
        scope == EVERYTHING
        or (kind == "rail" and Rail.objects.filter(pk=name).exists())
        or (kind == "asset" and Asset.objects.filter(symbol=name).exists())
    )
    if not is_known:
        raise SwitchUnknown(details={"scope": scope[:40]})
