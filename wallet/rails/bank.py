"""Bank transfers: what comes in is read from statements that staff bring in, what goes out is a file they hand in.

Every user has a reference with check digits (`RF79BRS000000017`, ISO 11649), to be written into the purpose of a
transfer to our one account. A payout is queued, put into a payment file once, and paid when the bank says so: in a
statement, or by the word of staff.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from kernel.errors import BourseError
from kernel.units import decimals_of
from ledger.models import Asset
from wallet.core.addresses import format_named
from wallet.core.iban import creditor_reference
from wallet.core.operations import Party
from wallet.core.payment_files import latin_text
from wallet.models import BankEntry, BankPayout, BankPayoutState, BankStatementImport, Rail
from wallet.rails.bank_settings import currency_of, own_account
from wallet.rails.protocol import Detection, Movement, Payout, PayoutRefused, PayoutUnknown, RailUnavailable

MAIN = "main"
REFERENCE_PREFIX = "BRS"
REFERENCE_DIGITS = 9
"""An account's number is filled up with zeros: then neither a part of a reference nor one with something behind it is
the reference of another account. Shorter ones, as they were given out once, go on working."""
LONGEST_NAME = 70
_DECIMALS = 2


def reference_of(account_id: int) -> str:
    """What this user writes into the purpose of a transfer."""
    return creditor_reference(f"{REFERENCE_PREFIX}{account_id:0{REFERENCE_DIGITS}}")


def account_of_reference(reference: str) -> int | None:
    """The account a valid reference names; None where it is none of ours."""
    body = reference[4:]
    digits = body.removeprefix(REFERENCE_PREFIX)
    if not body.startswith(REFERENCE_PREFIX) or not digits.isdigit() or len(digits) > 18:
        return None
    if digits.startswith("0") and len(digits) != REFERENCE_DIGITS:
        return None
    return int(digits)


class BankRail:
    """One account at a bank. See `RailAdapter`."""

    is_payout_idempotent = True
    has_blocks = False

    def __init__(self, rail: Rail) -> None:
        self._rail = rail

    def receiving_address(self, asset: str, account_id: int) -> tuple[str, str]:
        """Our account and the user's reference. Raises RailUnavailable where the account is not set."""
        iban = own_account(self._rail).iban
        if not iban:
            raise RailUnavailable(details={"setting": "iban"})
        return iban, reference_of(account_id)

    def detect(self, *, after_height: int, cursor: dict[str, Any], limit: int) -> Detection:
        """A bank is not asked; its statements are brought in."""
        return Detection(cursor=cursor)

    def block_hash(self, height: int) -> None:
        """There are no blocks."""

    def confirmations(self, external_tx_id: str) -> int | None:
        """1 for what a statement has; a bank books once."""
        return 1 if BankEntry.objects.filter(rail=self._rail, external_id=external_tx_id).exists() else None

    def payout(self, *, payout_id: str, asset: str, network: str, amount: Decimal, destination: Party) -> Payout:
        """Queue it for the next file, once for `payout_id`. Raises PayoutRefused, PayoutUnknown."""
        iban, name = _payable(asset, amount, destination, currency_of(self._rail))
        queued, _ = BankPayout.objects.get_or_create(
            payout_id=payout_id,
            defaults={
                "rail": self._rail,
                "asset": Asset.objects.get(symbol=asset),
                "amount": amount,
                "iban": iban,
                "beneficiary": name,
                "remittance": payout_id,
            },
        )
        if (queued.rail_id, queued.amount, queued.iban) != (self._rail.pk, amount, iban):
            raise PayoutUnknown("Another payout has this id.", details={"payout": payout_id})
        return _as_payout(queued)

    def look_up(self, *, payout_id: str, external_tx_id: str, asset: str) -> Payout | None:
        """Raises PayoutRefused for what the bank has refused."""
        queued = BankPayout.objects.filter(payout_id=payout_id, rail=self._rail).first()
        return None if queued is None else _as_payout(queued)

    def balance(self, asset: str) -> dict[str, Decimal]:
        """What the bank said last, and what came and went since; without its word, the sum of all entries.

        Raises RailUnavailable while payouts are frozen and the bank has not spoken since.
        """
        self._require_word_since_freeze()
        if asset != currency_of(self._rail):
            return {MAIN: Decimal(0)}
        told = (
            BankStatementImport.objects.filter(rail=self._rail, closing_balance__isnull=False).order_by("-pk").first()
        )
        entries = BankEntry.objects.filter(rail=self._rail, asset__symbol=asset)
        if told is not None:
            entries = entries.filter(statement_id__gt=told.pk)
        since: Decimal = entries.aggregate(total=Sum("amount"))["total"] or Decimal(0)
        return {MAIN: (told.closing_balance or Decimal(0) if told else Decimal(0)) + since}

    def payout_fee(self, *, asset: str, network: str) -> Decimal:
        """What the bank takes is known from its statements."""
        return Decimal(0)

    def is_own_wallet(self, address: str) -> bool:
        """Our one account has the addresses of all users, too: a transfer inside the exchange reaches them."""
        return address == own_account(self._rail).iban.replace(" ", "").upper()

    def move(self, *, move_id: str, asset: str, from_wallet: str, to_wallet: str, amount: Decimal) -> Payout:
        """There is one account."""
        raise PayoutRefused("There is one account only.", details={"rail": self._rail.code})

    def movements(self, asset: str, *, since: datetime) -> Sequence[Movement]:
        """Every booked entry since that day. Raises RailUnavailable as `balance` does."""
        self._require_word_since_freeze()
        entries = BankEntry.objects.filter(rail=self._rail, asset__symbol=asset, booked_on__gte=since.date())
        return [
            Movement(
                external_tx_id=entry.external_id,
                output_index=0,
                asset=asset,
                amount=entry.amount,
                at=datetime.combine(entry.booked_on, time(), tzinfo=UTC),
                payout_id=entry.payout_id,
            )
            for entry in entries.order_by("pk")
        ]

    def _require_word_since_freeze(self) -> None:
        """Our own entries prove nothing against books that were restored together with them.

        A statement of the freeze's own day may be older than the last payment of that day.
        """
        if not self._rail.payouts_frozen_reason:
            return
        frozen_at = self._rail.payouts_frozen_at
        words = BankStatementImport.objects.filter(rail=self._rail)
        if frozen_at is None or not words.filter(imported_at__gt=frozen_at, covers_until__gt=frozen_at.date()).exists():
            since = f" than {frozen_at:%Y-%m-%d}" if frozen_at else ""
            raise RailUnavailable(
                f"Payouts are frozen: bring in a statement that covers a later day{since}.",
                details={"rail": self._rail.code},
            )


def _payable(asset: str, amount: Decimal, destination: Party, currency: str) -> tuple[str, str]:
    """Account and name as they go into a file, or why the bank would not take them. Raises PayoutRefused."""
    if asset != currency:
        raise PayoutRefused("The bank account is in another currency.", details={"asset": asset})
    if decimals_of(amount) > _DECIMALS:
        raise PayoutRefused("Banks pay whole cents.", details={"asset": asset})
    try:
        iban = format_named("iban").read(destination.account).address
    except BourseError as error:
        raise PayoutRefused("This is no bank account.", details=error.details) from error
    name = latin_text(destination.user)
    if not name or len(name) > LONGEST_NAME:
        raise PayoutRefused("The name of the account's holder cannot be written into a payment.")
    return iban, name


def _as_payout(queued: BankPayout) -> Payout:
    if queued.state == BankPayoutState.REFUSED:
        raise PayoutRefused("The bank has refused the payment.")
    if queued.state == BankPayoutState.PAID:
        return Payout(
            external_tx_id=queued.bank_reference, confirmations=1, network_fee=queued.network_fee, is_final=True
        )
    return Payout(external_tx_id=queued.payout_id, is_queued=True)
