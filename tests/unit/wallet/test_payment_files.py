"""Files for the bank: their structure, their sums, and what is refused before there is a file."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from wallet.core.payment_files import (
    NAMESPACE,
    BankAccount,
    BankPayment,
    PaymentFileInvalid,
    latin_text,
    payment_file,
)

US = BankAccount(name="Bourse GmbH", iban="DE89370400440532013000", bic="COBADEFFXXX")
ADA = BankAccount(name="Ada Björnßon & Søn", iban="GB29NWBK60161331926819")

# What the schema pain.001.001.09 wants below each element that we write: names in their order, and how often.
STRUCTURE: dict[str, list[tuple[str, int, int | None]]] = {
    "Document": [("CstmrCdtTrfInitn", 1, 1)],
    "CstmrCdtTrfInitn": [("GrpHdr", 1, 1), ("PmtInf", 1, None), ("SplmtryData", 0, None)],
    "GrpHdr": [
        ("MsgId", 1, 1),
        ("CreDtTm", 1, 1),
        ("Authstn", 0, 2),
        ("NbOfTxs", 1, 1),
        ("CtrlSum", 0, 1),
        ("InitgPty", 1, 1),
        ("FwdgAgt", 0, 1),
    ],
    "PmtInf": [
        ("PmtInfId", 1, 1),
        ("PmtMtd", 1, 1),
        ("BtchBookg", 0, 1),
        ("NbOfTxs", 0, 1),
        ("CtrlSum", 0, 1),
        ("PmtTpInf", 0, 1),
        ("ReqdExctnDt", 1, 1),
        ("PoolgAdjstmntDt", 0, 1),
        ("Dbtr", 1, 1),
        ("DbtrAcct", 1, 1),
        ("DbtrAgt", 1, 1),
        ("DbtrAgtAcct", 0, 1),
        ("InstrForDbtrAgt", 0, 1),
        ("UltmtDbtr", 0, 1),
        ("ChrgBr", 0, 1),
        ("ChrgsAcct", 0, 1),
        ("ChrgsAcctAgt", 0, 1),
        ("CdtTrfTxInf", 1, None),
    ],
    "CdtTrfTxInf": [
        ("PmtId", 1, 1),
        ("PmtTpInf", 0, 1),
        ("Amt", 1, 1),
        ("XchgRateInf", 0, 1),
        ("ChrgBr", 0, 1),
        ("CdtrAgt", 0, 1),
        ("CdtrAgtAcct", 0, 1),
        ("Cdtr", 0, 1),
        ("CdtrAcct", 0, 1),
        ("UltmtCdtr", 0, 1),
        ("Purp", 0, 1),
        ("RmtInf", 0, 1),
    ],
    "PmtId": [("InstrId", 0, 1), ("EndToEndId", 1, 1), ("UETR", 0, 1)],
    "PmtTpInf": [("SvcLvl", 0, None)],
    "SvcLvl": [("Cd", 1, 1)],
    "ReqdExctnDt": [("Dt", 1, 1)],
    "Amt": [("InstdAmt", 1, 1)],
    "InitgPty": [("Nm", 0, 1)],
    "Dbtr": [("Nm", 0, 1)],
    "Cdtr": [("Nm", 0, 1)],
    "DbtrAcct": [("Id", 0, 1)],
    "CdtrAcct": [("Id", 0, 1)],
    "DbtrAgt": [("FinInstnId", 1, 1)],
    "CdtrAgt": [("FinInstnId", 1, 1)],
    "FinInstnId": [("BICFI", 0, 1), ("Othr", 0, 1)],
    "Othr": [("Id", 1, 1)],
    "RmtInf": [("Ustrd", 0, None)],
}


def payment(**changed: Any) -> BankPayment:
    fields: dict[str, Any] = {
        "end_to_end_id": "w17",
        "amount": Decimal("250.1"),
        "currency": "EUR",
        "beneficiary": ADA,
        "purpose": "Withdrawal w17",
    }
    return BankPayment(**{**fields, **changed})


def file_of(*payments: BankPayment, **changed: Any) -> bytes:
    fields: dict[str, Any] = {
        "message_id": "M-1",
        "created_at": datetime(2026, 1, 20, 14, 25, 7, 123456, tzinfo=UTC),
        "execution_date": date(2026, 1, 21),
        "debtor": US,
        "payments": payments,
    }
    return payment_file(**{**fields, **changed})


def require_structure(element: Element) -> None:
    name = element.tag.removeprefix(f"{{{NAMESPACE}}}")
    assert not name.startswith("{"), "of another namespace"
    children = [child.tag.removeprefix(f"{{{NAMESPACE}}}") for child in element]
    if name == "Id" and children:
        assert children == ["IBAN"]
        return
    known = STRUCTURE.get(name, [])
    if not known:
        assert not children, f"{name} has only text"
        assert (element.text or "").strip(), f"{name} is empty"
        return
    order = [one for one, _, _ in known]
    assert [order.index(child) for child in children] == sorted(order.index(child) for child in children), name
    for one, least, most in known:
        assert least <= children.count(one) <= (most or len(children)), f"{one} in {name}"
    for child in element:
        require_structure(child)


def texts(content: bytes, path: str) -> list[str | None]:
    document = fromstring(content)
    names = "/".join(f"{{{NAMESPACE}}}{name}" for name in path.split("/"))
    return [element.text for element in document.iterfind(f".//{names}")]


def test_the_file_has_the_structure_of_its_schema_and_says_what_it_should() -> None:
    other = BankAccount(name="Bob", iban="FR1420041010050500013M02606", bic="BNPAFRPP")
    content = file_of(payment(), payment(end_to_end_id="w18", amount=Decimal("0.90"), beneficiary=other, purpose=""))
    document = fromstring(content)
    assert document.tag == f"{{{NAMESPACE}}}Document"
    require_structure(document)
    assert texts(content, "GrpHdr/CreDtTm") == ["2026-01-20T14:25:07+00:00"]
    assert texts(content, "NbOfTxs") == ["2", "2"]
    assert texts(content, "CtrlSum") == ["251.00", "251.00"]
    assert texts(content, "ReqdExctnDt/Dt") == ["2026-01-21"]
    assert texts(content, "EndToEndId") == ["w17", "w18"]
    assert texts(content, "InstdAmt") == ["250.10", "0.90"]
    assert texts(content, "Cdtr/Nm") == ["Ada Bjornsson + Son", "Bob"]
    assert texts(content, "CdtrAgt/FinInstnId/BICFI") == ["BNPAFRPP"]
    assert texts(content, "DbtrAgt/FinInstnId/BICFI") == ["COBADEFFXXX"]
    assert texts(content, "SvcLvl/Cd") == ["SEPA"]
    assert texts(content, "Ustrd") == ["Withdrawal w17"]
    assert b'Ccy="EUR"' in content


def test_the_same_payments_give_the_same_bytes() -> None:
    assert file_of(payment()) == file_of(payment())


def test_without_a_bic_and_in_another_currency() -> None:
    content = file_of(payment(currency="CHF"), debtor=BankAccount(name="Bourse", iban=US.iban))
    require_structure(fromstring(content))
    assert texts(content, "Othr/Id") == ["NOTPROVIDED"]
    assert texts(content, "SvcLvl/Cd") == []


@pytest.mark.parametrize(
    ("payments", "changed", "field"),
    [
        ([], {}, ""),
        ([payment(), payment()], {}, "end_to_end_id"),
        ([payment(), payment(end_to_end_id="w18", currency="CHF")], {}, "currency"),
        ([payment(currency="eur")], {}, "currency"),
        ([payment(amount=Decimal(0))], {}, "amount"),
        ([payment(amount=Decimal(-1))], {}, "amount"),
        ([payment(amount=Decimal("1.001"))], {}, "amount"),
        ([payment(amount=Decimal("1000000000"))], {}, "amount"),
        ([payment(amount=Decimal("NaN"))], {}, "amount"),
        ([payment(end_to_end_id="")], {}, "end_to_end_id"),
        ([payment(end_to_end_id="w" * 36)], {}, "end_to_end_id"),
        ([payment(end_to_end_id="/w17")], {}, "end_to_end_id"),
        ([payment(end_to_end_id="w//17")], {}, "end_to_end_id"),
        ([payment(end_to_end_id="w<17")], {}, "end_to_end_id"),
        ([payment(beneficiary=BankAccount(name="", iban=US.iban))], {}, "name"),
        ([payment(beneficiary=BankAccount(name="Ада", iban=US.iban))], {}, "name"),
        ([payment(beneficiary=BankAccount(name="<b>Ada</b>", iban=US.iban))], {}, "name"),
        ([payment(beneficiary=BankAccount(name="A" * 71, iban=US.iban))], {}, "name"),
        ([payment(beneficiary=BankAccount(name="Ada", iban="DE89370400440532013001"))], {}, "iban"),
        ([payment(beneficiary=BankAccount(name="Ada", iban=US.iban, bic="X"))], {}, "bic"),
        ([payment(purpose="x" * 141)], {}, "purpose"),
        ([payment()], {"message_id": "M" * 36}, "message_id"),
        ([payment()], {"created_at": datetime(2026, 1, 20)}, "created_at"),  # noqa: DTZ001  that it has no zone is the point
    ],
)
def test_what_a_bank_would_refuse_makes_no_file(
    payments: list[BankPayment], changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(PaymentFileInvalid) as refused:
        file_of(*payments, **changed)
    assert refused.value.details["field"] == field


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Łukasz Żółć", "Lukasz Zolc"),
        ("Zoë d\u2019Arc", "Zoe d'Arc"),
        ("  a\n b ", "a b"),
        ("", ""),
        ("Ελένη", None),
        ("a;b", None),
        ("💸", None),
    ],
)
def test_texts_as_banks_take_them(text: str, written: str | None) -> None:
    assert latin_text(text) == written
