"""At least one row of everything that has to do with rails, deposits and reconciliation."""

from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from ledger.models import Account, Asset
from tests.support import funds
from tests.support.exchange import Exchange
from wallet.models import (
    Adjustment,
    BankEntry,
    BankPayout,
    BankStatementImport,
    Deposit,
    DepositClaim,
    PaymentFile,
    Rail,
    RailKind,
    ReceivingAddress,
    Reconciliation,
    ReconciliationDifference,
    SuspenseResolution,
    SweepProposal,
)
from wallet.services.ingest_grants import grant_ingest


def fill_rails(exchange: Exchange) -> None:
    """Rows as the services make them, without the far ends they would need."""
    owner, staff = exchange.user("owner"), exchange.user("staff")
    account, asset = exchange.account("owner"), Asset.objects.get(symbol="BTC")
    rail = funds.open_rail("filled", kind=RailKind.PROCESSOR)
    grant_ingest(
        rail=rail,
        user=owner,
        label="machine",
        ip_ranges=(),
        daily_cap=Decimal(1),
        four_eyes_above=Decimal(1),
        by=staff,
        reason="test",
    )
    _fill_deposits(rail, account, asset, staff)
    _fill_bank(rail, asset, staff)
    Reconciliation.objects.create(rail=rail, is_even=False, figures={"BTC": {"ledger": "1", "rail": "2"}})
    ReconciliationDifference.objects.create(
        rail=rail, asset=asset, kind="balance", expected=Decimal(1), actual=Decimal(2)
    )
    SweepProposal.objects.create(rail=rail, asset=asset, from_wallet="hot", to_wallet="cold", amount=1)
    Adjustment.objects.create(
        asset=asset, lines=[[account.pk, "1", "0"], [1, "-1", "0"]], reason="test", requested_by=staff
    )


def _fill_deposits(rail: Rail, account: Account, asset: Asset, staff: User) -> None:
    ReceivingAddress.objects.create(rail=rail, account=account, address="sample-address")
    deposit = Deposit.objects.create(
        rail=rail, asset=asset, external_tx_id="sample", amount=1, state="SUSPENSE", seen_at=timezone.now()
    )
    SuspenseResolution.objects.create(deposit=deposit, account=account, reason="test", requested_by=staff)
    DepositClaim.objects.create(
        account=account, rail=rail, asset=asset, external_tx_id="sample", request_id="1", input_hash=b""
    )


def _fill_bank(rail: Rail, asset: Asset, staff: User) -> None:
    statement = BankStatementImport.objects.create(
        rail=rail,
        file_name="sample.csv",
        file_format="csv",
        digest="0",
        imported_by=staff,
        entries_new=1,
        entries_known=0,
    )
    BankEntry.objects.create(
        rail=rail,
        statement=statement,
        asset=asset,
        external_id="1",
        amount=1,
        booked_on=timezone.now().date(),
    )
    made = PaymentFile.objects.create(
        rail=rail, message_id="m1", content=b"<x/>", count=1, control_sum=1, created_by=staff
    )
    BankPayout.objects.create(
        payout_id="w1", rail=rail, asset=asset, amount=1, iban="x", beneficiary="y", state="IN_FILE", file=made
    )
