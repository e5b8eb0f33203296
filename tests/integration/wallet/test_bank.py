"""Bank transfers: statements come in once, references find their owners, payouts are in one file and paid once."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.errors import ReasonMissing
from accounts.models import StaffAction, User
from ledger.models import Account, AccountKind, Asset
from ledger.verification import LEDGER_CHECKS
from risk.models import RiskEvent, Severity
from tests.support import funds
from tests.support.bank import OURS, THEIRS, bring_in, euros, line, open_bank, owners, staff
from wallet.core.bank_statements import StatementInvalid
from wallet.core.iban import creditor_reference
from wallet.core.operations import Party
from wallet.core.states import DepositState
from wallet.models import (
    BankEntry,
    BankPayout,
    BankPayoutState,
    BankStatementImport,
    Deposit,
    PaymentFile,
    Rail,
)
from wallet.rails.bank import account_of_reference, reference_of
from wallet.rails.errors import (
    BankPayoutNotOpen,
    NeedsAnother,
    NothingToPay,
    StatementOfAnotherAccount,
    StatementRepeated,
)
from wallet.rails.protocol import PayoutRefused, PayoutUnknown
from wallet.rails.registry import adapter_of
from wallet.services import operations
from wallet.services.bank_files import confirm_payment_file, make_payment_file, note_download, refuse_bank_payout
from wallet.services.bank_statements import import_statement
from wallet.services.switches import stop_payouts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rail(monkeypatch: pytest.MonkeyPatch, db: None) -> Rail:
    monkeypatch.setattr(operations, "wake_processor", lambda: None)
    return open_bank()


def books_are_right() -> None:
    assert [finding for check in LEDGER_CHECKS for finding in check()] == []


def test_everybody_has_a_reference_with_check_digits(rail: Rail) -> None:
    account_id = funds.account_id("owner")
    assert adapter_of(rail).receiving_address("EUR", account_id) == (OURS, owners())
    assert account_of_reference(owners()) == account_id
    assert account_of_reference(creditor_reference(f"BRS{account_id}")) == account_id, "as they were given out once"
    assert account_of_reference(creditor_reference(f"BRS0{account_id}")) is None
    assert account_of_reference("RF18539007547034") is None


def test_a_reference_finds_its_owner_however_it_is_written(rail: Rail) -> None:
    reference = owners()
    spaced = f"{reference[:4].lower()} {reference[4:7]} {reference[7:]}"
    bring_in(
        rail, line("e1", f"deposit {reference} thanks"), line("e2", spaced, "2"), closing_balance=Decimal("102.50")
    )
    funds.process()
    assert euros("owner") == Decimal("102.50")
    assert adapter_of(rail).balance("EUR") == {"main": Decimal("102.50")}
    assert funds.system_balance("custody", "bank:incoming", "EUR") == Decimal("-102.50")
    books_are_right()


def test_a_short_reference_in_groups_is_not_taken_for_another_users(rail: Rail) -> None:
    """Of RF25BRS100027 in groups of four the first three groups have the right check digits, too."""
    for number in (10_002, 100_027):
        user = User.objects.create_user(f"{number}@example.com", f"user{number}", "a-long-enough-password")
        Account.objects.create(pk=number, kind=AccountKind.USER, user=user)
    bring_in(rail, line("e1", "RF25 BRS1 0002 7"), line("e2", "RF25BRS100027 in 2026 thank you"))
    first, second = Deposit.objects.order_by("external_tx_id")
    assert (first.account_id, first.tag, first.reason) == (None, "", "UNKNOWN_REFERENCE")
    assert (second.account_id, second.tag, second.reason) == (100_027, "RF25BRS100027", "")


def test_each_entry_counts_once_whatever_files_have_it(rail: Rail) -> None:
    bring_in(rail, line("e1", owners()))
    with pytest.raises(StatementRepeated):
        bring_in(rail, line("e1", owners()))
    again = bring_in(rail, line("e1", owners()), line("e2", owners(), "1"))
    assert (again.entries_new, again.entries_known) == (1, 1)
    funds.process()
    assert euros("owner") == Decimal("101.50")


def test_what_names_nobody_for_certain_waits_in_suspense(rail: Rail) -> None:
    colleagues = reference_of(funds.account_id("colleague"))
    broken = owners()[:-1] + ("0" if owners()[-1] != "0" else "1")
    bring_in(
        rail,
        line("e1", "no reference"),
        line("e2", broken),
        line("e3", f"{owners()} {colleagues}"),
        line("e4", owners(), "0.50"),
        line("e5", reference_of(10**12)),
    )
    funds.process()
    assert euros("owner") == euros("colleague") == 0
    found = {row.external_tx_id: row.reason for row in Deposit.objects.filter(state=DepositState.SUSPENSE)}
    unknown = dict.fromkeys(("e1", "e2", "e3", "e5"), "UNKNOWN_REFERENCE")
    assert found == unknown | {"e4": "BELOW_MINIMUM"}
    assert funds.system_balance("suspense", "", "EUR") == Decimal("402.50")
    books_are_right()


def test_a_file_that_is_not_ours_or_not_right_changes_nothing(rail: Rail) -> None:
    for content, refusal in (
        (line("e1", owners()).replace("EUR", "USD"), StatementOfAnotherAccount),
        (line("e1", owners(), "-5"), StatementInvalid),
        (f"{line('e1', owners())}\n{line('e1', owners(), '7')}", StatementInvalid),
    ):
        with pytest.raises(refusal):
            bring_in(rail, content)
    with pytest.raises(ReasonMissing):
        import_statement(rail=rail, file_name="x", file_format="csv", content=b"", by=staff(), reason=" ")
    assert not BankStatementImport.objects.exists()
    assert not BankEntry.objects.exists()
    assert not Deposit.objects.exists()


def test_a_credit_that_is_taken_back_alarms_staff(rail: Rail) -> None:
    bring_in(rail, line("e1", owners(), "5", "DEBIT", is_reversal="true"))
    assert RiskEvent.objects.get().severity == Severity.CRITICAL
    assert BankEntry.objects.get().amount == -5


def queue(rail: Rail, payout_id: str = "w1", amount: str = "50.25", **party: str) -> Any:
    destination = Party("bank_transfer", account=party.get("account", THEIRS), user=party.get("user", "Ola Nordmann"))
    return adapter_of(rail).payout(
        payout_id=payout_id, asset="EUR", network="SEPA", amount=Decimal(amount), destination=destination
    )


def look(rail: Rail, payout_id: str = "w1") -> Any:
    return adapter_of(rail).look_up(payout_id=payout_id, external_tx_id="", asset="EUR")


def test_a_payout_is_queued_put_into_one_file_and_paid(rail: Rail) -> None:
    assert queue(rail).is_queued
    assert queue(rail).is_queued
    assert BankPayout.objects.count() == 1
    made = make_payment_file(rail=rail, by=staff(), reason="today's")
    content = bytes(made.content).decode()
    assert content.count("<EndToEndId>w1</EndToEndId>") == 1
    assert f"<IBAN>{THEIRS}</IBAN>" in content
    assert "<CtrlSum>50.25</CtrlSum>" in content
    assert look(rail).is_queued
    with pytest.raises(NothingToPay):
        make_payment_file(rail=rail, by=staff(), reason="again")
    with pytest.raises(BankPayoutNotOpen):
        confirm_payment_file(file_id=made.pk, bank_reference=" ", by=staff(), reason="paid")
    assert confirm_payment_file(file_id=made.pk, bank_reference="B-77", by=staff(), reason="paid") == 1
    paid = look(rail)
    assert (paid.external_tx_id, paid.is_final, paid.is_queued) == ("B-77", True, False)
    with pytest.raises(BankPayoutNotOpen):
        confirm_payment_file(file_id=made.pk, bank_reference="B-78", by=staff(), reason="again")
    with pytest.raises(BankPayoutNotOpen):
        refuse_bank_payout(payout_id="w1", by=staff("colleague"), reason="late")
    assert {"make payment file", "confirm payment file"} <= set(StaffAction.objects.values_list("action", flat=True))


def test_a_statement_settles_what_it_has_to_the_cent(rail: Rail) -> None:
    queue(rail, "w1", "50.25")
    queue(rail, "w2", "7")
    make_payment_file(rail=rail, by=staff(), reason="today's")
    bring_in(
        rail,
        line("b1", "", "50.25", "DEBIT", end_to_end_id="w1"),
        line("b2", "", "7.01", "DEBIT", end_to_end_id="w2"),
    )
    assert look(rail, "w1").external_tx_id == "b1"
    assert look(rail, "w2").is_queued
    assert [row.payout_id for row in BankEntry.objects.order_by("pk")] == ["w1", "w2"]


def test_what_the_bank_refuses_goes_back_by_the_word_of_another(rail: Rail) -> None:
    queue(rail)
    make_payment_file(rail=rail, by=staff(), reason="today's")
    with pytest.raises(NeedsAnother):
        refuse_bank_payout(payout_id="w1", by=staff(), reason="refused")
    refuse_bank_payout(payout_id="w1", by=staff("colleague"), reason="refused")
    with pytest.raises(PayoutRefused):
        look(rail)
    with pytest.raises(PayoutRefused):
        queue(rail)


def test_nothing_goes_into_a_file_while_payouts_are_stopped(rail: Rail) -> None:
    queue(rail)
    Rail.objects.update(payouts_frozen_reason="restored")
    with pytest.raises(NothingToPay):
        make_payment_file(rail=rail, by=staff(), reason="today's")
    assert BankPayout.objects.get().state == BankPayoutState.QUEUED
    assert not PaymentFile.objects.exists()


def test_a_file_made_before_is_not_handed_out_while_payouts_are_stopped(rail: Rail) -> None:
    queue(rail)
    made = make_payment_file(rail=rail, by=staff(), reason="today's")
    stop_payouts(scope="asset:EUR", by=None, reason="odd payouts")
    with pytest.raises(NothingToPay):
        note_download(file_id=made.pk, by=staff(), reason="to the bank")
    made.refresh_from_db()
    assert made.downloaded_at is None
    confirm_payment_file(file_id=made.pk, bank_reference="B-77", by=staff(), reason="it was there already")
    assert note_download(file_id=made.pk, by=staff(), reason="for the records").downloaded_at is not None


@pytest.mark.parametrize(
    "change", [{"account": "DE00"}, {"user": ""}, {"user": "\N{CJK UNIFIED IDEOGRAPH-4E2D}"}, {"user": "x" * 71}]
)
def test_what_a_bank_would_not_take_is_refused(rail: Rail, change: dict[str, str]) -> None:
    with pytest.raises(PayoutRefused):
        queue(rail, **change)
    with pytest.raises(PayoutRefused):
        queue(rail, amount="1.001")
    assert not BankPayout.objects.exists()


def test_one_id_is_one_payout(rail: Rail) -> None:
    queue(rail)
    with pytest.raises(PayoutUnknown):
        queue(rail, amount="51")
    assert Asset.objects.get(symbol="EUR").symbol == "EUR"
    assert BankPayout.objects.get().amount == Decimal("50.25")
