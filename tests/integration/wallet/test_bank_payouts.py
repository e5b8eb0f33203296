"""A withdrawal to a bank account from its approval to the bank's word, and reports that race for the same cover."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from ledger.models import Asset, Balance
from ledger.verification import LEDGER_CHECKS
from matching.listing import list_asset
from tests.support import funds
from tests.support.exchange import Exchange
from wallet.core.states import WithdrawalState
from wallet.errors import AddressIsOurs
from wallet.models import (
    BankPayout,
    BankPayoutState,
    Rail,
    RailAsset,
    RailKind,
    ReconciliationDifference,
    ReferencePrice,
    SavedAddress,
    Withdrawal,
    WithdrawalLimit,
)
from wallet.rails.bank import reference_of
from wallet.rails.errors import NothingToPay
from wallet.rails.protocol import RailUnavailable
from wallet.services import operations
from wallet.services.approvals import approve_withdrawal, state_payout
from wallet.services.bank_files import confirm_payment_file, make_payment_file, refuse_bank_payout
from wallet.services.bank_statements import import_statement
from wallet.services.payouts import send_payouts
from wallet.services.rail_rounds import reconcile_all_rails
from wallet.services.reconciliation import freeze_payouts, payouts_it_may_be, reconcile_rail
from wallet.services.withdrawal_requests import WithdrawalRequest, request_withdrawal

OURS, THEIRS = "DE89370400440532013000", "NL91ABNA0417164300"
COLUMNS = "external_id,booking_date,direction,amount,currency,reference,end_to_end_id"
told: Any = None


@pytest.fixture
def bank(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> Rail:
    """With 100 euros of the owner on it."""
    monkeypatch.setattr(operations, "wake_processor", lambda: None)
    euro = list_asset(symbol="EUR", name="Euro", scale=2, display_decimals=2)
    rail = Rail.objects.create(
        code="bank", name="Bank", kind=RailKind.BANK, settings={"iban": OURS, "holder": "Bourse", "currency": "EUR"}
    )
    RailAsset.objects.create(
        rail=rail, asset=euro, network="SEPA", address_format="iban", auto_approve_limit=1000, hot_limit=1000
    )
    ReferencePrice.objects.create(asset=euro, price=Decimal("1.08"))
    WithdrawalLimit.objects.create(kyc_level=0, daily=10**6, monthly=10**6, review_above=10**6)
    bring_in(rail, f"e1,{today()},CREDIT,100.00,EUR,{reference_of(funds.account_id('owner'))},")
    funds.process()
    return rail


def today() -> str:
    return timezone.now().date().isoformat()


def bring_in(rail: Rail, *lines: str, covers_until: date | None = None) -> None:
    import_statement(
        rail=rail,
        file_name="s.csv",
        file_format="csv",
        content="\n".join((COLUMNS, *lines)).encode(),
        by=User.objects.get(username="staff"),
        reason="test",
        covers_until=covers_until,
    )


def euros() -> tuple[Decimal, Decimal]:
    row = Balance.objects.get(account__user__username="owner", asset__symbol="EUR")
    return row.available, row.locked


def test_our_own_account_is_nobodys_to_withdraw_to(bank: Rail) -> None:
    request = WithdrawalRequest(
        request_id="r1", asset="EUR", network="SEPA", amount=Decimal(10), address="DE89 3704 0044 0532 0130 00"
    )
    with pytest.raises(AddressIsOurs):
        request_withdrawal(
            user=User.objects.get(username="owner"), account_id=funds.account_id("owner"), request=request
        )
    assert not Withdrawal.objects.exists()


def approved(rail: Rail) -> Withdrawal:
    """One of 50 euros and a fee of 1 that waits to go out."""
    SavedAddress.objects.create(
        account_id=funds.account_id("owner"), rail=rail, label="mine", address=THEIRS, usable_at=timezone.now()
    )
    row = Withdrawal.objects.create(
        account_id=funds.account_id("owner"),
        asset=Asset.objects.get(symbol="EUR"),
        rail=rail,
        request_id="w",
        input_hash=b"",
        amount=50,
        fee=1,
        address=THEIRS,
        destination={"type": "bank_transfer", "account": THEIRS, "user": "Olivia Owner"},
        state=WithdrawalState.VERIFIED,
        verified_at=timezone.now(),
    )
    row.refresh_from_db()
    assert funds.carry_out(funds.withdraw(row)).code == ""
    for name in ("first", "second"):
        person = User.objects.create_superuser(f"{name}@example.com", name, "a-long-enough-password")
        approve_withdrawal(withdrawal_id=row.pk, by=person, reason="as the test says")
    row.refresh_from_db()
    assert row.state == WithdrawalState.APPROVED
    return row


def round_of(row: Withdrawal) -> str:
    send_payouts()
    funds.process()
    row.refresh_from_db()
    return str(row.state)


def test_a_withdrawal_is_sent_when_the_bank_has_paid_it(bank: Rail) -> None:
    row = approved(bank)
    assert euros() == (49, 51)
    assert round_of(row) == "SENDING"
    assert round_of(row) == "SENDING"
    staff = User.objects.get(username="staff")
    made = make_payment_file(rail=bank, by=staff, reason="today's")
    assert bytes(made.content).decode().count(f"<EndToEndId>{row.payout_id}</EndToEndId>") == 1
    assert round_of(row) == "SENDING"
    assert reconcile_rail(rail=bank).is_even
    confirm_payment_file(file_id=made.pk, bank_reference="B-1", by=staff, reason="paid")
    while round_of(row) not in ("CONFIRMED", "UNKNOWN", "FAILED"):
        pass
    assert (str(row.state), row.external_tx_id) == ("CONFIRMED", "B-1")
    assert euros() == (49, 0)
    assert not reconcile_rail(rail=bank).is_even  # the bank's own word of it is still missing
    bring_in(bank, f"b1,{today()},DEBIT,50.00,EUR,,{row.payout_id}")
    assert reconcile_rail(rail=bank).is_even
    assert [finding for check in LEDGER_CHECKS for finding in check()] == []


def test_what_the_bank_refuses_is_the_users_again(bank: Rail) -> None:
    row = approved(bank)
    assert round_of(row) == "SENDING"
    refuse_bank_payout(payout_id=row.payout_id, by=User.objects.get(username="staff"), reason="account closed")
    assert round_of(row) == "FAILED"
    assert euros() == (100, 0)


def is_frozen() -> bool:
    reconcile_all_rails(only_frozen=True)
    return bool(Rail.objects.get(pk="bank").payouts_frozen_reason)


def staff() -> User:
    return User.objects.get(username="staff")


@pytest.fixture
def the_next_day(monkeypatch: pytest.MonkeyPatch) -> Callable[[], AbstractContextManager[date]]:
    """A time in which the clock is a day ahead."""

    @contextmanager
    def there() -> Iterator[date]:
        now = timezone.now() + timedelta(days=1)
        with monkeypatch.context() as later:
            later.setattr("wallet.services.bank_statements.timezone.now", lambda: now)
            yield now.date()

    return there


def test_restored_books_wait_for_the_word_of_the_bank(
    bank: Rail, the_next_day: Callable[[], AbstractContextManager[date]]
) -> None:
    """The bank has paid, by a file that the backup does not have, what still waits for a file in the restored books."""
    row = approved(bank)
    assert round_of(row) == "SENDING"
    freeze_payouts(reason="restored")
    assert is_frozen(), "our own entries agree with our own books, always"
    assert "bring in a statement" in Rail.objects.get(pk="bank").last_error
    with pytest.raises(RailUnavailable):
        reconcile_rail(rail=bank)
    bring_in(bank, f"e2,{today()},CREDIT,1.00,EUR,{reference_of(funds.account_id('owner'))},", covers_until=date.max)
    funds.process()
    assert is_frozen(), "this may have been written before the last file was paid"
    with pytest.raises(NothingToPay):
        make_payment_file(rail=bank, by=staff(), reason="again")
    with the_next_day() as day:
        bring_in(bank, f"b1,{day},DEBIT,50.00,EUR,,{row.payout_id}")
    assert BankPayout.objects.get().state == BankPayoutState.PAID
    assert not is_frozen()
    with pytest.raises(NothingToPay):
        make_payment_file(rail=bank, by=staff(), reason="again")
    while round_of(row) not in ("CONFIRMED", "UNKNOWN", "FAILED"):
        pass
    assert (str(row.state), row.external_tx_id) == ("CONFIRMED", "b1")
    assert reconcile_rail(rail=bank).is_even
    assert euros() == (50, 0)


def test_what_the_bank_has_not_paid_goes_out_after_its_word(
    bank: Rail, the_next_day: Callable[[], AbstractContextManager[date]]
) -> None:
    row = approved(bank)
    assert round_of(row) == "SENDING"
    freeze_payouts(reason="restored")
    with the_next_day() as day:
        bring_in(bank, covers_until=day)
    assert not is_frozen()
    assert make_payment_file(rail=bank, by=staff(), reason="today's").count == 1


def test_a_debit_without_our_id_is_named_by_two_people(
    bank: Rail, the_next_day: Callable[[], AbstractContextManager[date]]
) -> None:
    row = approved(bank)
    assert round_of(row) == "SENDING"
    freeze_payouts(reason="restored")
    with the_next_day() as day:
        bring_in(bank, f"b1,{day - timedelta(days=2)},DEBIT,50.00,EUR,,", covers_until=day)
    assert is_frozen()
    (difference,) = ReconciliationDifference.objects.filter(kind="missing_in_books")
    assert payouts_it_may_be(difference) == [row]
    for name in ("first", "second"):
        state_payout(
            withdrawal_id=row.pk,
            was_sent=True,
            by=User.objects.get(username=name),
            reason="it is in the statement",
            external_tx_id="b1",
        )
    assert BankPayout.objects.get().state == BankPayoutState.PAID
    funds.process()
    row.refresh_from_db()
    assert row.state == WithdrawalState.CONFIRMED
    assert not is_frozen()
