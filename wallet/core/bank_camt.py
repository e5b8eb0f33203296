"""Bank statements as ISO 20022 camt.053 (Bank to Customer Statement), versions 001.02 and 001.08.

An entry (`Ntry`) is one booking; it may stand for many payments (`TxDtls`). Each payment is an entry of ours where
their amounts are given in the account's currency and add up to the booking. Where they do not (charges deducted,
foreign currencies), the booking stays one entry without a reference: its money is not lost and nobody is credited by
guess.

Ids: the bank's `AcctSvcrRef` of the payment, else that of the booking (with the payment's number, if there are
several without one, or with the same), else the statement's id and its `NtryRef`. An entry with none of them makes the
file unusable, and so does a booking that is there twice, in different parts: its money would count twice.

The XML comes from outside: documents with a DTD, entities or references to other files are refused.
"""

import re
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from kernel.units import EXACT
from wallet.core.bank_statements import (
    BankEntry,
    BankStatement,
    Direction,
    StatementInvalid,
    one_line,
    read_amount,
    read_currency,
    read_date,
    read_id,
    require_size,
    statement_of,
)

_NAMESPACES = tuple(f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}" for version in ("02", "08"))
_DIRECTIONS = {"CRDT": Direction.CREDIT, "DBIT": Direction.DEBIT}
_YES_NO = {"true": True, "1": True, "false": False, "0": False, "": False}
_NO_ID = frozenset({"", "NONREF", "NOTPROVIDED", "NOREF"})
_BOOKED = "BOOK"
_CLOSING = "CLBD"
_ZERO = re.compile(r"0+\.?0*|\.0+", re.ASCII)


def read_camt(content: bytes) -> list[BankStatement]:
    """The statements of a document, one an account and period. Raises StatementInvalid."""
    require_size(content)
    try:
        document = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise StatementInvalid("This is not XML, or XML with parts that are not allowed here.") from error
    namespace, _, name = document.tag.removeprefix("{").rpartition("}")
    if name != "Document" or namespace not in _NAMESPACES:
        raise StatementInvalid("This is not a camt.053 document of version 001.02 or 001.08.")
    # Within one document all is of one namespace, and paths are easier to read without it.
    for element in document.iter():
        if not isinstance(element.tag, str) or not element.tag.startswith(f"{{{namespace}}}"):
            continue
        element.tag = element.tag[len(namespace) + 2 :]
    statements = document.findall("BkToCstmrStmt/Stmt")
    if not statements:
        raise StatementInvalid("There is no statement in this document.")
    parts: dict[str, list[str]] = {}
    return [_statement(statement, parts) for statement in statements]


def _statement(statement: Element, parts: dict[str, list[str]]) -> BankStatement:
    """`parts`: the entries of each booking of the document so far."""
    identifier = _text(statement, "Id")
    booked, unbooked = [], 0
    for number, entry in enumerate(statement.findall("Ntry"), start=1):
        place = f"statement {identifier or '?'}, entry {number}"
        status = _text(entry, "Sts/Cd") or _text(entry, "Sts")
        if status == _BOOKED:
            booked.append((entry, place))
        elif status:
            unbooked += 1
        else:
            raise StatementInvalid("The entry does not say whether it is booked.", place=place)
    return statement_of(
        account_iban=_text(statement, "Acct/Id/IBAN"),
        entries=(one for entry, place in booked for one in _whole(_booking(entry, identifier, place), parts, place)),
        closing_balance=_closing_balance(statement, f"statement {identifier or '?'}, closing balance"),
        unbooked=unbooked,
        period_end=_period_end(statement),
    )


def _closing_balance(statement: Element, place: str) -> Decimal | None:
    told = None
    for balance in statement.findall("Bal"):
        if _text(balance, "Tp/CdOrPrtry/Cd") == _CLOSING:
            amount, _ = _amount(balance.find("Amt"), place)
            told = amount if _direction(balance, place) is Direction.CREDIT else -amount
    return told


def _whole(entries: list[BankEntry], parts: dict[str, list[str]], place: str) -> list[BankEntry]:
    """The entries of a booking. Raises StatementInvalid where the document has it in other parts, too."""
    if entries and entries[0].booking_id:
        ids = [entry.external_id for entry in entries]
        if parts.setdefault(entries[0].booking_id, ids) != ids:
            raise StatementInvalid("This booking is there twice, in different parts.", place=place)
    return entries


def _period_end(statement: Element) -> date | None:
    """The day on which its period ends; None where it does not say, or not as a date."""
    try:
        return date.fromisoformat(_text(statement, "FrToDt/ToDtTm")[:10])
    except ValueError:
        return None


def _booking(entry: Element, statement_id: str, place: str) -> list[BankEntry]:
    amount, currency = _amount(entry.find("Amt"), place)
    if not amount:
        return []
    direction = _direction(entry, place)
    is_reversal = _yes_no(entry, place)
    payments = entry.findall("NtryDtls/TxDtls")
    amounts = [_payment_amount(payment, currency, place) for payment in payments]
    if len(payments) == 1 and amounts[0] is None:
        amounts = [amount]
    known = [part for part in amounts if part is not None]
    total = Decimal(0)
    for part in known:
        total = EXACT.add(total, part)
    adds_up = bool(payments) and len(known) == len(payments) and total == amount
    adds_up = adds_up and all(_direction(payment, place, default=direction) is direction for payment in payments)
    own_id = _booking_id(entry, statement_id)
    booking_id = read_id(own_id, place, is_reversal=is_reversal) if own_id else ""
    booking_date = _booking_date(entry, place)
    if not adds_up:
        return [
            BankEntry(
                external_id=read_id(own_id, place, is_reversal=is_reversal),
                booking_date=booking_date,
                direction=direction,
                amount=amount,
                currency=currency,
                booking_id=booking_id,
                is_reversal=is_reversal,
            )
        ]
    made = []
    for payment, part, external_id in zip(payments, known, _payment_ids(payments, own_id), strict=True):
        if not part:
            continue
        name, iban = _counterparty(payment, direction, is_reversal)
        made.append(
            BankEntry(
                external_id=read_id(external_id, place, is_reversal=is_reversal),
                booking_date=booking_date,
                direction=direction,
                amount=part,
                currency=currency,
                reference=_reference(payment),
                end_to_end_id=_id(payment, "Refs/EndToEndId"),
                counterparty_name=name,
                counterparty_iban=iban,
                booking_id=booking_id,
                is_reversal=is_reversal,
            )
        )
    return made


def _booking_id(entry: Element, statement_id: str) -> str:
    own = _id(entry, "AcctSvcrRef")
    if own:
        return own
    numbered = _id(entry, "NtryRef")
    return f"{statement_id}:{numbered}" if statement_id and numbered else ""


def _payment_ids(payments: list[Element], own_id: str) -> list[str]:
    """An id for each payment of a booking; some banks give every one of them the booking's."""
    identifiers = [_id(payment, "Refs/AcctSvcrRef") or own_id for payment in payments]
    if len(set(identifiers)) == len(identifiers):
        return identifiers
    return [f"{identifier}/{number}" if identifier else "" for number, identifier in enumerate(identifiers, start=1)]


def _booking_date(entry: Element, place: str) -> date:
    return read_date(_text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm")[:10], place)


def _amount(element: Element | None, place: str) -> tuple[Decimal, str]:
    """What an element `Amt` says, and its currency. Zero is allowed in a statement, and moves nothing."""
    if element is None:
        raise StatementInvalid("The entry has no amount.", place=place)
    text = (element.text or "").strip().removeprefix("+")
    currency = read_currency(element.get("Ccy", ""), place)
    if _ZERO.fullmatch(text):
        return Decimal(0), currency
    # The notation of XML may leave out the zero before the point, or what would be behind it.
    return read_amount((f"0{text}" if text.startswith(".") else text).removesuffix("."), place), currency


def _payment_amount(payment: Element, currency: str, place: str) -> Decimal | None:
    """In the account's currency; None where it is not given in it."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        element = payment.find(path)
        if element is not None and element.get("Ccy") == currency:
            return _amount(element, place)[0]
    return None


def _direction(element: Element, place: str, *, default: Direction | None = None) -> Direction:
    code = _text(element, "CdtDbtInd")
    found = _DIRECTIONS.get(code) if code else default
    if found is None:
        raise StatementInvalid("The entry does not say whether it is a credit or a debit.", place=place)
    return found


def _yes_no(entry: Element, place: str) -> bool:
    found = _YES_NO.get(_text(entry, "RvslInd"))
    if found is None:
        raise StatementInvalid("The entry does not say clearly whether it is a reversal.", place=place)
    return found


def _counterparty(payment: Element, direction: Direction, is_reversal: bool) -> tuple[str, str]:
    """Name and IBAN of the other side: of a reversal, of the one the payment that came back had."""
    is_from_them = (direction is Direction.CREDIT) != is_reversal
    role = "Dbtr" if is_from_them else "Cdtr"
    parties = f"RltdPties/{role}"
    name = _text(payment, f"{parties}/Nm") or _text(payment, f"{parties}/Pty/Nm")
    return one_line(name), _text(payment, f"{parties}Acct/Id/IBAN")[:34]


def _reference(payment: Element) -> str:
    structured = [_plain(element) for element in payment.findall("RmtInf/Strd/CdtrRefInf/Ref")]
    free = [_plain(element) for element in payment.findall("RmtInf/Ustrd")]
    return one_line(" ".join(filter(None, [*structured, *free])))


def _id(element: Element, path: str) -> str:
    found = one_line(_text(element, path))
    return "" if found.upper() in _NO_ID else found


def _text(element: Element, path: str) -> str:
    found = element.find(path)
    return "" if found is None else _plain(found)


def _plain(element: Element) -> str:
    return (element.text or "").strip()
