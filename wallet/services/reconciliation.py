"""Holding the books against what a rail itself says: how much it has, and what came and went.

While money is on its way both are right and differ. What has left and is not booked yet is taken off; what may have
left, or has arrived and is not booked, makes the rail's balance right within bounds. Movements are compared one by one,
by their ids, so that two errors of the same amount do not hide each other.

A difference is one row for as long as it is there. It closes when both agree again, or when staff say what it was; what
staff have explained is not found anew. A rail without open differences is even: payouts that were frozen, as after a
restore, go on.

A payout that the rail has made and the books still mean to make is not explained away: it would be made again. It stays
a difference until two of the staff have said on its page that it was sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.errors import ReasonMissing
from accounts.models import User
from accounts.staff import record_staff_action
from kernel.units import EXACT, plain
from ledger.models import Asset
from risk.models import RiskEventType, Severity
from risk.services import record_risk_event
from wallet.core.amounts import rounded_down
from wallet.core.states import WithdrawalState
from wallet.models import Rail, RailKind, Reconciliation, ReconciliationDifference, Withdrawal
from wallet.rails.errors import DifferenceClosed, PayoutMayBeRepeated
from wallet.rails.protocol import Movement, RailAdapter
from wallet.rails.registry import adapter_of
from wallet.selectors.rails import held_by_books, moves_on_their_way, sent_and_unbooked, unbooked_arrivals
from wallet.services.movement_comparison import (
    BALANCE,
    MISSING_AT_RAIL,
    MISSING_IN_BOOKS,
    Found,
    compare_movements,
    payout_still_to_come,
    payouts_of_amount,
)
from wallet.services.payout_records import NOT_TAKEN

LOOKS_BACK = timedelta(days=2)
"""How much further than the last even reconciliation movements are read."""
FIRST_LOOK = timedelta(days=30)
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the rail may say and be right. Units of the asset."""

    books: Decimal
    least: Decimal
    most: Decimal


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was found out about one asset of a rail."""

    asset: Asset
    bounds: Bounds
    actual: Decimal
    movements: Sequence[Movement]


def reconcile_rail(*, rail: Rail, by: User | None = None) -> Reconciliation:
    """Compare all assets of a rail, and write down what was found. Not to be called in a database transaction.

    Raises RailUnavailable; then nothing is written, and what was frozen stays so.
    """
    rail = Rail.objects.get(pk=rail.pk)
    frozen_at = rail.payouts_frozen_at
    adapter, since = adapter_of(rail), _since(rail)
    assets = Asset.objects.filter(rail_assets__rail=rail).order_by("symbol")
    seen = [_look_at(rail, adapter, asset, since) for asset in assets]
    with transaction.atomic():
        rail = Rail.objects.select_for_update(no_key=True).get(pk=rail.pk)
        at = timezone.now()
        for one in seen:
            _keep(rail, one, _differences(rail, one), at)
        is_even = not ReconciliationDifference.objects.filter(rail=rail, resolved_at=None).exists()
        made = Reconciliation.objects.create(
            rail=rail, at=at, is_even=is_even, figures={one.asset.symbol: _figures(one) for one in seen}
        )
        # A freeze that began while the rail was asked is not ended by what it said before.
        if is_even and rail.payouts_frozen_reason and rail.payouts_frozen_at == frozen_at:
            rail.payouts_frozen_reason, rail.payouts_frozen_at = "", None
            rail.save(update_fields=["payouts_frozen_reason", "payouts_frozen_at"])
        if not is_even:
            _alarm(rail, at)
        if by is not None:
            record_staff_action(
                by=by,
                subject_kind="rail",
                subject=rail.code,
                action="reconcile",
                new={"is_even": is_even},
                reason="asked for",
            )
    return made


def bounds_of(*, rail: Rail, asset: Asset) -> Bounds:
    """What the rail may hold if the books are right."""
    books = held_by_books(rail=rail, asset=asset)
    left = sent_and_unbooked(rail=rail, asset=asset, states=(WithdrawalState.SENT,))
    may_have_left = sent_and_unbooked(rail=rail, asset=asset, states=(WithdrawalState.SENDING, WithdrawalState.UNKNOWN))
    certain = EXACT.subtract(books, left)
    return Bounds(
        books=books,
        least=EXACT.subtract(certain, EXACT.add(may_have_left, moves_on_their_way(rail=rail, asset=asset))),
        most=EXACT.add(certain, unbooked_arrivals(rail=rail, asset=asset)),
    )


def resolve_difference(*, difference_id: int, by: User, reason: str) -> ReconciliationDifference:
    """Say what a difference was; where money is missing or too much, an adjustment puts the books right as well.

    Raises ReasonMissing, DifferenceClosed, PayoutMayBeRepeated.
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        rows = ReconciliationDifference.objects.select_for_update(no_key=True, of=("self",)).select_related("asset")
        difference = rows.filter(pk=difference_id, resolved_at=None).first()
        if difference is None:
            raise DifferenceClosed
        withdrawal = _still_to_come(difference)
        if withdrawal is not None:
            raise PayoutMayBeRepeated(details={"withdrawal": str(withdrawal.pk), "state": str(withdrawal.state)})
        _close(difference, resolution=reason.strip(), by=by, at=timezone.now())
        record_staff_action(
            by=by,
            subject_kind="rail",
            subject=difference.rail_id,
            action="resolve difference",
            new={"kind": difference.kind, "subject": difference.subject, "asset": difference.asset.symbol},
            reason=reason,
        )
    return difference


def payouts_it_may_be(difference: ReconciliationDifference) -> list[Withdrawal]:
    """The withdrawals that the books still mean to make and that a movement unknown to them may have been."""
    if difference.kind != MISSING_IN_BOOKS or difference.actual > 0:
        return []
    named = _still_to_come(difference)
    if named is not None:
        return [named]
    return payouts_of_amount(rail=difference.rail, asset=difference.asset, amount=-difference.actual)


def freeze_payouts(*, reason: str) -> int:
    """Let no rail send anything until its reconciliation has passed; how many rails that are.

    What these books know for certain may have been overtaken: that a rail has not taken a payout is asked anew.
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        Withdrawal.objects.filter(state=WithdrawalState.SENDING, waits_for=NOT_TAKEN).update(waits_for="")
        rails = Rail.objects.exclude(kind=RailKind.INTERNAL)
        return rails.update(payouts_frozen_reason=reason.strip()[:200], payouts_frozen_at=timezone.now())


def _since(rail: Rail) -> datetime:
    last = Reconciliation.objects.filter(rail=rail, is_even=True).order_by("-pk").values_list("at", flat=True).first()
    return (last - LOOKS_BACK) if last is not None else timezone.now() - FIRST_LOOK


def _look_at(rail: Rail, adapter: RailAdapter, asset: Asset, since: datetime) -> _Seen:
    """Ask the rail between two looks at the books: bounds hold only if nothing was booked meanwhile."""
    for _ in range(ATTEMPTS):
        bounds = bounds_of(rail=rail, asset=asset)
        actual = Decimal(0)
        for amount in adapter.balance(asset.symbol).values():
            actual = EXACT.add(actual, amount)
        again = bounds_of(rail=rail, asset=asset)
        if again == bounds:
            break
        bounds = Bounds(again.books, min(bounds.least, again.least), max(bounds.most, again.most))
    # Of what came in, the books have as much as they have decimals for.
    movements = [
        replace(one, amount=rounded_down(one.amount, asset.scale)) if one.amount > 0 else one
        for one in adapter.movements(asset.symbol, since=since)
    ]
    return _Seen(asset, bounds, rounded_down(actual, asset.scale), movements)


def _differences(rail: Rail, seen: _Seen) -> list[Found]:
    rows = ReconciliationDifference.objects.filter(rail=rail, asset=seen.asset, kind=MISSING_AT_RAIL, resolved_at=None)
    missing = frozenset(rows.values_list("subject", flat=True))
    found = compare_movements(rail=rail, asset=seen.asset, movements=seen.movements, missing=missing)
    if not seen.bounds.least <= seen.actual <= seen.bounds.most:
        nearest = seen.bounds.least if seen.actual < seen.bounds.least else seen.bounds.most
        found.append(Found(BALANCE, "", nearest, seen.actual))
    return found


def _keep(rail: Rail, seen: _Seen, found: list[Found], at: datetime) -> None:
    """Open what is new, note what is still there, close what has gone."""
    rows = ReconciliationDifference.objects.filter(rail=rail, asset=seen.asset)
    still_open = {(row.kind, row.subject): row for row in rows.filter(resolved_at=None)}
    explained = {
        (row.kind, row.subject, row.expected, row.actual)
        for row in rows.filter(resolved_by__isnull=False).exclude(kind=BALANCE)
    }
    for one in found:
        row = still_open.pop((one.kind, one.subject), None)
        if row is not None:
            row.expected, row.actual, row.last_seen_at = one.expected, one.actual, at
            row.save(update_fields=["expected", "actual", "last_seen_at"])
        elif one.is_still_to_come or (one.kind, one.subject, one.expected, one.actual) not in explained:
            ReconciliationDifference.objects.create(
                rail=rail,
                asset=seen.asset,
                kind=one.kind,
                subject=one.subject,
                expected=one.expected,
                actual=one.actual,
                first_seen_at=at,
                last_seen_at=at,
            )
    for row in still_open.values():
        _close(row, resolution="They agree again.", by=None, at=at)


def _still_to_come(difference: ReconciliationDifference) -> Withdrawal | None:
    if difference.kind != MISSING_IN_BOOKS or difference.actual > 0:
        return None
    return payout_still_to_come(rail=difference.rail, asset=difference.asset, subject=difference.subject)


def _close(difference: ReconciliationDifference, *, resolution: str, by: User | None, at: datetime) -> None:
    difference.resolved_at, difference.resolved_by, difference.resolution = at, by, resolution[:200]
    difference.save(update_fields=["resolved_at", "resolved_by", "resolution"])


def _figures(seen: _Seen) -> dict[str, Any]:
    return {
        "ledger": plain(seen.bounds.books),
        "least": plain(seen.bounds.least),
        "most": plain(seen.bounds.most),
        "rail": plain(seen.actual),
    }


def _alarm(rail: Rail, at: datetime) -> None:
    record_risk_event(
        event_type=RiskEventType.SUSPICIOUS_ACTIVITY,
        severity=Severity.HIGH,
        fingerprint=f"reconciliation:{rail.code}",
        description=f"The books and {rail.name} do not agree.",
        metadata={"rail": rail.code},
        first_seen_at=at,
        last_seen_at=at,
    )
