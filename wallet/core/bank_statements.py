"""What a bank's statement says, whichever file it came in: entries with references, amounts and the bank's own ids.

Pure. `wallet.core.bank_csv` and `wallet.core.bank_camt` read files into `BankStatement`s; here is what both have in
common. Everything in a file is somebody else's text: sizes are bounded, amounts go through `kernel.units`, and a file
that contradicts itself is refused whole, so that no part of it is believed.

An entry's `external_id` is what makes a deposit unique, so an entry without one is refused, not given one: a made-up id
would differ in the next, overlapping statement, and the money be credited twice. Some banks give a reversal the id of
what it takes back, so reversals are named apart (`reversal_id`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kernel.errors import BourseError
from kernel.units import parse_positive

LARGEST_FILE_BYTES = 20_000_000
MOST_ENTRIES = 100_000

_LONGEST_ID = 128
_LONGEST_TEXT = 500
_REVERSAL = "reversal:"
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


class StatementInvalid(BourseError):
    """A bank's file that cannot be read, or contradicts itself or an earlier one; `details` say what and where.

    Nothing of it was used.
    """

    code = "STATEMENT_INVALID"
    status = 422
    message = "This bank statement cannot be used."

    def __init__(self, reason: str, *, place: str = "") -> None:
        said = f"{self.message} {reason} ({place})" if place else f"{self.message} {reason}"
        super().__init__(said, details={"reason": reason, "place": place})


class Direction(StrEnum):
    CREDIT = "CREDIT"
    """Money came to us."""
    DEBIT = "DEBIT"
    """Money left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankEntry:
    """One booked movement. `amount` is positive, in units of `currency`; `direction` says where it went."""

    external_id: str
    """The bank's own id, the same in every statement that has the entry; of a reversal, with a mark before it."""
    booking_date: date
    direction: Direction
    amount: Decimal
    currency: str
    reference: str = ""
    """What the payer wrote as purpose, with single spaces."""
    end_to_end_id: str = ""
    """What whoever started the payment called it: of our own payouts, our id."""
    counterparty_name: str = ""
    counterparty_iban: str = ""
    booking_id: str = ""
    """The id of the booking that it is a part of, or all of; empty where the file does not tell."""
    is_reversal: bool = False
    """It takes back an earlier entry: a credit that is one is a payout that came back, not somebody's deposit."""

    @property
    def is_deposit(self) -> bool:
        """Did somebody send us this?"""
        return self.direction is Direction.CREDIT and not self.is_reversal


@dataclass(frozen=True, slots=True, kw_only=True)
class BankStatement:
    """The booked entries of one account, each once, in the order of the file."""

    account_iban: str
    """Empty where the file does not name it."""
    entries: tuple[BankEntry, ...]
    closing_balance: Decimal | None = None
    """What the bank says is booked on the account at the end; None where the file does not say it."""
    until: date | None = None
    """The last day it tells of, as the file says or as its last entry shows."""
    unbooked: int = 0
    """Entries left out because they are pending or only informative."""
    repeated: int = 0
    """Entries left out because the file has them twice, word for word."""

    @property
    def deposits(self) -> tuple[BankEntry, ...]:
        """Booked credits that are no reversals."""
        return tuple(entry for entry in self.entries if entry.is_deposit)

    @property
    def reversals(self) -> tuple[BankEntry, ...]:
        """What takes back an earlier entry, in either direction; staff look at each."""
        return tuple(entry for entry in self.entries if entry.is_reversal)


def statement_of(
    *,
    account_iban: str,
    entries: Iterable[BankEntry],
    closing_balance: Decimal | None = None,
    period_end: date | None = None,
    unbooked: int = 0,
) -> BankStatement:
    """The entries without repetitions. Raises StatementInvalid where two differ under one id, or there are too many."""
    known: dict[str, BankEntry] = {}
    repeated = 0
    for entry in entries:
        if entry.external_id in known:
            if known[entry.external_id] != entry:
                raise StatementInvalid("Two different entries have this id.", place=entry.external_id)
            repeated += 1
        known[entry.external_id] = entry
        if len(known) > MOST_ENTRIES:
            raise StatementInvalid(f"More than {MOST_ENTRIES} entries.")
    days = [entry.booking_date for entry in known.values()] + ([period_end] if period_end else [])
    return BankStatement(
        account_iban=account_iban,
        entries=tuple(known.values()),
        closing_balance=closing_balance,
        until=max(days, default=None),
        unbooked=unbooked,
        repeated=repeated,
    )


def entries_of(statements: Iterable[BankStatement]) -> tuple[BankEntry, ...]:
    """What several statements of an account have together, each entry once. Raises as `statement_of`."""
    together = (entry for statement in statements for entry in statement.entries)
    return statement_of(account_iban="", entries=together).entries


def require_size(content: bytes) -> None:
    """Raises StatementInvalid for a file that is too large to be looked at."""
    if len(content) > LARGEST_FILE_BYTES:
        raise StatementInvalid(f"The file has more than {LARGEST_FILE_BYTES} bytes.")


def read_amount(text: str, place: str) -> Decimal:
    """A positive amount in plain notation. Raises StatementInvalid."""
    try:
        return parse_positive(text, field="amount")
    except BourseError as error:
        raise StatementInvalid(error.text, place=place) from error


def read_date(text: str, place: str) -> date:
    """2026-01-20. Raises StatementInvalid."""
    try:
        if len(text) != len("2026-01-20"):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError as error:
        raise StatementInvalid("A date such as 2026-01-20.", place=place) from error


def read_currency(text: str, place: str) -> str:
    """Three capital letters. Raises StatementInvalid."""
    if not _CURRENCY.fullmatch(text):
        raise StatementInvalid("A currency has three capital letters.", place=place)
    return text


def read_id(text: str, place: str, *, is_reversal: bool = False) -> str:
    """An id that is there and not too long to be kept. Raises StatementInvalid."""
    identifier = one_line(text)
    if not identifier:
        raise StatementInvalid("The entry has no id of the bank.", place=place)
    if is_reversal:
        identifier = reversal_id(identifier)
    if len(identifier) > _LONGEST_ID:
        raise StatementInvalid(f"An id has at most {_LONGEST_ID} characters.", place=place)
    return identifier


def reversal_id(external_id: str) -> str:
    """The id of the entry that takes back the one with this id."""
    return _REVERSAL + external_id


def other_id(external_id: str) -> str:
    """The id of an entry's reversal; of a reversal, the id without the mark."""
    if external_id.startswith(_REVERSAL):
        return external_id.removeprefix(_REVERSAL)
    return reversal_id(external_id)


def one_line(text: str) -> str:
    """Somebody's text with single spaces and without control characters, cut to a length that can be kept."""
    visible = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(visible.split())[:_LONGEST_TEXT]
