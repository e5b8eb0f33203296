"""Correcting entries: two people, balanced, never below zero; and the exchange's own money is moved by nothing else."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.errors import ReasonMissing
from accounts.models import StaffAction, User
from kernel.units import to_atoms
from ledger.models import Account, AccountKind, Asset, EntryKind, JournalEntry
from ledger.services import PostingRequest, open_system_account, post_entry
from ledger.verification import LEDGER_CHECKS, locked_is_what_is_needed
from tests.support import funds
from tests.support.withdrawals import open_desk
from wallet.core.operations import DepositHold
from wallet.models import Deposit, OperationOutcome, Withdrawal
from wallet.rails.errors import AdjustmentInvalid, NeedsAnother, ProposalNotOpen
from wallet.services import operations
from wallet.services.adjustments import (
    AdjustmentLine,
    approve_adjustment,
    read_lines,
    request_adjustment,
    request_reversal,
    turn_down_adjustment,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rail(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(operations, "wake_processor", lambda: None)
    funds.open_rail()


def bitcoin() -> Asset:
    return Asset.objects.get(symbol="BTC")


def staff() -> User:
    return User.objects.get(username="staff")


def second() -> User:
    return User.objects.get(username="colleague")


def house() -> Account:
    return open_system_account(writer_id=1, kind=AccountKind.HOUSE)


def lines(amount: str = "1", name: str = "owner") -> list[AdjustmentLine]:
    return [
        AdjustmentLine(funds.account_id(name), Decimal(amount)),
        AdjustmentLine(house().pk, -Decimal(amount)),
    ]


def test_two_people_and_then_it_is_posted() -> None:
    asked = request_adjustment(asset=bitcoin(), lines=lines("-1"), by=staff(), reason="wrongly credited")
    funds.process()
    assert funds.balance("owner") == (100, 0)
    with pytest.raises(NeedsAnother):
        approve_adjustment(adjustment_id=asked.pk, by=staff(), reason="me")
    approved = approve_adjustment(adjustment_id=asked.pk, by=second(), reason="agreed")
    with pytest.raises(ProposalNotOpen):
        approve_adjustment(adjustment_id=asked.pk, by=second(), reason="twice")
    funds.process()
    assert funds.balance("owner") == (99, 0)
    assert funds.system_balance("house") == 1
    assert JournalEntry.objects.filter(pk=approved.operation_id or 0).exists()
    assert [finding for check in LEDGER_CHECKS for finding in check()] == []
    assert list(StaffAction.objects.order_by("pk").values_list("action", flat=True)) == [
        "request adjustment",
        "approve adjustment",
    ]


def test_nothing_goes_below_zero() -> None:
    asked = request_adjustment(asset=bitcoin(), lines=lines("1"), by=staff(), reason="a gift")
    approved = approve_adjustment(adjustment_id=asked.pk, by=second(), reason="agreed")
    funds.process()
    assert OperationOutcome.objects.get(pk=approved.operation_id or 0).code == "INSUFFICIENT_BALANCE"
    assert funds.balance("owner") == (100, 0)


def test_what_was_turned_down_stays_so() -> None:
    asked = request_adjustment(asset=bitcoin(), lines=lines("-1"), by=staff(), reason="wrongly credited")
    with pytest.raises(ReasonMissing):
        turn_down_adjustment(adjustment_id=asked.pk, by=second(), reason="")
    turn_down_adjustment(adjustment_id=asked.pk, by=second(), reason="no")
    with pytest.raises(ProposalNotOpen):
        approve_adjustment(adjustment_id=asked.pk, by=second(), reason="after all")


def test_nobody_decides_about_an_account_of_their_own() -> None:
    with pytest.raises(NeedsAnother):
        request_adjustment(asset=bitcoin(), lines=lines("-1", "colleague"), by=second(), reason="mine")
    asked = request_adjustment(asset=bitcoin(), lines=lines("-1", "colleague"), by=staff(), reason="theirs")
    with pytest.raises(NeedsAnother):
        approve_adjustment(adjustment_id=asked.pk, by=second(), reason="mine")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda owner, own: [AdjustmentLine(owner, Decimal(1))],
        lambda owner, own: [AdjustmentLine(owner, Decimal(1)), AdjustmentLine(own, Decimal("-0.9"))],
        lambda owner, own: [AdjustmentLine(owner, Decimal(1)), AdjustmentLine(owner, Decimal(-1))],
        lambda owner, own: [AdjustmentLine(owner, Decimal(1)), AdjustmentLine(999999, Decimal(-1))],
        lambda owner, own: [AdjustmentLine(owner, Decimal(0)), AdjustmentLine(own, Decimal(0))],
        lambda owner, own: [AdjustmentLine(owner, Decimal("NaN")), AdjustmentLine(own, Decimal(1))],
        lambda owner, own: [AdjustmentLine(owner, Decimal("1e-13")), AdjustmentLine(own, Decimal("-1e-13"))],
    ],
)
def test_lines_that_make_no_entry_are_refused(wrong: object) -> None:
    with pytest.raises(AdjustmentInvalid):
        request_adjustment(
            asset=bitcoin(),
            lines=wrong(funds.account_id("owner"), house().pk),  # type: ignore[operator]
            by=staff(),
            reason="x",
        )


def test_lines_are_read_as_staff_write_them() -> None:
    assert read_lines(" 5 1.5\n\n6 -1 -0.5 ") == [
        AdjustmentLine(5, Decimal("1.5")),
        AdjustmentLine(6, Decimal(-1), Decimal("-0.5")),
    ]
    for text in ("5", "5 x", "five 1", "5 1 2 3"):
        with pytest.raises(AdjustmentInvalid):
            read_lines(text)


def test_an_entry_is_reversed_by_its_opposite() -> None:
    outcome = funds.carry_out(funds.deposit("owner", "2"))
    asked = request_reversal(entry_id=outcome.operation_id, by=staff(), reason="not ours")
    approve_adjustment(adjustment_id=asked.pk, by=second(), reason="agreed")
    funds.process()
    assert funds.balance("owner") == (100, 0)
    assert funds.system_balance("custody", "sim:incoming") == 0
    with pytest.raises(AdjustmentInvalid):
        request_reversal(entry_id=1, by=staff(), reason="nothing")


def test_one_entry_is_reversed_once() -> None:
    outcome = funds.carry_out(funds.deposit("owner", "2"))
    asked = request_reversal(entry_id=outcome.operation_id, by=staff(), reason="not ours")
    with pytest.raises(AdjustmentInvalid) as refused:
        request_reversal(entry_id=outcome.operation_id, by=second(), reason="not ours")
    assert "before" in str(refused.value.details)
    turn_down_adjustment(adjustment_id=asked.pk, by=second(), reason="it is")
    again = request_reversal(entry_id=outcome.operation_id, by=staff(), reason="it is not")
    approve_adjustment(adjustment_id=again.pk, by=second(), reason="agreed")
    with pytest.raises(AdjustmentInvalid):
        request_reversal(entry_id=outcome.operation_id, by=staff(), reason="once more")
    funds.process()
    assert funds.balance("owner") == (100, 0)


@pytest.fixture
def withdrawal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Withdrawal:
    """One that is about to go out, with 1.001 locked."""
    return open_desk(tmp_path, monkeypatch).approved("1")


def asked_and_agreed(lines: list[AdjustmentLine]) -> str:
    """What becomes of it."""
    asked = request_adjustment(asset=bitcoin(), lines=lines, by=staff(), reason="drift")
    approved = approve_adjustment(adjustment_id=asked.pk, by=second(), reason="agreed")
    funds.process()
    return OperationOutcome.objects.get(pk=approved.operation_id or 0).code


def unlocking(amount: str) -> list[AdjustmentLine]:
    """With two more lines, as an entry of one would be none."""
    freed = Decimal(amount)
    opening = open_system_account(writer_id=1, kind=AccountKind.OPENING)
    return [
        AdjustmentLine(funds.account_id("owner"), freed, -freed),
        AdjustmentLine(house().pk, Decimal(1)),
        AdjustmentLine(opening.pk, Decimal(-1)),
    ]


def test_what_a_withdrawal_has_locked_is_neither_reversed_nor_moved(withdrawal: Withdrawal) -> None:
    lock = JournalEntry.objects.get(kind=EntryKind.WITHDRAWAL_LOCK)
    with pytest.raises(AdjustmentInvalid):
        request_reversal(entry_id=lock.pk, by=staff(), reason="give it back")
    assert asked_and_agreed(unlocking("1.001")) == "LOCK_NOT_NEEDED"
    assert funds.balance("owner") == (Decimal("98.999"), Decimal("1.001"))


def drift(amount: str, kind: EntryKind = EntryKind.TRANSFER) -> int:
    """More is locked than anything needs; the entry that did it."""
    asset = bitcoin()
    atoms = to_atoms(Decimal(amount), asset.scale)
    return post_entry(
        writer_id=1,
        idempotency_key="drift",
        kind=kind,
        postings=[PostingRequest(funds.account_id("owner"), asset.pk, -atoms, atoms)],
        at=timezone.now(),
    )


def test_what_is_locked_without_need_can_be_freed(withdrawal: Withdrawal) -> None:
    drift("0.5")
    assert asked_and_agreed(unlocking("0.4")) == "LOCK_NOT_NEEDED"
    assert asked_and_agreed(unlocking("0.6")) == "LOCK_NOT_NEEDED"
    assert asked_and_agreed(unlocking("0.5")) == ""
    assert funds.balance("owner") == (Decimal("98.999"), Decimal("1.001"))
    assert list(locked_is_what_is_needed()) == []


def test_a_deposit_that_is_held_in_the_same_batch_is_needed_as_well() -> None:
    drift("0.5")
    funds.carry_out(funds.deposit("owner", "2", tx="gone"))
    deposit = Deposit.objects.get(external_tx_id="gone")
    funds.request(
        DepositHold(
            request_id="hold",
            asset="BTC",
            amount=deposit.amount,
            account_id=funds.account_id("owner"),
            rail=funds.RAIL,
            deposit_id=deposit.pk,
            reason="ORPHANED",
        )
    )
    assert asked_and_agreed(unlocking("0.5")) == ""
    assert funds.balance("owner") == (100, 2)
    assert list(locked_is_what_is_needed()) == []


@pytest.mark.parametrize("kind", [EntryKind.ORDER, EntryKind.CANCEL, EntryKind.HOLD, EntryKind.TRANSFER])
def test_what_locks_users_money_is_not_reversed(kind: EntryKind) -> None:
    with pytest.raises(AdjustmentInvalid) as refused:
        request_reversal(entry_id=drift("1", kind), by=staff(), reason="give it back")
    assert kind.label in str(refused.value.details)
