"""Every write to risk events and policies. What staff do leaves a `StaffAction` in the same database transaction."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import ReasonMissing
from accounts.models import AccountState, User
from accounts.services import change_account_state
from accounts.staff import record_staff_action
from ledger.models import Account
from risk.errors import RiskEventResolved, RiskPolicyUnknown
from risk.models import RiskComment, RiskEvent, RiskEventType, RiskPolicy, Severity

MOST_EVIDENCE = 500
"""Entries of each list in an event's metadata; the count goes on."""
SUBJECT_KIND = "risk event"


def record_risk_event(
    *,
    event_type: RiskEventType,
    severity: Severity,
    fingerprint: str,
    description: str,
    first_seen_at: datetime,
    last_seen_at: datetime,
    detector: str = "",
    count: int = 1,
    metadata: Mapping[str, Any] | None = None,
    user: User | None = None,
    accounts: Collection[int] = (),
    market: str = "",
    asset: str = "",
) -> RiskEvent:
    """Open an event, or make the open one of this fingerprint count more and, where it got worse, more severe.

    What an event has seen is not counted again: something not younger than its `last_seen_at` changes nothing. Once
    an event is resolved, the same thing seen again opens another one. `accounts` are ledger accounts. Where a policy
    says so, the trading of their users is frozen, once for each event.
    """
    seen: dict[str, Any] = {
        "severity": Severity(severity),
        "description": description[:200],
        "metadata": dict(metadata or {}),
        "last_seen_at": last_seen_at,
        "count": count,
    }
    with transaction.atomic():
        last = _last_of(fingerprint)
        if last is None or (last.resolved and last_seen_at > last.last_seen_at):
            try:
                with transaction.atomic():
                    event = RiskEvent.objects.create(
                        **seen,
                        event_type=RiskEventType(event_type),
                        detector=detector,
                        fingerprint=fingerprint,
                        repetition=1 if last is None else last.repetition + 1,
                        first_seen_at=first_seen_at,
                        user=user,
                        accounts=sorted(accounts),
                        market=market,
                        asset=asset,
                    )
            except IntegrityError:
                # Somebody else opened it between the look and the insert; now it is there to be added to.
                last = _last_of(fingerprint)
                if last is None:
                    raise
                event = _see_again(last, **seen)
        else:
            event = _see_again(last, **seen)
        _carry_out_policy(event)
    return event


def assign_risk_event(*, event_id: int, to: User, by: User) -> RiskEvent:
    """Make somebody responsible for an event. Raises RiskEventResolved."""
    with transaction.atomic():
        event = _open_event(event_id)
        if event.assigned_to_id != to.pk:
            before, event.assigned_to = event.assigned_to, to
            event.save(update_fields=["assigned_to"])
            record_staff_action(
                by=by,
                subject_kind=SUBJECT_KIND,
                subject=str(event.pk),
                action="assign",
                old={"assigned_to": str(before) if before else ""},
                new={"assigned_to": str(to)},
                reason="taken on" if to == by else f"given to {to}",
            )
    return event


def comment_on_risk_event(*, event_id: int, text: str, by: User) -> RiskComment:
    """Say something about an event, resolved or not. Raises ReasonMissing for an empty comment."""
    if not text.strip():
        raise ReasonMissing
    return RiskComment.objects.create(event_id=event_id, author=by, text=text.strip()[:1000])


def resolve_risk_event(*, event_id: int, resolution: str, by: User) -> RiskEvent:
    """Close an event with what was found. What a policy froze stays frozen until staff reopen the account.

    Raises ReasonMissing, RiskEventResolved.
    """
    if not resolution.strip():
        raise ReasonMissing
    with transaction.atomic():
        event = _open_event(event_id)
        event.resolved, event.resolved_by, event.resolved_at = True, by, timezone.now()
        event.resolution = resolution.strip()[:200]
        event.save(update_fields=["resolved", "resolved_by", "resolved_at", "resolution"])
        record_staff_action(
            by=by,
            subject_kind=SUBJECT_KIND,
            subject=str(event.pk),
            action="resolve",
            old={"severity": Severity(event.severity).label},
            new={"resolved": "yes"},
            reason=resolution,
        )
    return event


def change_risk_policy(*, detector: str, freezes_from: Severity | None, by: User, reason: str) -> RiskPolicy:
    """Decide from which severity on a detector's events freeze trading; None for never.

    Holds for what is found from now on. Raises ReasonMissing, RiskPolicyUnknown.
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        policy = RiskPolicy.objects.select_for_update().filter(pk=detector).first()
        if policy is None:
            raise RiskPolicyUnknown
        before, policy.freezes_from = policy.freezes_from, freezes_from
        if before != freezes_from:
            policy.save(update_fields=["freezes_from"])
            record_staff_action(
                by=by,
                subject_kind="risk policy",
                subject=detector,
                action="freezes from",
                old={"freezes_from": _label(before)},
                new={"freezes_from": _label(freezes_from)},
                reason=reason,
            )
    return policy


def _last_of(fingerprint: str) -> RiskEvent | None:
    return (
        RiskEvent.objects.select_for_update(no_key=True).filter(fingerprint=fingerprint).order_by("-repetition").first()
    )


def _see_again(
    event: RiskEvent,
    *,
    severity: Severity,
    description: str,
    metadata: dict[str, Any],
    last_seen_at: datetime,
    count: int,
) -> RiskEvent:
    if last_seen_at <= event.last_seen_at:
        return event
    event.count += count
    event.last_seen_at = last_seen_at
    if severity > event.severity:
        event.severity, event.description = severity, description
    event.metadata = _merged(event.metadata, metadata)
    event.save(update_fields=["count", "last_seen_at", "severity", "description", "metadata"])
    return event


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Lists grow by what is new to them, up to a bound; everything else is as it was seen last."""
    merged = {**old, **new}
    for name, value in new.items():
        before = old.get(name)
        if isinstance(value, list) and isinstance(before, list):
            known = set(before)
            merged[name] = [*before, *(entry for entry in value if entry not in known)]
        if isinstance(merged[name], list):
            merged[name] = merged[name][:MOST_EVIDENCE]
    return merged


def _carry_out_policy(event: RiskEvent) -> None:
    """Freeze the trading of the users named, if that is the policy and was not done for this event before.

    House accounts are left alone, and so is an account that is restricted already.
    """
    if event.restricted_at is not None or event.resolved or not event.accounts:
        return
    policy = RiskPolicy.objects.filter(pk=event.detector).first()
    if policy is None or policy.freezes_from is None or event.severity < policy.freezes_from:
        return
    event.restricted_at = timezone.now()
    event.save(update_fields=["restricted_at"])
    named = Account.objects.filter(pk__in=event.accounts, user__isnull=False).select_related("user").order_by("pk")
    for user in [account.user for account in named if account.user is not None]:
        if user.is_house or user.state != AccountState.ACTIVE:
            continue
        change_account_state(
            user=user,
            state=AccountState.TRADE_FROZEN,
            by=None,
            reason=f"Frozen by policy, risk event {event.pk}: {event.description}",
        )
        RiskComment.objects.create(event=event, author=None, text=f"Trading of {user} was frozen by policy.")


def _open_event(event_id: int) -> RiskEvent:
    event = RiskEvent.objects.select_for_update(no_key=True).get(pk=event_id)
    if event.resolved:
        raise RiskEventResolved
    return event


def _label(severity: int | None) -> str:
    return "never" if severity is None else Severity(severity).label
