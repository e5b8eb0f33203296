"""Bringing in what a bank says, entry by entry, each once whatever files have it.

A credit that names exactly one account by a valid reference is that account's deposit; any other credit is in suspense
until staff find out whose it is. An entry is known by the bank's id, and has to be what it was when it came first. A
debit that carries the id of one of our payouts settles it. What takes back an
earlier credit is told to staff at once: somebody may have traded with it.
"""

import hashlib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import ReasonMissing
from accounts.models import User
from accounts.staff import record_staff_action
from kernel.errors import TooManyDecimals
from kernel.units import to_atoms
from ledger.models import Asset
from ledger.selectors import asset_by_symbol
from risk.models import RiskEventType, Severity
from risk.services import record_risk_event
from wallet.core.bank_camt import read_camt
from wallet.core.bank_csv import read_csv
from wallet.core.bank_statements import BankEntry as ReadEntry
from wallet.core.bank_statements import Direction, StatementInvalid, entries_of
from wallet.errors import UnknownNetwork
from wallet.models import BankEntry, BankPayout, BankPayoutState, BankStatementImport, Rail, RailAsset, RailKind
from wallet.rails.bank_settings import currency_of, own_account
from wallet.rails.errors import StatementOfAnotherAccount, StatementRepeated
from wallet.services.bank_deposits import take_down_credits
from wallet.services.bank_files import settle_payout
from wallet.services.known_bank_entries import known_entries

CSV, CAMT = "csv", "camt.053"


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
    Raises ReasonMissing, StatementInvalid, StatementOfAnotherAccount, StatementRepeated, UnknownAsset, UnknownNetwork.
    """
    if not reason.strip():
        raise ReasonMissing
    entries, days = _read(rail, file_format, content, closing_balance)
    days += [covers_until] if covers_until else []
    terms = _terms(rail)
    _require_bookable(entries, terms.asset)
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        rail = Rail.objects.select_for_update(no_key=True).get(pk=rail.pk, kind=RailKind.BANK)
        rows = [_row(rail, terms.asset, entry) for entry in entries]
        known = known_entries(rail, rows)
        new = [(entry, row) for entry, row in zip(entries, rows, strict=True) if row.external_id not in known]
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
        for _, row in new:
            row.statement = statement
        BankEntry.objects.bulk_create([row for _, row in new], batch_size=1_000)
        _carry_out(rail, terms, [entry for entry, _ in new], by)
        record_staff_action(
            by=by,
            subject_kind="rail",
            subject=rail.code,
            action="import statement",
            new={"file": statement.file_name, "sha256": digest, "new": len(new), "known": len(known)},
            reason=reason,
        )
    return statement


def _read(
    rail: Rail, file_format: str, content: bytes, closing_balance: Decimal | None
) -> tuple[Sequence[ReadEntry], list[date]]:
    """Its entries, each once, and the last days its statements tell of."""
    own = own_account(rail).iban
    statements = read_camt(content) if file_format == CAMT else [read_csv(content)]
    if any(statement.account_iban not in ("", own) for statement in statements):
        raise StatementOfAnotherAccount(details={"expected": own})
    entries = entries_of(statements)
    if any(entry.currency != currency_of(rail) for entry in entries):
        raise StatementOfAnotherAccount(details={"currency": currency_of(rail)})
    told = {statement.closing_balance for statement in statements} - {None}
    if closing_balance is not None and told and closing_balance not in told:
        raise StatementInvalid("It says another closing balance than you do.")
    return entries, [statement.until for statement in statements if statement.until]


def _terms(rail: Rail) -> RailAsset:
    asset = asset_by_symbol(currency_of(rail))
    terms = RailAsset.objects.select_related("asset").filter(rail=rail, asset=asset).first()
    if terms is None:
        raise UnknownNetwork(details={"asset": asset.symbol})
    return terms


def _require_bookable(entries: Sequence[ReadEntry], asset: Asset) -> None:
    for entry in entries:
        try:
            to_atoms(entry.amount, asset.scale)
        except TooManyDecimals as error:
            raise StatementInvalid("More decimals than the currency has.", place=entry.external_id) from error


def _carry_out(rail: Rail, terms: RailAsset, entries: Sequence[ReadEntry], by: User) -> None:
    take_down_credits(rail, terms, [entry for entry in entries if entry.direction is Direction.CREDIT])
    for entry in entries:
        if entry.direction is Direction.CREDIT:
            continue
        if entry.is_reversal:
            _tell_taken_back(rail, terms.asset, entry)
        elif entry.end_to_end_id:
            _settle(rail, entry, by)


def _row(rail: Rail, asset: Asset, entry: ReadEntry) -> BankEntry:
    return BankEntry(
        rail=rail,
        asset=asset,
        external_id=entry.external_id,
        booking_id=entry.booking_id,
        amount=entry.amount if entry.direction is Direction.CREDIT else -entry.amount,
        booked_on=entry.booking_date,
        counterparty=entry.counterparty_name[:140],
        counterparty_account=entry.counterparty_iban[:34],
        remittance=entry.reference[:280],
        payout_id=entry.end_to_end_id[:35] if entry.direction is Direction.DEBIT else "",
        is_reversal=entry.is_reversal,
    )


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
