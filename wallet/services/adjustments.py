"""Correcting entries: one person of the staff asks, another one agrees, the balance processor posts.

They are for what a reconciliation has found and for the exchange's own money (accounts of the kind `house`), which is
kept apart from users' money and moves by nothing else.
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import ReasonMissing
from accounts.models import User
from accounts.staff import record_staff_action
from kernel.errors import BourseError
from kernel.units import EXACT, plain, to_atoms
from ledger.models import Account, Asset, EntryKind, JournalEntry, Posting
from ledger.selectors import posting_range_of_entry
from wallet.core import operations
from wallet.models import Adjustment
from wallet.rails.errors import AdjustmentInvalid, NeedsAnother, ProposalNotOpen
from wallet.services.operations import request_operation

MOST_LINES = 50
_REVERSIBLE = frozenset(
    {
        EntryKind.FUNDING,
        EntryKind.TRANSFER,
        EntryKind.DEPOSIT,
        EntryKind.SWEEP,
        EntryKind.SUSPENSE,
        EntryKind.ADJUSTMENT,
    }
)
"""All others are steps of an order, a withdrawal or a held deposit, which would go on as if nothing had happened."""


class AdjustmentLine(NamedTuple):
    """By how much one account changes. Units of the asset, with their sign."""

    account_id: int
    available: Decimal
    locked: Decimal = Decimal(0)


def request_adjustment(
    *, asset: Asset, lines: Sequence[AdjustmentLine], by: User, reason: str, reverses_entry_id: int | None = None
) -> Adjustment:
    """Ask for a correcting entry; another person decides. One entry is reversed once.

    Raises ReasonMissing, AdjustmentInvalid, NeedsAnother.
    """
    if not reason.strip():
        raise ReasonMissing
    _require_balanced(asset, lines)
    _require_no_part(lines, by)
    if reverses_entry_id is not None and not JournalEntry.objects.filter(pk=reverses_entry_id).exists():
        raise AdjustmentInvalid(details={"fields": {"reverses": "There is no such entry."}})
    with transaction.atomic():
        try:
            with transaction.atomic():
                made = Adjustment.objects.create(
                    asset=asset,
                    lines=[[line.account_id, plain(line.available), plain(line.locked)] for line in lines],
                    reason=reason.strip()[:200],
                    reverses_entry_id=reverses_entry_id,
                    requested_by=by,
                )
        except IntegrityError as error:
            raise AdjustmentInvalid(
                details={"fields": {"reverses": "Its reversal was asked for before, and not turned down."}}
            ) from error
        _record(made, action="request adjustment", by=by, reason=reason)
    return made


def request_reversal(*, entry_id: int, by: User, reason: str) -> Adjustment:
    """Ask for the opposite of an entry in one asset that locks or releases nothing.

    Raises AdjustmentInvalid, ReasonMissing, NeedsAnother.
    """
    entry = JournalEntry.objects.filter(pk=entry_id).first()
    bounds = posting_range_of_entry(entry_id=entry_id)
    if entry is None or bounds is None:
        raise AdjustmentInvalid(details={"fields": {"reverses": "There is no such entry."}})
    postings = list(Posting.objects.filter(pk__range=bounds, entry_id=entry_id).select_related("asset", "account"))
    if entry.kind not in _REVERSIBLE or any(one.locked_delta and one.account.user_id for one in postings):
        kind = EntryKind(entry.kind).label
        raise AdjustmentInvalid(
            details={"fields": {"reverses": f"An order, a withdrawal or a held deposit depends on it ({kind})."}}
        )
    assets = {posting.asset for posting in postings}
    if len(assets) != 1:
        raise AdjustmentInvalid(details={"fields": {"reverses": "An entry of one asset, not of several."}})
    lines = [AdjustmentLine(one.account_id, -one.available_delta, -one.locked_delta) for one in postings]
    return request_adjustment(asset=assets.pop(), lines=lines, by=by, reason=reason, reverses_entry_id=entry_id)


def approve_adjustment(*, adjustment_id: int, by: User, reason: str) -> Adjustment:
    """Agree to what somebody else asked for: the balance processor gets it, and refuses what would go below zero.

    Raises ReasonMissing, ProposalNotOpen, NeedsAnother.
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        asked = _open(adjustment_id)
        if asked.requested_by_id == by.pk:
            raise NeedsAnother
        lines = [
            AdjustmentLine(account, Decimal(available), Decimal(locked)) for account, available, locked in asked.lines
        ]
        _require_no_part(lines, by)
        operation = request_operation(
            origin=f"staff:{by.pk}",
            message=operations.Adjustment(
                request_id=f"adjustment:{asked.pk}",
                asset=asked.asset.symbol,
                amount=_moved(lines),
                adjustment_id=asked.pk,
                lines=tuple((account, available, locked) for account, available, locked in asked.lines),
                reason=asked.reason,
            ),
        )
        asked.operation_id = operation.pk
        _decide(asked, is_approved=True, by=by)
        _record(asked, action="approve adjustment", by=by, reason=reason)
    return asked


def turn_down_adjustment(*, adjustment_id: int, by: User, reason: str) -> Adjustment:
    """Turn down what was asked for, or take back one's own. Raises ReasonMissing, ProposalNotOpen."""
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        asked = _open(adjustment_id)
        _decide(asked, is_approved=False, by=by)
        _record(asked, action="turn down adjustment", by=by, reason=reason)
    return asked


def read_lines(text: str) -> list[AdjustmentLine]:
    """Lines as staff write them: account, available and, if any, locked, apart by spaces. Raises AdjustmentInvalid."""
    found = []
    for number, line in enumerate(filter(None, map(str.strip, text.splitlines())), start=1):
        parts = line.split()
        try:
            if not 2 <= len(parts) <= 3:
                raise ValueError(line)
            found.append(AdjustmentLine(int(parts[0]), *(Decimal(part) for part in parts[1:])))
        except (ValueError, InvalidOperation) as error:
            raise AdjustmentInvalid(details={"fields": {f"line {number}": "Account, available, locked."}}) from error
    return found


def _require_balanced(asset: Asset, lines: Sequence[AdjustmentLine]) -> None:
    def refuse(field: str, text: str) -> None:
        raise AdjustmentInvalid(details={"fields": {field: text}})

    if not 2 <= len(lines) <= MOST_LINES:
        refuse("lines", f"2 to {MOST_LINES} lines.")
    accounts = [line.account_id for line in lines]
    if len(set(accounts)) != len(accounts):
        refuse("lines", "Each account once.")
    if Account.objects.filter(pk__in=accounts).count() != len(accounts):
        refuse("lines", "There is no such account.")
    total = Decimal(0)
    for line in lines:
        if not (line.available.is_finite() and line.locked.is_finite()) or not (line.available or line.locked):
            refuse("lines", "An amount that is not zero.")
        try:
            to_atoms(line.available, asset.scale)
            to_atoms(line.locked, asset.scale)
        except BourseError:
            refuse("lines", f"At most {asset.scale} decimals.")
        total = EXACT.add(total, EXACT.add(line.available, line.locked))
    if total:
        refuse("lines", f"They sum up to {plain(total)}, not to zero.")


def _require_no_part(lines: Sequence[AdjustmentLine], by: User) -> None:
    """Nobody asks for, or agrees to, an entry on an account of their own."""
    if Account.objects.filter(pk__in=[line.account_id for line in lines], user=by).exists():
        raise NeedsAnother


def _moved(lines: Sequence[AdjustmentLine]) -> Decimal:
    """What goes from some accounts to others; zero where it stays within them."""
    moved = Decimal(0)
    for line in lines:
        moved = EXACT.add(moved, max(EXACT.add(line.available, line.locked), Decimal(0)))
    return moved


def _open(adjustment_id: int) -> Adjustment:
    rows = Adjustment.objects.select_for_update(no_key=True, of=("self",)).select_related("asset")
    asked = rows.filter(pk=adjustment_id, is_approved=None).first()
    if asked is None:
        raise ProposalNotOpen
    return asked


def _decide(asked: Adjustment, *, is_approved: bool, by: User) -> None:
    asked.is_approved, asked.decided_by, asked.decided_at = is_approved, by, timezone.now()
    asked.save(update_fields=["is_approved", "decided_by", "decided_at", "operation_id"])


def _record(asked: Adjustment, *, action: str, by: User, reason: str) -> None:
    record_staff_action(
        by=by,
        subject_kind="adjustment",
        subject=str(asked.pk),
        action=action,
        new={"asset": asked.asset.symbol, "lines": asked.lines},
        reason=reason,
    )
