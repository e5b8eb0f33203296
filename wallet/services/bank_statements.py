"""Bringing in what a bank says, entry by entry, each once whatever files have it.

A credit with exactly one valid reference of an account is that account's deposit; any other credit is in suspense
until staff find out whose it is. A debit that carries the id of one of our payouts settles it. What takes back an
earlier credit is told to staff at once: somebody may have traded with it.
"""

import hashlib
from dataclasses import asdict
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import ReasonMissing
from accounts.models import User
from accounts.staff import record_staff_action
from ledger.models import Account, AccountKind, Asset
from risk.models import RiskEventType, Severity
from risk.services import record_risk_event
from wallet.core.bank_camt import read_camt
from wallet.core.bank_csv import read_csv
from wallet.core.bank_statements import BankEntry as ReadEntry
from wallet.core.bank_statements import Direction
from wallet.core.iban import creditor_references_in
from wallet.core.operations import Party
from wallet.models import (
    BankEntry,
    BankPayout,
    BankPayoutState,
    BankStatementImport,
    Deposit,
    Rail,
    RailAsset,
    RailKind,
)
from wallet.rails.bank import account_of_reference
from wallet.rails.bank_settings import currency_of, own_account
from wallet.rails.errors import StatementOfAnotherAccount, StatementRepeated
from wallet.services.bank_files import settle_payout
from wallet.services.report_settling import book_deposit, why_not_credited

CSV, CAMT = "csv", "camt.053"
UNKNOWN_REFERENCE = "UNKNOWN_REFERENCE"
RETURNED_PAYOUT = "RETURNED_PAYOUT"


def import_statement(
    *,
    rail: Rail,
    file_name: str,
    file_format: str,
    content: bytes,
    by: User,
    reason: str,
    closing_balance: Decimal | None = None,
    covers_until: date | None = None,
) -> BankStatementImport:
    """Bring in a statement; entries that an earlier one had are left out. All of the file or nothing.

    `closing_balance`: what the bank says is on the account after it, where staff know it. `covers_until`: the last day
    it tells of, where the file does not say it.
    Raises ReasonMissing, StatementInvalid, StatementOfAnotherAccount, StatementRepeated.
    """
    if not reason.strip():
        raise ReasonMissing
    entries, days = _read(rail, file_format, content)
    days += [covers_until] if covers_until else []
    asset = Asset.objects.get(symbol=currency_of(rail))
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        rail = Rail.objects.select_for_update(no_key=True).get(pk=rail.pk, kind=RailKind.BANK)
        ids = [entry.external_id for entry in entries]
        known = set(BankEntry.objects.filter(rail=rail, external_id__in=ids).values_list("external_id", flat=True))
        new = [entry for entry in entries if entry.external_id not in known]
        try:
            with transaction.atomic():
                statement = BankStatementImport.objects.create(
                    rail=rail,
                    file_name=file_name[:120],
                    file_format=file_format,
                    digest=digest,
                    imported_by=by,
                    entries_new=len(new),
                    entries_known=len(known),
                    closing_balance=closing_balance,
                    # Nobody can know of a day to come.
                    covers_until=min(max(days), timezone.now().date()) if days else None,
                )
        except IntegrityError as error:
            raise StatementRepeated from error
        _take_down(rail, statement, asset, new, by)
        record_staff_action(
            by=by,
            subject_kind="rail",
            subject=rail.code,
            action="import statement",
            new={"file": statement.file_name, "sha256": digest, "new": len(new), "known": len(known)},
            reason=reason,
        )
    return statement


def _read(rail: Rail, file_format: str, content: bytes) -> tuple[list[ReadEntry], list[date]]:
    """Its entries, each once, and the last days its statements tell of."""
    own = own_account(rail).iban
    statements = read_camt(content) if file_format == CAMT else [read_csv(content)]
    entries = [entry for statement in statements for entry in statement.entries]
    if any(statement.account_iban not in ("", own) for statement in statements):
        raise StatementOfAnotherAccount(details={"expected": own})
    if any(entry.currency != currency_of(rail) for entry in entries):
        raise StatementOfAnotherAccount(details={"currency": currency_of(rail)})
    once = {entry.external_id: entry for entry in entries}
    return list(once.values()), [statement.until for statement in statements if statement.until]


def _take_down(rail: Rail, statement: BankStatementImport, asset: Asset, entries: list[ReadEntry], by: User) -> None:
    BankEntry.objects.bulk_create([_row(rail, statement, asset, entry) for entry in entries], batch_size=1_000)
    terms = RailAsset.objects.get(rail=rail, asset=asset)
    for entry in entries:
        if entry.direction is Direction.CREDIT:
            _deposit(rail, terms, asset, entry)
        elif entry.is_reversal:
            _tell_taken_back(rail, asset, entry)
        elif entry.end_to_end_id:
            _settle(rail, entry, by)


def _row(rail: Rail, statement: BankStatementImport, asset: Asset, entry: ReadEntry) -> BankEntry:
    return BankEntry(
        rail=rail,
        statement=statement,
        asset=asset,
        external_id=entry.external_id,
        amount=entry.amount if entry.direction is Direction.CREDIT else -entry.amount,
        booked_on=entry.booking_date,
        counterparty=entry.counterparty_name[:140],
        counterparty_account=entry.counterparty_iban[:34],
        remittance=entry.reference[:280],
        payout_id=entry.end_to_end_id[:35] if entry.direction is Direction.DEBIT else "",
        is_reversal=entry.is_reversal,
    )


def _deposit(rail: Rail, terms: RailAsset, asset: Asset, entry: ReadEntry) -> None:
    references = [] if entry.is_reversal else creditor_references_in(entry.reference)
    account = _account(references)
    deposit = Deposit.objects.create(
        rail=rail,
        asset=asset,
        account=account,
        external_tx_id=entry.external_id,
        amount=entry.amount,
        address=own_account(rail).iban,
        tag=references[0] if len(references) == 1 else "",
        source=asdict(
            Party(
                "bank_transfer",
                reference=entry.reference[:140],
                account=entry.counterparty_iban[:34],
                user=entry.counterparty_name[:140],
            )
        ),
        confirmations=1,
        required_confirmations=1,
        seen_at=timezone.now(),
    )
    if entry.is_reversal:
        reason = RETURNED_PAYOUT
    elif account is None:
        reason = UNKNOWN_REFERENCE
    else:
        reason = why_not_credited(deposit, terms)
    book_deposit(deposit, reason)


def _account(references: list[str]) -> Account | None:
    """The account that one reference names. Two of them, and the money is nobody's for certain."""
    named = {account_of_reference(reference) for reference in references}
    if len(named) != 1:
        return None
    return Account.objects.select_related("user").filter(pk=named.pop() or 0, kind=AccountKind.USER).first()


def _settle(rail: Rail, entry: ReadEntry, by: User) -> None:
    """A debit that is one of our payouts, to the cent, is what paid it; anything else is for the reconciliation.

    One that waits for a file was in one before: of that file a restored database knows nothing.
    """
    unpaid = (BankPayoutState.QUEUED, BankPayoutState.IN_FILE)
    rows = BankPayout.objects.select_for_update(no_key=True).filter(rail=rail, state__in=unpaid)
    payout = rows.filter(payout_id=entry.end_to_end_id, amount=entry.amount).first()
    if payout is not None:
        settle_payout(payout, bank_reference=entry.external_id, by=by)


def _tell_taken_back(rail: Rail, asset: Asset, entry: ReadEntry) -> None:
    at = timezone.now()
    record_risk_event(
        event_type=RiskEventType.DEPOSIT,
        severity=Severity.CRITICAL,
        fingerprint=f"bank reversal:{rail.code}:{entry.external_id}",
        description=f"The bank took back a credit of {rail.code}; see entry {entry.external_id[:60]}.",
        metadata={"rail": rail.code, "external_id": entry.external_id},
        asset=asset.symbol,
        first_seen_at=at,
        last_seen_at=at,
    )
