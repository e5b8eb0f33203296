"""Credits of a bank's statement as deposits: whose each is, and what was said of it before.

A key for reports may have told of an entry before its statement came. What is not in the books yet is then put right by
the bank's word. What is in them stays, and where the bank says something else, staff are told at once.
"""

from collections.abc import Sequence
from dataclasses import asdict

from django.utils import timezone

from kernel.units import plain
from ledger.models import Account, AccountKind
from risk.models import RiskEventType, Severity
from risk.services import record_risk_event
from wallet.core.bank_statements import BankEntry
from wallet.core.iban import creditor_references_in
from wallet.core.operations import Party
from wallet.core.states import DepositState
from wallet.models import Deposit, Rail, RailAsset
from wallet.rails.bank import account_of_reference
from wallet.rails.bank_settings import own_account
from wallet.services.report_settling import book_deposit, is_requested, why_not_credited

UNKNOWN_REFERENCE = "UNKNOWN_REFERENCE"
RETURNED_PAYOUT = "RETURNED_PAYOUT"
CONTRADICTED = "CONTRADICTED"

_AGREEING = (DepositState.PENDING, DepositState.CREDITED, DepositState.SUSPENSE)


def take_down_credits(rail: Rail, terms: RailAsset, entries: Sequence[BankEntry]) -> None:
    """Make each entry a deposit and ask for its booking. Call it with the rail locked: reports wait for that, too."""
    ids = [entry.external_id for entry in entries]
    rows = Deposit.objects.filter(rail=rail, external_tx_id__in=ids, output_index=0).select_related("asset", "account")
    reported = {row.external_tx_id: row for row in rows.select_for_update(no_key=True, of=("self",)).order_by("pk")}
    for entry in entries:
        deposit = _deposit(rail, terms, entry)
        known = reported.get(entry.external_id)
        if known is None:
            deposit.save(force_insert=True)
            _book(deposit, terms, entry)
        else:
            _settle_with(known, deposit, terms, entry)


def _deposit(rail: Rail, terms: RailAsset, entry: BankEntry) -> Deposit:
    """What the bank says, not saved."""
    account, reference = (None, "") if entry.is_reversal else _owner(entry.reference)
    return Deposit(
        rail=rail,
        asset=terms.asset,
        account=account,
        external_tx_id=entry.external_id,
        amount=entry.amount,
        address=own_account(rail).iban,
        tag=reference,
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


def _owner(remittance: str) -> tuple[Account | None, str]:
    """The account that what the payer wrote names, and by which reference. Two of ours: nobody's for certain."""
    named: dict[int, str] = {}
    for reference in creditor_references_in(remittance):
        number = account_of_reference(reference)
        if number is not None:
            named[number] = reference
    if len(named) != 1:
        return None, ""
    ((number, reference),) = named.items()
    account = Account.objects.select_related("user").filter(pk=number, kind=AccountKind.USER).first()
    return (account, reference) if account is not None else (None, "")


def _book(deposit: Deposit, terms: RailAsset, entry: BankEntry) -> None:
    if entry.is_reversal:
        reason = RETURNED_PAYOUT
    elif deposit.account is None:
        reason = UNKNOWN_REFERENCE
    else:
        reason = why_not_credited(deposit, terms)
    book_deposit(deposit, reason)


def _settle_with(known: Deposit, told: Deposit, terms: RailAsset, entry: BankEntry) -> None:
    """The entry was reported before its statement came."""
    is_same_money = (known.asset_id, known.amount) == (told.asset_id, told.amount)
    is_open = known.state == DepositState.PENDING and known.operation_id is None and not is_requested(known)
    if is_open and known.asset_id == told.asset_id:
        if not is_same_money:
            _alarm(known, told)
            told.account, told.tag = None, ""
        _take_over(known, told)
        if is_same_money:
            _book(known, terms, entry)
        else:
            book_deposit(known, CONTRADICTED)
    elif not (is_same_money and known.state in _AGREEING and known.account_id == told.account_id):
        _alarm(known, told)


def _take_over(known: Deposit, told: Deposit) -> None:
    fields = ("account", "amount", "address", "tag", "source", "confirmations", "required_confirmations")
    for field in fields:
        setattr(known, field, getattr(told, field))
    known.save(update_fields=fields)


def _alarm(known: Deposit, told: Deposit) -> None:
    at = timezone.now()
    accounts = [account.pk for account in (known.account, told.account) if account is not None]
    record_risk_event(
        event_type=RiskEventType.DEPOSIT,
        severity=Severity.CRITICAL,
        fingerprint=f"deposit contradicted:{known.pk}",
        description=f"A statement says {plain(told.amount)} {told.asset.symbol} for {_named(told)}, "
        f"a report said {plain(known.amount)} {known.asset.symbol} for {_named(known)}",
        metadata={"rail": known.rail_id, "deposit": str(known.pk), "output": f"{known.external_tx_id}:0"},
        first_seen_at=at,
        last_seen_at=at,
        accounts=sorted(set(accounts)),
        asset=told.asset.symbol,
    )


def _named(deposit: Deposit) -> str:
    return "nobody" if deposit.account_id is None else f"account {deposit.account_id}"
