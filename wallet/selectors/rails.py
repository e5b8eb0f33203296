"""What the books say about a rail: its custody accounts, what is on its way out, what is about to come in."""

from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Sum
from django.db.models.functions import Coalesce

from ledger.models import AccountKind, AmountField, Asset, Balance
from wallet.core.operations import OperationKind
from wallet.core.states import DepositState, WithdrawalState
from wallet.models import BalanceOperation, Deposit, FundsProcessor, OperationOutcome, Rail, Withdrawal

_COMING_IN = (OperationKind.DEPOSIT, OperationKind.SUSPENSE)
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


def credits_requested(*, rail: Rail, asset: Asset) -> Decimal:
    """Deposits of the rail that the processor was asked to book and has not booked yet."""
    processor = FundsProcessor.objects.filter(pk=1).values_list("scan_from_xact", flat=True).first()
    pending = BalanceOperation.objects.filter(
        xact_number__gte=processor or 0,
        kind__in=_COMING_IN,
        asset=asset,
        message__contains=f'"rail":"{rail.code}"',
    ).exclude(Exists(OperationOutcome.objects.filter(operation_id=OuterRef("pk"))))
    total: Decimal = pending.aggregate(total=Coalesce(Sum("amount"), Decimal(0), output_field=AmountField()))["total"]
    return total


def unbooked_arrivals(*, rail: Rail, asset: Asset) -> Decimal:
    """Deposits that were seen and are in nobody's books yet: the rail may count them already."""
    rows = Deposit.objects.filter(rail=rail, asset=asset, operation_id__isnull=True)
    total: Decimal = rows.exclude(state=str(DepositState.RETURNED)).aggregate(
        total=Coalesce(Sum("amount"), Decimal(0), output_field=AmountField())
    )["total"]
    return total
