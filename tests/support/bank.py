"""A bank under test: its rail, lines of statements, and bringing them in."""

from decimal import Decimal
from typing import Any

from accounts.models import User
from ledger.models import Balance
from matching.listing import list_asset
from tests.support import funds
from wallet.models import BankStatementImport, Rail, RailAsset, RailKind
from wallet.rails.bank import reference_of
from wallet.services.bank_statements import import_statement

OURS = "DE89370400440532013000"
THEIRS = "NL91ABNA0417164300"
COLUMNS = "external_id,booking_date,direction,amount,currency,reference,name,iban,end_to_end_id,is_reversal"


def open_bank() -> Rail:
    """With an account in euros."""
    euro = list_asset(symbol="EUR", name="Euro", scale=2, display_decimals=2)
    made = Rail.objects.create(
        code="bank",
        name="Bank",
        kind=RailKind.BANK,
        settings={"iban": OURS, "holder": "Bourse", "bic": "COBADEFFXXX", "currency": "EUR"},
    )
    RailAsset.objects.create(rail=made, asset=euro, network="SEPA", address_format="iban", min_deposit=1)
    return made


def staff(name: str = "staff") -> User:
    return User.objects.get(username=name)


def line(number: str, reference: str, amount: str = "100.50", direction: str = "CREDIT", **further: str) -> str:
    day = further.get("day", "2026-11-20")
    end, reversal = further.get("end_to_end_id", ""), further.get("is_reversal", "")
    return f"{number},{day},{direction},{amount},EUR,{reference},Somebody,{THEIRS},{end},{reversal}"


def bring_in(rail: Rail, *lines: str, **further: Any) -> BankStatementImport:
    """As CSV."""
    return _bring_in(rail, "csv", "\n".join((COLUMNS, *lines)).encode(), **further)


def bring_in_camt(rail: Rail, *bookings: str, closing: str = "999.00", **further: Any) -> BankStatementImport:
    """As camt.053; see `booking`."""
    content = f"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>S1</Id>
        <Acct><Id><IBAN>{OURS}</IBAN></Id></Acct>
        <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>
          <Amt Ccy="EUR">{closing}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
        {"".join(bookings)}</Stmt></BkToCstmrStmt></Document>"""
    return _bring_in(rail, "camt.053", content.encode(), **further)


def booking(number: str, amount: str, *payments: tuple[str, str]) -> str:
    """A credit of an amount; each payment in it has an amount and a reference."""
    details = "".join(
        f'<TxDtls><Amt Ccy="EUR">{part}</Amt><RmtInf><Ustrd>{reference}</Ustrd></RmtInf></TxDtls>'
        for part, reference in payments
    )
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt>'
        f"<Dt>2026-11-20</Dt></BookgDt><AcctSvcrRef>{number}</AcctSvcrRef><NtryDtls>{details}</NtryDtls></Ntry>"
    )


def _bring_in(rail: Rail, file_format: str, content: bytes, **further: Any) -> BankStatementImport:
    return import_statement(
        rail=rail,
        file_name=f"statement.{file_format}",
        file_format=file_format,
        content=content,
        by=staff(),
        reason="of today",
        **further,
    )


def euros(name: str) -> Decimal:
    row = Balance.objects.filter(account__user__username=name, asset__symbol="EUR").first()
    return row.available if row else Decimal(0)


def owners() -> str:
    """The reference of the owner."""
    return reference_of(funds.account_id("owner"))
