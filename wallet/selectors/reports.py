"""Deposits that a report over the API took down, and how much of a rail's balance is spoken for already."""

from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from kernel.units import EXACT
from ledger.models import Asset
from wallet.core.states import DepositState, WithdrawalState
from wallet.models import Deposit, IngestReport, Rail
from wallet.selectors.rails import held_by_books, sent_and_unbooked

NOT_COVERED = "NOT_COVERED"
"""Why a reported deposit waits: the rail's balance has nothing left for it."""

# The report that took a deposit down is of the moment at which it was seen; one that the watcher had seen before, and
# that was reported later, stays the watcher's.
_TAKEN_DOWN_BY_REPORT = Exists(IngestReport.objects.filter(deposit=OuterRef("pk"), at=OuterRef("seen_at")))
_WAITS = Q(reason=NOT_COVERED) | Q(confirmations__lt=F("required_confirmations"))


def reported(deposits: QuerySet[Deposit]) -> QuerySet[Deposit]:
    """Those that a report took down; it has checks of its own before they are booked."""
    return deposits.filter(_TAKEN_DOWN_BY_REPORT)


def unreported(deposits: QuerySet[Deposit]) -> QuerySet[Deposit]:
    """All others: the exchange found them by itself."""
    return deposits.exclude(_TAKEN_DOWN_BY_REPORT)


def is_reported(deposit: Deposit) -> bool:
    """Whether a report took this one down."""
    return reported(Deposit.objects.filter(pk=deposit.pk)).exists()


def spoken_for(*, rail: Rail, asset: Asset, apart_from: Deposit | None = None) -> Decimal:
    """How much of what the rail holds is somebody's by the books, or is going to be: all but `apart_from`.

    Read in this order: what the processor books meanwhile counts twice, and never not at all.
    """
    coming = deposits_coming(rail=rail, asset=asset, apart_from=apart_from)
    books = held_by_books(rail=rail, asset=asset)
    left = sent_and_unbooked(rail=rail, asset=asset, states=(WithdrawalState.SENT,))
    return EXACT.subtract(EXACT.add(coming, books), left)


def deposits_coming(*, rail: Rail, asset: Asset, apart_from: Deposit | None) -> Decimal:
    """Deposits in nobody's books yet. Reported ones count from when the processor was asked to book them."""
    coming = Deposit.objects.filter(
        rail=rail, asset=asset, operation_id=None, state__in=[DepositState.PENDING, DepositState.ORPHANED]
    ).exclude(_TAKEN_DOWN_BY_REPORT & _WAITS)
    if apart_from is not None:
        coming = coming.exclude(pk=apart_from.pk)
    return coming.aggregate(total=Sum("amount"))["total"] or Decimal(0)
