"""What the books say about a rail: its custody accounts, what is on its way out, what is about to come in."""

from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from kernel.units import EXACT
from ledger.models import AccountKind, AmountField, Asset, Balance
from wallet.core.states import DepositState, WithdrawalState
from wallet.models import (
    Deposit,
    OperationOutcome,
    Rail,
    RailAsset,
    SweepProposal,
    Withdrawal,
)

_ZERO = Coalesce(Sum(F("available") + F("locked")), Decimal(0), output_field=AmountField())


def held_by_books(*, rail: Rail, asset: Asset) -> Decimal:
    """What the rail should hold by the books, all its wallets together: custody accounts are below zero by that."""
    total: Decimal = Balance.objects.filter(
        account__kind=AccountKind.CUSTODY, account__purpose__startswith=f"{rail.code}:", asset=asset
    ).aggregate(total=_ZERO)["total"]
    return -total


def held_by_wallet(*, rail: Rail, asset: Asset) -> dict[str, Decimal]:
    """The same for each wallet that has an account."""
    rows = Balance.objects.filter(
        account__kind=AccountKind.CUSTODY, account__purpose__startswith=f"{rail.code}:", asset=asset
    ).values_list("account__purpose", "available", "locked")
    return {purpose.partition(":")[2]: -(available + locked) for purpose, available, locked in rows}


def sent_and_unbooked(*, rail: Rail, asset: Asset, states: tuple[WithdrawalState, ...]) -> Decimal:
    """Payouts in these states: they may have left the rail, and leave the books once they are final."""
    amounts = Withdrawal.objects.filter(rail=rail, asset=asset, state__in=[str(state) for state in states])
    total: Decimal = amounts.aggregate(
        total=Coalesce(
            Sum(F("amount") + Coalesce(F("network_fee"), Decimal(0), output_field=AmountField())),
            Decimal(0),
            output_field=AmountField(),
        )
    )["total"]
    return total


def unbooked_arrivals(*, rail: Rail, asset: Asset) -> Decimal:
    """Deposits that were seen and are in nobody's books yet: the rail may count them already."""
    rows = Deposit.objects.filter(rail=rail, asset=asset, operation_id__isnull=True)
    total: Decimal = rows.exclude(state=str(DepositState.RETURNED)).aggregate(
        total=Coalesce(Sum("amount"), Decimal(0), output_field=AmountField())
    )["total"]
    return total


def moves_on_their_way(*, rail: Rail, asset: Asset) -> Decimal:
    """What moves between the rail's own wallets may keep out of its balance at the moment: amount and network fee.

    From the first attempt until the processor has booked it; the fee is taken to be at most what users pay for one.
    """
    booked = OperationOutcome.objects.filter(operation_id=OuterRef("operation_id"))
    moves = SweepProposal.objects.filter(rail=rail, asset=asset).filter(
        Q(done_at=None) & (Q(done_by__isnull=False) | Q(from_wallet="incoming"))
        | Q(operation_id__isnull=False) & ~Exists(booked)
    )
    fee = RailAsset.objects.filter(rail=rail, asset=asset).values_list("withdrawal_fee", flat=True).first() or Decimal(
        0
    )
    return sum((EXACT.add(amount, fee) for amount in moves.values_list("amount", flat=True)), Decimal(0))
