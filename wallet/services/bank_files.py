"""Statements that staff bring in, and payment files that they hand to the bank."""

import secrets
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.errors import ReasonMissing
from accounts.models import User
from accounts.staff import record_staff_action
from kernel.units import EXACT, plain
from wallet.core.payment_files import MOST_PAYMENTS, BankAccount, BankPayment, payment_file
from wallet.models import BankPayout, BankPayoutState, PaymentFile, Rail, RailKind
from wallet.rails.bank_settings import currency_of, own_account
from wallet.rails.errors import BankPayoutNotOpen, NeedsAnother, NothingToPay
from wallet.selectors.switches import why_waiting


def make_payment_file(*, rail: Rail, by: User, reason: str) -> PaymentFile:
    """Put every queued payout into one file. Each is in one file at most, and a file never changes.

    Raises ReasonMissing, NothingToPay where none waits or payouts are stopped, PaymentFileInvalid.
    """
    if not reason.strip():
        raise ReasonMissing
    at = timezone.now()
    with transaction.atomic():
        rail = Rail.objects.select_for_update(no_key=True).get(pk=rail.pk, kind=RailKind.BANK)
        currency = currency_of(rail)
        waits_for = why_waiting(rail, currency)
        if waits_for:
            raise NothingToPay(details={"waits_for": waits_for})
        rows = BankPayout.objects.select_for_update(no_key=True, of=("self",)).select_related("asset")
        queued = list(rows.filter(rail=rail, state=BankPayoutState.QUEUED).order_by("queued_at", "pk")[:MOST_PAYMENTS])
        if not queued:
            raise NothingToPay
        message_id = f"{rail.code}-{at:%Y%m%d%H%M%S}-{secrets.token_hex(3)}"
        made = PaymentFile.objects.create(
            rail=rail,
            message_id=message_id,
            content=_content(rail, message_id, queued, currency, at),
            count=len(queued),
            control_sum=_sum(queued),
            created_by=by,
            created_at=at,
        )
        for payout in queued:
            payout.state, payout.file = BankPayoutState.IN_FILE, made
            payout.save(update_fields=["state", "file"])
        _record(made, action="make payment file", by=by, reason=reason)
    return made


def note_download(*, file_id: int, by: User, reason: str) -> PaymentFile:
    """Somebody takes the file; it can be taken again, and a bank pays a message id once.

    Raises ReasonMissing, NothingToPay where payouts are stopped and some of the file's are not settled.
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        made = PaymentFile.objects.select_for_update(no_key=True, of=("self",)).select_related("rail").get(pk=file_id)
        waits_for = why_waiting(made.rail, currency_of(made.rail))
        if waits_for and BankPayout.objects.filter(file=made, state=BankPayoutState.IN_FILE).exists():
            raise NothingToPay("Payouts of this rail are stopped at the moment.", details={"waits_for": waits_for})
        made.downloaded_at = made.downloaded_at or timezone.now()
        made.save(update_fields=["downloaded_at"])
        _record(made, action="download payment file", by=by, reason=reason)
    return made


def confirm_payment_file(*, file_id: int, bank_reference: str, by: User, reason: str) -> int:
    """Say that the bank has paid what is left of a file; how many payouts that were.

    Raises ReasonMissing, BankPayoutNotOpen where nothing of it is open or the bank's reference is missing.
    """
    if not reason.strip():
        raise ReasonMissing
    if not bank_reference.strip():
        raise BankPayoutNotOpen(details={"bank_reference": "missing"})
    with transaction.atomic():
        made = PaymentFile.objects.get(pk=file_id)
        rows = BankPayout.objects.select_for_update(no_key=True).filter(file=made, state=BankPayoutState.IN_FILE)
        payouts = list(rows.order_by("pk"))
        if not payouts:
            raise BankPayoutNotOpen
        for payout in payouts:
            settle_payout(payout, bank_reference=bank_reference.strip()[:128], by=by)
        _record(made, action="confirm payment file", by=by, reason=reason, bank_reference=bank_reference.strip()[:128])
    return len(payouts)


def refuse_bank_payout(*, payout_id: str, by: User, reason: str) -> BankPayout:
    """Say that the bank did not pay, and will not; the user gets the money back.

    What is in a file is refused by somebody else than who made the file. Raises ReasonMissing, BankPayoutNotOpen,
    NeedsAnother.
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        payout = _open_payout(payout_id)
        if payout.file is not None and payout.file.created_by_id == by.pk:
            raise NeedsAnother
        payout.state, payout.settled_at, payout.settled_by = BankPayoutState.REFUSED, timezone.now(), by
        payout.save(update_fields=["state", "settled_at", "settled_by"])
        record_staff_action(
            by=by, subject_kind="bank payout", subject=payout.payout_id, action="refused by the bank", reason=reason
        )
    return payout


def settle_payout(payout: BankPayout, *, bank_reference: str, by: User) -> None:
    """The bank has paid; call it with the row locked, in the transaction that says how that is known."""
    payout.state, payout.bank_reference = BankPayoutState.PAID, bank_reference
    payout.settled_at, payout.settled_by = timezone.now(), by
    payout.save(update_fields=["state", "bank_reference", "settled_at", "settled_by"])


def settle_queued_payout(*, payout_id: str, bank_reference: str, by: User) -> None:
    """The bank has paid one that waits for a file, if there is one: it goes into none."""
    rows = BankPayout.objects.select_for_update(no_key=True).filter(pk=payout_id, state=BankPayoutState.QUEUED)
    for payout in rows:
        settle_payout(payout, bank_reference=bank_reference, by=by)


def _open_payout(payout_id: str) -> BankPayout:
    rows = BankPayout.objects.select_for_update(no_key=True, of=("self",)).select_related("file")
    payout = rows.filter(pk=payout_id, state__in=[BankPayoutState.QUEUED, BankPayoutState.IN_FILE]).first()
    if payout is None:
        raise BankPayoutNotOpen
    return payout


def _content(rail: Rail, message_id: str, queued: list[BankPayout], currency: str, at: datetime) -> bytes:
    payments = [
        BankPayment(
            end_to_end_id=payout.payout_id,
            amount=payout.amount,
            currency=currency,
            beneficiary=BankAccount(name=payout.beneficiary, iban=payout.iban),
            purpose=payout.remittance,
        )
        for payout in queued
    ]
    return payment_file(
        message_id=message_id, created_at=at, execution_date=at.date(), debtor=own_account(rail), payments=payments
    )


def _sum(queued: list[BankPayout]) -> Decimal:
    total = Decimal(0)
    for payout in queued:
        total = EXACT.add(total, payout.amount)
    return total


def _record(made: PaymentFile, *, action: str, by: User, reason: str, **new: str) -> None:
    record_staff_action(
        by=by,
        subject_kind="payment file",
        subject=made.message_id,
        action=action,
        new={"count": made.count, "control_sum": plain(made.control_sum)} | new,
        reason=reason,
    )
