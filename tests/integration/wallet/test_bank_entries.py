"""Entries that came before, in an earlier statement or a report: the same money once, and nothing dropped silently."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from ledger.errors import UnknownAsset
from ledger.models import Asset
from ledger.verification import LEDGER_CHECKS
from risk.models import RiskEvent, Severity
from tests.support import funds
from tests.support.bank import booking, bring_in, bring_in_camt, euros, line, open_bank, owners, staff
from wallet.core.bank_statements import StatementInvalid
from wallet.core.operations import Party
from wallet.core.states import DepositState
from wallet.errors import UnknownNetwork
from wallet.models import BankEntry, BankStatementImport, Deposit, Rail, RailAsset, ReferencePrice
from wallet.rails.bank import reference_of
from wallet.rails.registry import adapter_of
from wallet.services import operations
from wallet.services.ingest import DepositReport, report_deposit
from wallet.services.ingest_grants import grant_ingest
from wallet.services.rail_rounds import recheck_reported_deposits
from wallet.services.report_settling import book_deposit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rail(monkeypatch: pytest.MonkeyPatch, db: None) -> Rail:
    monkeypatch.setattr(operations, "wake_processor", lambda: None)
    return open_bank()


def books_are_right() -> None:
    assert [finding for check in LEDGER_CHECKS for finding in check()] == []


def custody() -> Decimal:
    return -funds.system_balance("custody", "bank:incoming", "EUR")


# --- in an earlier statement -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "100.51"},
        {"day": "2026-11-21"},
        {"direction": "DEBIT"},
        {"is_reversal": "true"},
    ],
)
def test_another_entry_under_a_known_id_is_refused(rail: Rail, change: dict[str, str]) -> None:
    bring_in(rail, line("e1", owners()))
    with pytest.raises(StatementInvalid) as refused:
        bring_in(rail, line("e1", owners(), **change), line("e2", owners(), "1"))
    assert "e1" in refused.value.text
    assert BankEntry.objects.count() == Deposit.objects.count() == BankStatementImport.objects.count() == 1


def test_known_entries_in_other_words_are_told_to_staff(rail: Rail) -> None:
    bring_in(rail, line("e1", "no reference"))
    again = bring_in(rail, line("e1", owners()), line("e2", owners(), "1"))
    assert (again.entries_new, again.entries_known) == (1, 1)
    event = RiskEvent.objects.get()
    assert (event.severity, event.metadata["external_ids"]) == (Severity.MEDIUM, ["e1"])


def test_a_reversal_with_the_id_of_what_it_takes_back_is_not_dropped(rail: Rail) -> None:
    bring_in(rail, line("e1", owners()))
    taken_back = line("e1", owners(), direction="DEBIT", is_reversal="true")
    assert bring_in(rail, taken_back, line("e2", owners(), "1")).entries_new == 2
    assert RiskEvent.objects.get().severity == Severity.CRITICAL
    assert adapter_of(rail).balance("EUR") == {"main": Decimal(1)}
    again = bring_in(rail, line("e1", owners()), taken_back, line("e3", owners(), "1"))
    assert (again.entries_new, again.entries_known) == (1, 2)


def test_a_reversal_that_was_kept_under_the_plain_id_stays_one_entry(rail: Rail) -> None:
    statement = bring_in(rail, line("e0", owners()))
    keep(rail, statement, "e1", "100.50", is_reversal=True)
    again = bring_in(rail, line("e1", "returned", is_reversal="true"))
    assert (again.entries_new, again.entries_known) == (0, 1)


def keep(rail: Rail, statement: BankStatementImport, name: str, amount: str, **fields: Any) -> None:
    """As entries were kept before bookings were."""
    BankEntry.objects.create(
        rail=rail,
        statement=statement,
        asset=Asset.objects.get(symbol="EUR"),
        external_id=name,
        amount=Decimal(amount),
        booked_on="2026-11-20",
        **fields,
    )


PARTS = (("40", "first"), ("60.50", "second"))


@pytest.mark.parametrize("is_whole_first", [True, False])
def test_one_booking_does_not_count_in_two_ways_of_parting_it(rail: Rail, is_whole_first: bool) -> None:
    whole, parted = booking("B1", "100.50"), booking("B1", "100.50", *PARTS)
    first, second = (whole, parted) if is_whole_first else (parted, whole)
    bring_in_camt(rail, first)
    with pytest.raises(StatementInvalid) as refused:
        bring_in_camt(rail, second, booking("B2", "1"))
    assert "B1" in refused.value.text
    assert adapter_of(rail).balance("EUR") == {"main": Decimal("100.50")}
    assert bring_in_camt(rail, first, booking("B2", "1")).entries_new == 1


def test_entries_kept_without_their_booking_count_as_parts_of_it(rail: Rail) -> None:
    statement = bring_in_camt(rail, booking("B0", "1"))
    for name, amount in (("B1", "100.50"), ("B2/1", "40"), ("B2/2", "60.50")):
        keep(rail, statement, name, amount)
    for other in (booking("B1", "100.50", *PARTS), booking("B2", "100.50")):
        with pytest.raises(StatementInvalid):
            bring_in_camt(rail, other)
    assert bring_in_camt(rail, booking("B1", "100.50")).entries_new == 0


def test_what_staff_type_is_held_against_the_file(rail: Rail) -> None:
    with pytest.raises(StatementInvalid):
        bring_in_camt(rail, booking("B1", "1"), closing="17.50", closing_balance=Decimal("71.50"))
    assert bring_in_camt(
        rail, booking("B1", "1"), closing="17.50", closing_balance=Decimal("17.50")
    ).closing_balance == Decimal("17.50")


def test_more_decimals_than_the_currency_has(rail: Rail) -> None:
    with pytest.raises(StatementInvalid):
        bring_in(rail, line("e1", owners(), "1.001"))


def test_a_rail_whose_currency_is_not_set_up_says_so(rail: Rail) -> None:
    RailAsset.objects.filter(rail=rail).delete()
    with pytest.raises(UnknownNetwork):
        bring_in(rail, line("e1", owners()))
    Rail.objects.filter(pk=rail.pk).update(settings=rail.settings | {"currency": "CHF"})
    with pytest.raises(UnknownAsset):
        bring_in(Rail.objects.get(), line("e1", owners()).replace("EUR", "CHF"))


# --- in a report -----------------------------------------------------------------------------------------------------


@pytest.fixture
def key(rail: Rail) -> Any:
    ReferencePrice.objects.create(asset=Asset.objects.get(symbol="EUR"), price=1)
    return grant_ingest(
        rail=rail,
        user=User.objects.create_user("machine@example.com", "machine", "a-long-enough-password"),
        label="bank",
        ip_ranges=(),
        daily_cap=Decimal(10**6),
        four_eyes_above=Decimal(10**6),
        by=staff(),
        reason="contract signed",
    ).api_key.key


def report(key: str, tx: str, user: str = "owner", amount: str = "100.50", confirmations: int = 1) -> Deposit:
    return report_deposit(
        key=key,
        request_id=f"r-{tx}",
        report=DepositReport(
            asset="EUR",
            amount=Decimal(amount),
            external_tx_id=tx,
            user=user,
            confirmations=confirmations,
            source=Party("bank_transfer", reference="x", account="y", user="z"),
        ),
    )


def test_what_was_reported_and_not_booked_goes_to_whom_the_bank_names(rail: Rail, key: str) -> None:
    report(key, "e1", user="colleague")
    report(key, "e2", user="owner", confirmations=0)
    report(key, "e3", user="owner")
    bring_in(rail, line("e1", owners()), line("e2", owners()), line("e3", "no reference"), line("e4", owners(), "1"))
    recheck_reported_deposits()
    funds.process()
    assert (euros("owner"), euros("colleague")) == (Decimal("202.00"), 0)
    found = {row.external_tx_id: (row.state, row.reason) for row in Deposit.objects.all()}
    assert found["e3"] == (DepositState.SUSPENSE, "UNKNOWN_REFERENCE")
    assert len(found) == 4
    assert custody() == Decimal("302.50")
    assert not RiskEvent.objects.exists()
    books_are_right()


def test_another_amount_than_was_reported_waits_for_staff(rail: Rail, key: str) -> None:
    report(key, "e1", amount="500")
    bring_in(rail, line("e1", owners()), line("e2", owners(), "1000"))
    recheck_reported_deposits()
    funds.process()
    assert euros("owner") == 1000
    deposit = Deposit.objects.get(external_tx_id="e1")
    assert (deposit.state, deposit.reason, deposit.amount) == (DepositState.SUSPENSE, "CONTRADICTED", Decimal("100.50"))
    assert custody() == Decimal("1100.50")
    assert RiskEvent.objects.get().severity == Severity.CRITICAL
    books_are_right()


@pytest.mark.parametrize(
    ("amount", "reference", "alarms"),
    [("100.50", "owner", 0), ("100.50", "colleague", 1), ("90", "owner", 1), ("100.50", "", 1)],
)
@pytest.mark.parametrize("is_booked", [True, False])
def test_what_is_booked_stays_and_a_contradiction_is_told(
    rail: Rail, key: str, amount: str, reference: str, alarms: int, is_booked: bool
) -> None:
    deposit = report(key, "e1")
    with transaction.atomic():
        # As books may have it that are older than the rule that the bank has to list what is credited.
        book_deposit(deposit, "")
    if is_booked:
        funds.process()
    written = reference_of(funds.account_id(reference)) if reference else "thanks"
    bring_in(rail, line("e1", written, amount), line("e2", owners(), "1"))
    funds.process()
    assert euros("owner") == Decimal("101.50")
    assert euros("colleague") == 0
    assert RiskEvent.objects.filter(severity=Severity.CRITICAL).count() == alarms
    books_are_right()
