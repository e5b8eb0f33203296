"""What a rail lists against what the books have, line by line.

A line of the rail has to be a deposit or a payout of ours, of the same amount. A payout that the books do not know as
sent is a difference, too: after a restore it may have left before. The other way round, what was credited or paid out
within the time of the list has to be in it, and what was missing there once is looked for until it is found. Lines a
rail may show late get a time of grace.
"""

from collections.abc import Iterable, Sequence, Set
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from kernel.units import EXACT
from ledger.models import Asset
from wallet.core.states import FINAL_STATES, DepositState, WithdrawalState
from wallet.models import Deposit, Rail, Withdrawal
from wallet.rails.protocol import Movement
from wallet.services.payout_records import QUEUED

BALANCE = "balance"
MISSING_AT_RAIL = "missing_at_rail"
MISSING_IN_BOOKS = "missing_in_books"
AMOUNT = "amount"

GRACE = timedelta(minutes=10)
CHECKED_BACK = timedelta(days=1)
"""Entries of the books not older than this have to be in the list, which reaches further back."""
_LEFT = frozenset({WithdrawalState.SENDING, WithdrawalState.UNKNOWN, WithdrawalState.SENT, WithdrawalState.CONFIRMED})
_STILL_TO_COME = frozenset(WithdrawalState) - _LEFT - FINAL_STATES
_MAY_BE_GONE = (DepositState.ORPHANED, DepositState.HELD, DepositState.RETURNED)


class Found(NamedTuple):
    """A difference: what the books say, and what the rail does."""

    kind: str
    subject: str
    expected: Decimal
    actual: Decimal
    is_still_to_come: bool = False
    """The rail has made a payout that the books would make as well."""


def compare_movements(
    *, rail: Rail, asset: Asset, movements: Sequence[Movement], missing: Set[str] = frozenset()
) -> list[Found]:
    """All differences between the rail's list and the books. `missing`: what was not in the list before, by name."""
    at = timezone.now()
    incoming = [movement for movement in movements if movement.amount > 0]
    outgoing = [movement for movement in movements if movement.amount < 0]
    return [
        *_unknown_arrivals(rail, asset, incoming, at),
        *_unknown_payouts(rail, asset, outgoing, at),
        *_unseen_deposits(rail, asset, incoming, at, missing),
        *_unseen_payouts(rail, asset, outgoing, at, missing),
    ]


def payout_still_to_come(*, rail: Rail, asset: Asset, subject: str) -> Withdrawal | None:
    """The withdrawal that a movement of this name is, if the books still mean to make it."""
    by_payout_id, by_external_id = _withdrawals(rail, asset, {subject}, {subject})
    withdrawal = by_payout_id.get(subject) or by_external_id.get(subject)
    return withdrawal if withdrawal is not None and _is_still_to_come(withdrawal) else None


def payouts_of_amount(*, rail: Rail, asset: Asset, amount: Decimal) -> list[Withdrawal]:
    """The withdrawals of that amount that the books still mean to make."""
    waiting = Q(state__in=_STILL_TO_COME) | Q(state=WithdrawalState.SENDING, waits_for=QUEUED)
    return list(Withdrawal.objects.filter(waiting, rail=rail, asset=asset, amount=amount).order_by("pk"))


def _is_still_to_come(withdrawal: Withdrawal) -> bool:
    return WithdrawalState(withdrawal.state) in _STILL_TO_COME


def _unknown_arrivals(rail: Rail, asset: Asset, incoming: list[Movement], at: datetime) -> list[Found]:
    ids = {movement.external_tx_id for movement in incoming}
    rows = Deposit.objects.filter(rail=rail, asset=asset, external_tx_id__in=ids)
    known = {(row.external_tx_id, row.output_index): row.amount for row in rows}
    found = []
    for movement in incoming:
        key = (movement.external_tx_id, movement.output_index)
        amount = known.get(key)
        if amount is None and movement.at < at - GRACE:
            found.append(Found(MISSING_IN_BOOKS, _name(*key), Decimal(0), movement.amount))
        elif amount is not None and amount != movement.amount:
            found.append(Found(AMOUNT, _name(*key), amount, movement.amount))
    return found


def _unknown_payouts(rail: Rail, asset: Asset, outgoing: list[Movement], at: datetime) -> list[Found]:
    payout_ids = {movement.payout_id for movement in outgoing}
    external_ids = {movement.external_tx_id for movement in outgoing}
    by_payout_id, by_external_id = _withdrawals(rail, asset, payout_ids, external_ids)
    found = []
    for movement in outgoing:
        withdrawal = by_payout_id.get(movement.payout_id) or by_external_id.get(movement.external_tx_id)
        subject = movement.payout_id or movement.external_tx_id
        if withdrawal is None or WithdrawalState(withdrawal.state) not in _LEFT:
            if withdrawal is not None or movement.at < at - GRACE:
                is_still_to_come = withdrawal is not None and _is_still_to_come(withdrawal)
                found.append(Found(MISSING_IN_BOOKS, subject, Decimal(0), movement.amount, is_still_to_come))
        elif -movement.amount not in _possible_amounts(withdrawal):
            found.append(Found(AMOUNT, subject, -withdrawal.amount, movement.amount))
    return found


def _withdrawals(
    rail: Rail, asset: Asset, payout_ids: Set[str], external_ids: Set[str]
) -> tuple[dict[str, Withdrawal], dict[str, Withdrawal]]:
    rows = Withdrawal.objects.filter(rail=rail, asset=asset)
    return (
        {row.payout_id: row for row in rows.filter(pk__in=_numbers(payout_ids))},
        {row.external_tx_id: row for row in rows.filter(external_tx_id__in=external_ids).exclude(external_tx_id="")},
    )


def _numbers(payout_ids: Iterable[str]) -> list[int]:
    """Of the withdrawals that these may be."""
    ours = (int(one[1:]) for one in payout_ids if one[:1] == "w" and one[1:].isdecimal() and len(one) <= 20)
    return [number for number in ours if number < 1 << 63]


def _possible_amounts(withdrawal: Withdrawal) -> set[Decimal]:
    """Some rails count their fee in."""
    return {withdrawal.amount, EXACT.add(withdrawal.amount, withdrawal.network_fee or Decimal(0))}


def _unseen_deposits(
    rail: Rail, asset: Asset, incoming: list[Movement], at: datetime, missing: Set[str]
) -> list[Found]:
    listed = {(movement.external_tx_id, movement.output_index) for movement in incoming}
    ids = {name for subject in missing for name in (subject, subject.rpartition(":")[0])}
    rows = Deposit.objects.filter(
        Q(seen_at__gt=at - CHECKED_BACK) | Q(external_tx_id__in=ids),
        rail=rail,
        asset=asset,
        operation_id__isnull=False,
        seen_at__lt=at - GRACE,
    ).exclude(state__in=[str(state) for state in _MAY_BE_GONE])
    return [
        Found(MISSING_AT_RAIL, _name(row.external_tx_id, row.output_index), row.amount, Decimal(0))
        for row in rows
        if (row.external_tx_id, row.output_index) not in listed
    ]


def _unseen_payouts(rail: Rail, asset: Asset, outgoing: list[Movement], at: datetime, missing: Set[str]) -> list[Found]:
    listed = {movement.payout_id for movement in outgoing} | {movement.external_tx_id for movement in outgoing}
    rows = Withdrawal.objects.filter(
        Q(sending_at__gt=at - CHECKED_BACK) | Q(pk__in=_numbers(missing)),
        rail=rail,
        asset=asset,
        state=str(WithdrawalState.CONFIRMED),
        finished_at__lt=at - GRACE,
    )
    return [
        Found(MISSING_AT_RAIL, row.payout_id, -row.amount, Decimal(0))
        for row in rows
        if row.payout_id not in listed and row.external_tx_id not in listed
    ]


def _name(external_tx_id: str, output_index: int) -> str:
    return f"{external_tx_id}:{output_index}" if output_index else external_tx_id
