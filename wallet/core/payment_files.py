"""Outgoing bank transfers as an ISO 20022 pain.001.001.09 file (Customer Credit Transfer Initiation).

Pure: ids, date and time come in as arguments, so the same payments give the same bytes. One file is one debit account
and one execution date. The end-to-end id of a payment is our own id; the bank returns it in its statement, which is how
a payout is found again. A bank refuses a message id it has seen, so the same file handed in twice pays once.

Texts are limited to what every bank of the SEPA scheme takes: Latin letters, digits and / - ? : ( ) . , ' + and space.
Accents are taken off; what then is still outside (other scripts) is refused rather than replaced, because a name that
was changed is a payment that comes back.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, tostring

from kernel.errors import BourseError
from kernel.units import EXACT, decimals_of
from wallet.core.iban import iban_fault, is_bic

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
MOST_PAYMENTS = 10_000

_LONGEST_ID, _LONGEST_NAME, _LONGEST_PURPOSE = 35, 70, 140
_AMOUNT_DECIMALS = 2
_LARGEST_AMOUNT = Decimal("999999999.99")
_ALLOWED = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]+", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9\-?:().,'+](?:[A-Za-z0-9/\-?:().,'+ ]*[A-Za-z0-9\-?:().,'+])?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_SPELLED_OUT = str.maketrans(
    {
        "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
        "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "\u0131": "i", "\u2019": "'", "\u2018": "'",
        "\u2013": "-", "&": "+",
    }
)  # fmt: skip


class PaymentFileInvalid(BourseError):
    """A payment cannot be written into a file for the bank; `details` say which and why. No file was made."""

    code = "PAYMENT_FILE_INVALID"
    status = 422
    message = "This payment cannot be handed to the bank."

    def __init__(self, reason: str, *, payment: str = "", field: str = "") -> None:
        super().__init__(details={"reason": reason, "payment": payment, "field": field})


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccount:
    """Whose account, and where. The BIC may be left out within the SEPA area."""

    name: str
    iban: str
    bic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankPayment:
    """One transfer to somebody. `amount` in units of `currency`; `end_to_end_id` is ours, at most 35 characters."""

    end_to_end_id: str
    amount: Decimal
    currency: str
    beneficiary: BankAccount
    purpose: str = ""


def payment_file(
    *, message_id: str, created_at: datetime, execution_date: date, debtor: BankAccount, payments: Sequence[BankPayment]
) -> bytes:
    """The file. Raises PaymentFileInvalid for what a bank would refuse; then there is no file at all."""
    _require_id(message_id, payment="", field="message_id")
    if created_at.tzinfo is None:
        raise PaymentFileInvalid("A time needs its zone.", field="created_at")
    if not 0 < len(payments) <= MOST_PAYMENTS:
        raise PaymentFileInvalid(f"A file has 1 to {MOST_PAYMENTS} payments.")
    identifiers = [payment.end_to_end_id for payment in payments]
    if len(set(identifiers)) != len(identifiers):
        raise PaymentFileInvalid("Two payments have the same id.", field="end_to_end_id")
    currencies = {payment.currency for payment in payments}
    if len(currencies) != 1:
        raise PaymentFileInvalid("All payments of a file have the same currency.", field="currency")
    count, control_sum = str(len(payments)), _control_sum(payments)

    # Namespaces are written by hand: ElementTree would put a prefix before every name.
    document = Element("Document", {"xmlns": NAMESPACE})
    initiation = SubElement(document, "CstmrCdtTrfInitn")
    header = SubElement(initiation, "GrpHdr")
    _add(header, "MsgId", message_id)
    _add(header, "CreDtTm", created_at.isoformat(timespec="seconds"))
    _add(header, "NbOfTxs", count)
    _add(header, "CtrlSum", control_sum)
    _add(SubElement(header, "InitgPty"), "Nm", _latin(debtor.name, _LONGEST_NAME, payment="", field="name"))

    block = SubElement(initiation, "PmtInf")
    _add(block, "PmtInfId", message_id)
    _add(block, "PmtMtd", "TRF")
    _add(block, "BtchBookg", "false")
    _add(block, "NbOfTxs", count)
    _add(block, "CtrlSum", control_sum)
    if currencies == {"EUR"}:
        _add(SubElement(SubElement(block, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    _add(SubElement(block, "ReqdExctnDt"), "Dt", execution_date.isoformat())
    _add_party(block, "Dbtr", debtor, payment="")
    _add_account(block, "DbtrAcct", debtor, payment="")
    _add_bank(block, "DbtrAgt", debtor, payment="", is_needed=True)
    # Shared charges: what we send arrives whole within the scheme.
    _add(block, "ChrgBr", "SLEV")
    for payment in payments:
        _add_payment(block, payment)
    body: bytes = tostring(document, encoding="utf-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body


def latin_text(text: str) -> str | None:
    """The text in the characters every bank takes; None where it has others that only its owner could spell."""
    decomposed = unicodedata.normalize("NFKD", " ".join(text.split()).translate(_SPELLED_OUT))
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return plain if not plain or _ALLOWED.fullmatch(plain) else None


def _add_payment(block: Element, payment: BankPayment) -> None:
    identifier = payment.end_to_end_id
    _require_id(identifier, payment=identifier[:_LONGEST_ID], field="end_to_end_id")
    transfer = SubElement(block, "CdtTrfTxInf")
    names = SubElement(transfer, "PmtId")
    _add(names, "InstrId", identifier)
    _add(names, "EndToEndId", identifier)
    amount = _add(SubElement(transfer, "Amt"), "InstdAmt", _amount_text(payment))
    amount.set("Ccy", _currency(payment))
    _add_bank(transfer, "CdtrAgt", payment.beneficiary, payment=identifier, is_needed=False)
    _add_party(transfer, "Cdtr", payment.beneficiary, payment=identifier)
    _add_account(transfer, "CdtrAcct", payment.beneficiary, payment=identifier)
    if payment.purpose:
        purpose = _latin(payment.purpose, _LONGEST_PURPOSE, payment=identifier, field="purpose")
        _add(SubElement(transfer, "RmtInf"), "Ustrd", purpose)


def _add_party(parent: Element, tag: str, account: BankAccount, *, payment: str) -> None:
    _add(SubElement(parent, tag), "Nm", _latin(account.name, _LONGEST_NAME, payment=payment, field="name"))


def _add_account(parent: Element, tag: str, account: BankAccount, *, payment: str) -> None:
    fault = iban_fault(account.iban)
    if fault is not None:
        raise PaymentFileInvalid(fault, payment=payment, field="iban")
    _add(SubElement(SubElement(parent, tag), "Id"), "IBAN", account.iban)


def _add_bank(parent: Element, tag: str, account: BankAccount, *, payment: str, is_needed: bool) -> None:
    if account.bic:
        if not is_bic(account.bic):
            raise PaymentFileInvalid("This is no BIC.", payment=payment, field="bic")
        _add(SubElement(SubElement(parent, tag), "FinInstnId"), "BICFI", account.bic)
    elif is_needed:
        other = SubElement(SubElement(SubElement(parent, tag), "FinInstnId"), "Othr")
        _add(other, "Id", "NOTPROVIDED")


def _control_sum(payments: Sequence[BankPayment]) -> str:
    total = Decimal(0)
    for payment in payments:
        _amount_text(payment)
        total = EXACT.add(total, payment.amount)
    return f"{total:.{_AMOUNT_DECIMALS}f}"


def _amount_text(payment: BankPayment) -> str:
    amount = payment.amount
    if not amount.is_finite() or not 0 < amount <= _LARGEST_AMOUNT or decimals_of(amount) > _AMOUNT_DECIMALS:
        raise PaymentFileInvalid(
            f"An amount is above zero, at most {_LARGEST_AMOUNT}, and has at most {_AMOUNT_DECIMALS} decimals.",
            payment=payment.end_to_end_id[:_LONGEST_ID],
            field="amount",
        )
    return f"{amount:.{_AMOUNT_DECIMALS}f}"


def _currency(payment: BankPayment) -> str:
    if not _CURRENCY.fullmatch(payment.currency):
        raise PaymentFileInvalid(
            "A currency has three capital letters.", payment=payment.end_to_end_id, field="currency"
        )
    return payment.currency


def _require_id(identifier: str, *, payment: str, field: str) -> None:
    """An id may not begin or end with a slash, nor have two in a row."""
    if not (0 < len(identifier) <= _LONGEST_ID and _ID.fullmatch(identifier) and "//" not in identifier):
        raise PaymentFileInvalid(
            f"An id has 1 to {_LONGEST_ID} letters, digits and signs that every bank takes.",
            payment=payment,
            field=field,
        )


def _latin(text: str, longest: int, *, payment: str, field: str) -> str:
    """The text as banks take it; one that is too long is refused, not cut."""
    written = latin_text(text)
    if not written:
        raise PaymentFileInvalid("This needs to be written in Latin letters.", payment=payment, field=field)
    if len(written) > longest:
        raise PaymentFileInvalid(f"This has more than {longest} characters.", payment=payment, field=field)
    return written


def _add(parent: Element, tag: str, text: str) -> Element:
    element = SubElement(parent, tag)
    element.text = text
    return element
