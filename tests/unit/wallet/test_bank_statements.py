"""Bank statements, as CSV and as camt.053: what is taken from them, and what makes a file unusable."""

from datetime import date
from decimal import Decimal

import pytest

from wallet.core import bank_statements
from wallet.core.bank_camt import read_camt
from wallet.core.bank_csv import read_csv
from wallet.core.bank_statements import (
    BankEntry,
    BankStatement,
    Direction,
    StatementInvalid,
    entries_of,
    statement_of,
)

HEADER = "external_id,booking_date,direction,amount,currency,reference"
LINE = "B1,2026-01-20,CREDIT,250.10,EUR,RF18539007547034"
OLD, NEW = "camt.053.001.02", "camt.053.001.08"
IBAN = "DE89370400440532013000"


def reason_of(refused: pytest.ExceptionInfo[StatementInvalid]) -> str:
    return str(refused.value.details["reason"])


class TestCsv:
    def test_all_columns(self) -> None:
        text = (
            f"\ufeff{HEADER},name,iban,end_to_end_id,is_reversal\r\n"
            'B1,2026-01-20,CREDIT,250.10,EUR,"RF18, ""thanks""\r\nAda",Ada Byron,GB29NWBK60161331926819,,\r\n'
            "B2,2026-01-21,DEBIT,10,EUR,,,,w17,false\r\n"
            "B3,2026-01-22,CREDIT,10,EUR,returned,,,w17,true\r\n"
        )
        statement = read_csv(text.encode(), account_iban=IBAN)
        assert statement.account_iban == IBAN
        first, second, third = statement.entries
        assert first == BankEntry(
            external_id="B1",
            booking_date=date(2026, 1, 20),
            direction=Direction.CREDIT,
            amount=Decimal("250.10"),
            currency="EUR",
            reference='RF18, "thanks" Ada',
            counterparty_name="Ada Byron",
            counterparty_iban="GB29NWBK60161331926819",
            booking_id="B1",
        )
        assert third.external_id == "reversal:B3"
        assert (second.direction, second.end_to_end_id) == (Direction.DEBIT, "w17")
        assert statement.deposits == (first,)
        assert statement.reversals == (third,)

    def test_columns_in_any_order_and_empty_lines(self) -> None:
        statement = read_csv(
            b"reference,currency,amount,direction,booking_date,external_id\n\nx,EUR,1,CREDIT,2026-01-20,B1\n"
        )
        assert [entry.external_id for entry in statement.deposits] == ["B1"]

    def test_the_same_line_twice_counts_once(self) -> None:
        statement = read_csv(f"{HEADER}\n{LINE}\n{LINE}\n".encode())
        assert (len(statement.entries), statement.repeated) == (1, 1)

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            ("", "first line"),
            ("external_id\nB1\n", "first line"),
            (f"{HEADER},amuont\n{LINE},1\n", "first line"),
            (f"{HEADER},amount\n{LINE},1\n", "first line"),
            (f"{HEADER}\n{LINE},more\n", "7 values"),
            (f'{HEADER}\n"B1\n', "not CSV"),
            (f"{HEADER}\n{LINE}\nB1,2026-01-20,CREDIT,250.11,EUR,RF18539007547034\n", "different entries"),
            (f"{HEADER}\n,2026-01-20,CREDIT,1,EUR,x\n", "no id"),
            (f"{HEADER}\n{'B' * 129},2026-01-20,CREDIT,1,EUR,x\n", "128"),
            (f"{HEADER}\nB1,20.01.2026,CREDIT,1,EUR,x\n", "date"),
            (f"{HEADER}\nB1,2026-02-30,CREDIT,1,EUR,x\n", "date"),
            (f"{HEADER}\nB1,2026-01-20,credit,1,EUR,x\n", "CREDIT or DEBIT"),
            (f"{HEADER}\nB1,2026-01-20,CREDIT,-1,EUR,x\n", "greater than zero"),
            (f"{HEADER}\nB1,2026-01-20,CREDIT,0,EUR,x\n", "greater than zero"),
            (f'{HEADER}\nB1,2026-01-20,CREDIT,"1,000.00",EUR,x\n', "plain decimal"),
            (f"{HEADER}\nB1,2026-01-20,CREDIT,1e3,EUR,x\n", "plain decimal"),
            (f"{HEADER}\nB1,2026-01-20,CREDIT,NaN,EUR,x\n", "plain decimal"),
            (f"{HEADER}\nB1,2026-01-20,CREDIT,1,eur,x\n", "currency"),
            (f"{HEADER},is_reversal\n{LINE},maybe\n", "true or false"),
            (f"{HEADER}\n\x00{LINE}\n", "not a text"),
            (f"{HEADER}\n{LINE}\n".encode("utf-16").decode("latin-1").encode("latin-1"), "not UTF-8"),
        ],
    )
    def test_files_that_are_refused(self, content: str | bytes, reason: str) -> None:
        with pytest.raises(StatementInvalid) as refused:
            read_csv(content if isinstance(content, bytes) else content.encode())
        assert reason in reason_of(refused)

    def test_sizes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        content = f"{HEADER}\n{LINE}\n{LINE.replace('B1', 'B2')}\n".encode()
        monkeypatch.setattr(bank_statements, "MOST_ENTRIES", 1)
        with pytest.raises(StatementInvalid):
            read_csv(content)
        monkeypatch.setattr(bank_statements, "LARGEST_FILE_BYTES", 10)
        with pytest.raises(StatementInvalid):
            read_csv(content)


def test_a_text_is_kept_in_one_line_and_bounded() -> None:
    assert bank_statements.one_line(" a\x00b\r\n\u202e c\t") == "a b c"
    assert len(bank_statements.one_line("x" * 10_000)) == 500


def document(entries: str, version: str = NEW, *, before: str = "") -> bytes:
    namespace = f"urn:iso:std:iso:20022:tech:xsd:{version}"
    return f"""<?xml version="1.0" encoding="UTF-8"?>{before}
        <Document xmlns="{namespace}"><BkToCstmrStmt>
          <GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-01-21T06:00:00+01:00</CreDtTm></GrpHdr>
          <Stmt><Id>S1</Id><ElctrncSeqNb>14</ElctrncSeqNb><CreDtTm>2026-01-21T06:00:00+01:00</CreDtTm>
            <Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>EUR</Ccy></Acct>
            <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">999.00</Amt>
              <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-20</Dt></Dt></Bal>
            {entries}
          </Stmt></BkToCstmrStmt></Document>""".encode()


def entry(
    amount: str = "250.10",
    direction: str = "CRDT",
    *,
    status: str = "<Sts><Cd>BOOK</Cd></Sts>",
    reversal: str = "",
    reference: str = "<AcctSvcrRef>B1</AcctSvcrRef>",
    booked: str = "<Dt>2026-01-20</Dt>",
    details: str = "",
    currency: str = "EUR",
) -> str:
    return (
        f'<Ntry><NtryRef>7</NtryRef><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>{reversal}'
        f"{status}<BookgDt>{booked}</BookgDt><ValDt><Dt>2026-01-20</Dt></ValDt>{reference}"
        f"<BkTxCd><Prtry><Cd>166</Cd></Prtry></BkTxCd>{details}</Ntry>"
    )


ADA_OLD = """<NtryDtls><TxDtls>
    <Refs><AcctSvcrRef>B1</AcctSvcrRef><EndToEndId>NOTPROVIDED</EndToEndId></Refs>
    <AmtDtls><TxAmt><Amt Ccy="EUR">250.10</Amt></TxAmt></AmtDtls>
    <RltdPties><Dbtr><Nm>Ada Byron</Nm></Dbtr>
      <DbtrAcct><Id><IBAN>GB29NWBK60161331926819</IBAN></Id></DbtrAcct></RltdPties>
    <RmtInf><Ustrd>deposit RF18</Ustrd><Ustrd>539007547034 &amp; thanks</Ustrd></RmtInf>
    </TxDtls></NtryDtls>"""
ADA_NEW = """<NtryDtls><TxDtls>
    <Refs><AcctSvcrRef>B1</AcctSvcrRef><EndToEndId>NOTPROVIDED</EndToEndId></Refs>
    <Amt Ccy="EUR">250.10</Amt><CdtDbtInd>CRDT</CdtDbtInd>
    <RltdPties><Dbtr><Pty><Nm>Ada Byron</Nm></Pty></Dbtr>
      <DbtrAcct><Id><IBAN>GB29NWBK60161331926819</IBAN></Id></DbtrAcct></RltdPties>
    <RmtInf><Ustrd>deposit RF18</Ustrd><Ustrd>539007547034 &amp; thanks</Ustrd></RmtInf>
    </TxDtls></NtryDtls>"""
ADA = BankEntry(
    external_id="B1",
    booking_date=date(2026, 1, 20),
    direction=Direction.CREDIT,
    amount=Decimal("250.10"),
    currency="EUR",
    reference="deposit RF18 539007547034 & thanks",
    counterparty_name="Ada Byron",
    counterparty_iban="GB29NWBK60161331926819",
    booking_id="B1",
)


def payment(amount: str, number: int, *, refs: str = "", currency: str = "EUR", direction: str = "CRDT") -> str:
    return (
        f'<TxDtls><Refs>{refs}</Refs><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'
        f"<RmtInf><Strd><CdtrRefInf><Ref>RF{number}</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>"
    )


def read_one(content: bytes) -> BankStatement:
    (statement,) = read_camt(content)
    return statement


class TestCamt:
    @pytest.mark.parametrize(
        ("version", "status", "details"),
        [(OLD, "<Sts>BOOK</Sts>", ADA_OLD), (NEW, "<Sts><Cd>BOOK</Cd></Sts>", ADA_NEW)],
    )
    def test_a_credit_in_both_versions(self, version: str, status: str, details: str) -> None:
        statement = read_one(document(entry(status=status, details=details), version))
        assert statement.account_iban == IBAN
        assert statement.entries == statement.deposits == (ADA,)

    def test_the_last_day_it_tells_of(self) -> None:
        period = "<FrToDt><FrDtTm>2026-01-01T00:00:00</FrDtTm><ToDtTm>{}</ToDtTm></FrToDt>"
        for until, expected in (
            ("2026-01-31T23:59:59+01:00", date(2026, 1, 31)),
            ("2026-01-19T12:00:00", date(2026, 1, 20)),
            ("nonsense", date(2026, 1, 20)),
        ):
            assert read_one(document(period.format(until) + entry(details=ADA_NEW))).until == expected
        assert read_one(document("")).until is None
        assert read_csv(f"{HEADER}\n{LINE}\n".encode()).until == date(2026, 1, 20)

    def test_only_what_is_booked(self) -> None:
        pending = entry(status="<Sts><Cd>PDNG</Cd></Sts>", reference="")
        statement = read_one(document(pending + entry(details=ADA_NEW) + entry(status="<Sts><Cd>INFO</Cd></Sts>")))
        assert statement.entries == (ADA,)
        assert statement.unbooked == 2

    def test_a_payout_is_found_by_our_id(self) -> None:
        details = """<NtryDtls><TxDtls><Refs><EndToEndId>w17</EndToEndId></Refs><RltdPties>
            <Dbtr><Pty><Nm>Bourse</Nm></Pty></Dbtr><Cdtr><Pty><Nm>Ada</Nm></Pty></Cdtr>
            <CdtrAcct><Id><IBAN>GB29NWBK60161331926819</IBAN></Id></CdtrAcct></RltdPties></TxDtls></NtryDtls>"""
        statement = read_one(document(entry("10.00", "DBIT", details=details)))
        (found,) = statement.entries
        assert (found.direction, found.end_to_end_id, found.amount) == (Direction.DEBIT, "w17", Decimal(10))
        assert (found.counterparty_name, found.counterparty_iban) == ("Ada", "GB29NWBK60161331926819")
        assert statement.deposits == ()

    @pytest.mark.parametrize("direction", ["CRDT", "DBIT"])
    def test_a_reversal_is_no_deposit(self, direction: str) -> None:
        statement = read_one(document(entry(direction=direction, reversal="<RvslInd>true</RvslInd>")))
        assert statement.deposits == ()
        assert [one.external_id for one in statement.reversals] == ["reversal:B1"]

    def test_a_reversal_with_the_id_of_what_it_takes_back_is_another_entry(self) -> None:
        taken_back = entry(direction="DBIT", reversal="<RvslInd>true</RvslInd>")
        statement = read_one(document(entry() + taken_back))
        assert [one.external_id for one in statement.entries] == ["B1", "reversal:B1"]

    def test_a_payout_that_comes_back_names_who_should_have_got_it(self) -> None:
        details = """<NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>Bourse</Nm></Pty></Dbtr>
            <Cdtr><Pty><Nm>Ada</Nm></Pty></Cdtr></RltdPties></TxDtls></NtryDtls>"""
        statement = read_one(document(entry(reversal="<RvslInd>true</RvslInd>", details=details)))
        assert statement.reversals[0].counterparty_name == "Ada"

    def test_a_booking_of_several_payments(self) -> None:
        own = "<AcctSvcrRef>P2</AcctSvcrRef>"
        details = f"<NtryDtls>{payment('100', 1)}{payment('.1', 2, refs=own)}{payment('150.00', 3)}</NtryDtls>"
        statement = read_one(document(entry(details=details)))
        assert [(one.external_id, one.amount, one.reference) for one in statement.deposits] == [
            ("B1/1", Decimal(100), "RF1"),
            ("P2/2", Decimal("0.1"), "RF2"),
            ("B1/3", Decimal(150), "RF3"),
        ]

    def test_a_booking_in_different_parts_makes_the_document_unusable(self) -> None:
        parts = f"<NtryDtls>{payment('100', 1)}{payment('150.10', 2)}</NtryDtls>"
        whole = document(entry())
        for content in (
            document(entry() + entry(details=parts)),
            whole.replace(b"</Stmt>", f"</Stmt><Stmt><Id>S2</Id>{entry(details=parts)}</Stmt>".encode()),
        ):
            with pytest.raises(StatementInvalid) as refused:
                read_camt(content)
            assert "different parts" in reason_of(refused)
        assert len(read_one(document(entry(details=parts) * 2)).entries) == 2

    def test_statements_of_a_document_have_to_agree(self) -> None:
        content = document(entry()).replace(b"</Stmt>", f"</Stmt><Stmt><Id>S2</Id>{entry('1')}</Stmt>".encode())
        with pytest.raises(StatementInvalid) as refused:
            entries_of(read_camt(content))
        assert "different entries" in reason_of(refused)
        assert len(entries_of(read_camt(content.replace(b">1<", b">250.10<")))) == 1

    def test_the_closing_balance(self) -> None:
        assert read_one(document("")).closing_balance == Decimal(999)
        below = document("").replace(b"<CdtDbtInd>CRDT", b"<CdtDbtInd>DBIT")
        assert read_one(below).closing_balance == Decimal(-999)
        assert read_one(document("").replace(b"CLBD", b"OPBD")).closing_balance is None

    def test_payments_with_ids_of_their_own_keep_them(self) -> None:
        payments = [payment("125.05", at, refs=f"<AcctSvcrRef>P{at}</AcctSvcrRef>") for at in (1, 2)]
        statement = read_one(document(entry(details=f"<NtryDtls>{''.join(payments)}</NtryDtls>")))
        assert [one.external_id for one in statement.deposits] == ["P1", "P2"]

    @pytest.mark.parametrize(
        "payments",
        [
            payment("100", 1) + payment("100", 2),
            payment("250.10", 1) + payment("1", 2, currency="USD"),
            payment("300.10", 1) + payment("50", 2, direction="DBIT"),
            payment("260", 1),
        ],
    )
    def test_payments_that_do_not_make_up_the_booking_credit_nobody_by_guess(self, payments: str) -> None:
        statement = read_one(document(entry(details=f"<NtryDtls>{payments}</NtryDtls>")))
        (found,) = statement.entries
        assert (found.external_id, found.amount, found.reference) == ("B1", Decimal("250.10"), "")

    def test_a_foreign_payment_counts_what_was_booked(self) -> None:
        statement = read_one(document(entry(details=f"<NtryDtls>{payment('270', 1, currency='USD')}</NtryDtls>")))
        (found,) = statement.entries
        assert (found.amount, found.currency, found.reference) == (Decimal("250.10"), "EUR", "RF1")

    @pytest.mark.parametrize("reference", ["", "<AcctSvcrRef>NONREF</AcctSvcrRef>"])
    def test_without_an_id_of_its_own_it_has_its_place_in_the_statement(self, reference: str) -> None:
        assert read_one(document(entry(reference=reference))).entries[0].external_id == "S1:7"

    @pytest.mark.parametrize(("amount", "read"), [("+5", "5"), ("5.", "5"), (".5", "0.5"), (" 005.50 ", "5.5")])
    def test_amounts_as_xml_writes_them(self, amount: str, read: str) -> None:
        assert read_one(document(entry(amount))).entries[0].amount == Decimal(read)

    def test_nothing_moved(self) -> None:
        assert read_one(document(entry("0.00"))).entries == ()

    def test_a_moment_as_booking_date(self) -> None:
        content = document(entry(booked="<DtTm>2026-01-19T23:59:00+01:00</DtTm>"))
        assert read_one(content).entries[0].booking_date == date(2026, 1, 19)

    def test_several_statements_in_a_document(self) -> None:
        content = document(entry()).replace(b"</Stmt>", b"</Stmt><Stmt><Id>S2</Id></Stmt>")
        assert [len(statement.entries) for statement in read_camt(content)] == [1, 0]

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "not XML"),
            (b"<Document", "not XML"),
            (b'<?xml version="1.0" encoding="nonsense"?><a/>', "not XML"),
            (b"<Document/>", "not a camt.053"),
            (document("", "camt.053.001.99"), "not a camt.053"),
            (document("", "camt.054.001.02"), "not a camt.053"),
            (document("").replace(b"Stmt>", b"Rpt>"), "no statement"),
            (document(entry(), before='<!DOCTYPE a [<!ENTITY b "c">]>'), "not allowed"),
            (document(entry(), before='<!DOCTYPE a SYSTEM "file:///etc/passwd">'), "not allowed"),
            (document(entry(reference="").replace("<NtryRef>7</NtryRef>", "")), "no id"),
            (document(entry(status="")), "booked"),
            (document(entry(direction="")), "credit or a debit"),
            (document(entry(reversal="<RvslInd>perhaps</RvslInd>")), "reversal"),
            (document(entry("")), "plain decimal"),
            (document(entry("-5")), "greater than zero"),
            (document(entry("1e3")), "plain decimal"),
            (document(entry("1.0000000000000000001")), "decimals"),
            (document(entry(currency="euro")), "currency"),
            (document(entry(booked="")), "date"),
            (document(entry() + entry("1")), "different entries"),
        ],
    )
    def test_documents_that_are_refused(self, content: bytes, reason: str) -> None:
        with pytest.raises(StatementInvalid) as refused:
            read_camt(content)
        assert reason in reason_of(refused)


def test_a_repeated_entry_is_counted() -> None:
    statement = statement_of(account_iban="", entries=[ADA, ADA], unbooked=3)
    assert (statement.entries, statement.repeated, statement.unbooked) == ((ADA,), 1, 3)
