"""Each operation of the balance processor: what it does to money, once, and what it refuses."""

import dataclasses
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import AccountState, User
from ledger.errors import IdempotencyConflict, UnknownAsset
from ledger.models import Account, Asset, Balance, JournalEntry
from ledger.verification import LEDGER_CHECKS
from matching.models import UserEvent
from risk.models import RiskEvent, Severity
from tests.support import funds
from wallet.core.operations import (
    Adjustment,
    DepositHold,
    InternalTransfer,
    OperationMalformed,
    Party,
    Suspense,
    SuspenseRelease,
    Sweep,
)
from wallet.core.states import DepositState, WithdrawalState
from wallet.models import BalanceOperation, Deposit, FundsMail, OperationLink, OperationOutcome
from wallet.services import operations
from wallet.services.operations import request_operation, wait_for_outcome
from wallet.verification import CHECKS as FUNDS_CHECKS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rail(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(operations, "wake_processor", lambda: None)
    funds.open_rail()


def all_balances() -> dict[int, tuple[Decimal, Decimal]]:
    return {row.pk: (row.available, row.locked) for row in Balance.objects.exclude(available=0, locked=0)}


def books_are_right() -> None:
    assert [finding for check in (*LEDGER_CHECKS, *FUNDS_CHECKS) for finding in check()] == []


# --- deposits --------------------------------------------------------------------------------------------------------


def test_a_deposit_is_credited_and_told() -> None:
    outcome = funds.carry_out(funds.deposit("owner", "1.5", tx="abc"))
    assert outcome.code == ""
    assert funds.balance("owner") == (Decimal("101.5"), 0)
    assert funds.system_balance("custody", "sim:incoming") == Decimal("-1.5")
    row = Deposit.objects.get()
    assert (row.state, row.external_tx_id, row.amount) == (DepositState.CREDITED, "abc", Decimal("1.5"))
    assert row.operation_id == outcome.operation_id
    assert JournalEntry.objects.filter(pk=outcome.operation_id).exists()
    event = UserEvent.objects.get(writer__name="funds")
    assert (event.sequence, event.payload["type"], event.payload["state"]) == (1, "deposit", "CREDITED")
    assert event.payload["amount"] == "1.5"
    ((_, available, locked, _),) = event.payload["balances"]
    assert (available, locked) == (str(1015 * 10**11), "0")
    assert FundsMail.objects.get().template == "deposit_credited"
    books_are_right()


def test_the_same_output_is_credited_once_whoever_asks() -> None:
    funds.carry_out(funds.deposit("owner", "1", tx="abc", request_id="a"))
    before = all_balances()
    again = funds.carry_out(funds.deposit("owner", "1", tx="abc", request_id="b"))
    other = funds.carry_out(funds.deposit("colleague", "1", tx="abc", request_id="c"), origin="rail:other")
    assert (again.code, other.code) == ("DUPLICATE_DEPOSIT", "DUPLICATE_DEPOSIT")
    assert all_balances() == before
    third = funds.carry_out(funds.deposit("owner", "1", tx="abc", output_index=1))
    assert third.code == ""
    assert funds.balance("owner")[0] == 102
    books_are_right()


def test_duplicates_within_one_batch_are_seen() -> None:
    for number in range(3):
        funds.request(funds.deposit("owner", "1", tx="abc", request_id=str(number)))
    assert funds.process() == 3
    assert sorted(OperationOutcome.objects.values_list("code", flat=True)) == ["", *["DUPLICATE_DEPOSIT"] * 2]
    assert funds.balance("owner")[0] == 101


def test_a_deposit_that_was_seen_before_is_credited_as_it_was_seen() -> None:
    common: dict[str, Any] = {
        "rail_id": "sim", "asset": Asset.objects.get(symbol="BTC"), "amount": 2,
        "account_id": funds.account_id("owner"), "seen_at": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    row = Deposit.objects.create(external_tx_id="seen", **common)
    assert funds.carry_out(funds.deposit("owner", "3", tx="seen")).code == "DEPOSIT_CONTRADICTED"
    assert funds.carry_out(funds.deposit("colleague", "2", tx="seen")).code == "DEPOSIT_CONTRADICTED"
    assert funds.carry_out(funds.deposit("owner", "2", tx="seen")).code == ""
    row.refresh_from_db()
    assert row.state == DepositState.CREDITED
    orphan = Deposit.objects.create(external_tx_id="gone", state=DepositState.ORPHANED, **common)
    assert funds.carry_out(funds.deposit("owner", "2", tx="gone")).code == "TRANSITION_NOT_ALLOWED"
    orphan.refresh_from_db()
    assert orphan.state == DepositState.ORPHANED
    assert funds.balance("owner")[0] == 102


@pytest.mark.parametrize("why", ["ACCOUNT_CLOSED", "ASSET_DISABLED"])
def test_what_may_not_be_credited_waits_in_suspense(why: str) -> None:
    if why == "ACCOUNT_CLOSED":
        User.objects.filter(username="owner").update(state=AccountState.CLOSED)
    else:
        Asset.objects.filter(symbol="BTC").update(is_enabled=False)
    outcome = funds.carry_out(funds.deposit("owner", "1"))
    assert (outcome.code, outcome.detail["reason"]) == ("", why)
    assert funds.balance("owner")[0] == 100
    assert funds.system_balance("suspense") == 1
    row = Deposit.objects.get()
    assert (row.state, row.reason) == (DepositState.SUSPENSE, why)
    mail = FundsMail.objects.get()
    assert (mail.user.username, mail.template, mail.context["reason"]) == ("owner", "deposit_suspense", why)
    books_are_right()


def test_suspense_is_released_to_its_owner_or_sent_back() -> None:
    rows = [
        Deposit.objects.create(
            rail_id="sim",
            asset=Asset.objects.get(symbol="BTC"),
            amount=2,
            external_tx_id=f"unknown{number}",
            state=DepositState.SUSPENSE,
            seen_at="2026-01-01T00:00:00Z",
        )
        for number in range(2)
    ]
    common: dict[str, Any] = {"asset": "BTC", "amount": Decimal(2), "rail": "sim", "reason": "unknown address"}
    release = common | {"deposit_id": rows[0].pk, "account_id": funds.account_id("owner")}
    too_early = funds.carry_out(SuspenseRelease(request_id="early", **release))
    assert too_early.code == "TRANSITION_NOT_ALLOWED"
    for row in rows:
        message = Suspense(
            request_id=f"s{row.pk}",
            deposit_id=row.pk,
            external_tx_id=row.external_tx_id,
            output_index=0,
            **common,
        )
        assert funds.carry_out(message).code == ""
        repeat = dataclasses.replace(message, request_id=f"r{row.pk}")
        assert funds.carry_out(repeat).code == "DUPLICATE_DEPOSIT"
    assert funds.system_balance("suspense") == 4
    assert funds.carry_out(SuspenseRelease(request_id="to-owner", **release)).code == ""
    assert funds.carry_out(SuspenseRelease(request_id="again", **release)).code == "TRANSITION_NOT_ALLOWED"
    back = common | {"deposit_id": rows[1].pk, "account_id": 0}
    assert funds.carry_out(SuspenseRelease(request_id="back", **back)).code == ""
    assert funds.balance("owner")[0] == 102
    assert funds.system_balance("suspense") == 0
    assert funds.system_balance("custody", "sim:incoming") == -2
    decided = [Deposit.objects.get(pk=row.pk) for row in rows]
    # What staff wrote is for staff.
    assert [(row.state, row.reason) for row in decided] == [
        (DepositState.CREDITED, "RELEASED"),
        (DepositState.RETURNED, "RETURNED"),
    ]
    told = [event.payload for event in UserEvent.objects.filter(writer__name="funds")]
    assert [(payload["state"], payload["reason"]) for payload in told] == [("CREDITED", "RELEASED")]
    assert "unknown address" not in str(list(FundsMail.objects.values_list("context", flat=True)))
    books_are_right()


def test_a_decision_that_cannot_be_carried_out_alarms_staff() -> None:
    row = Deposit.objects.create(
        rail_id="sim",
        asset=Asset.objects.get(symbol="BTC"),
        amount=2,
        external_tx_id="unknown",
        state=DepositState.SUSPENSE,
        seen_at="2026-01-01T00:00:00Z",
    )
    common: dict[str, Any] = {"asset": "BTC", "amount": Decimal(2), "rail": "sim", "deposit_id": row.pk, "reason": "x"}
    funds.carry_out(Suspense(request_id="s", external_tx_id="unknown", output_index=0, **common))
    User.objects.filter(username="owner").update(state=AccountState.CLOSED)
    release = SuspenseRelease(request_id="r", account_id=funds.account_id("owner"), **common)
    before = all_balances()
    outcome = funds.carry_out(release)
    assert outcome.code == "ACCOUNT_CLOSED"
    row.refresh_from_db()
    assert (row.state, all_balances()) == (DepositState.SUSPENSE, before)
    event = RiskEvent.objects.get()
    assert (event.severity, event.description) == (
        Severity.HIGH,
        f"What was decided about deposit {row.pk} was not carried out: ACCOUNT_CLOSED",
    )
    assert event.metadata["operation"] == str(outcome.operation_id)
    books_are_right()


def test_what_has_lost_confirmations_since_it_was_asked_for_is_not_credited() -> None:
    Deposit.objects.create(
        rail_id="sim",
        asset=Asset.objects.get(symbol="BTC"),
        amount=2,
        account_id=funds.account_id("owner"),
        external_tx_id="seen",
        confirmations=5,
        required_confirmations=6,
        seen_at="2026-01-01T00:00:00Z",
    )
    assert funds.carry_out(funds.deposit("owner", "2", tx="seen", confirmations=6)).code == "TOO_FEW_CONFIRMATIONS"
    assert funds.balance("owner")[0] == 100
    Deposit.objects.update(confirmations=6)
    assert funds.carry_out(funds.deposit("owner", "2", tx="seen", confirmations=6)).code == ""
    assert funds.balance("owner")[0] == 102


@pytest.mark.parametrize(("has", "held"), [("100", "1"), ("0.3", "0.3"), ("0", "0")])
def test_a_credited_deposit_whose_block_is_gone_is_held_as_far_as_it_is_there(has: str, held: str) -> None:
    funds.carry_out(funds.deposit("outsider", "1", tx="abc"))
    row = Deposit.objects.get()
    away = Decimal(101) - Decimal(has)
    if away:
        spend = InternalTransfer(
            request_id="spend",
            asset="BTC",
            amount=away,
            account_id=funds.account_id("outsider"),
            to_account_id=funds.account_id("owner"),
        )
        assert funds.carry_out(spend).code == ""
    common: dict[str, Any] = {
        "asset": "BTC",
        "amount": Decimal(1),
        "rail": "sim",
        "deposit_id": row.pk,
        "reason": "reorg",
    }
    hold = DepositHold(request_id="hold", account_id=funds.account_id("outsider"), **common)
    outcome = funds.carry_out(hold)
    assert (outcome.code, outcome.detail["held"]) == ("", held)
    assert funds.balance("outsider") == (Decimal(has) - Decimal(held), Decimal(held))
    row.refresh_from_db()
    assert (row.state, row.held_amount) == (DepositState.HELD, Decimal(held))
    write_off = SuspenseRelease(request_id="off", account_id=0, **common)
    assert funds.carry_out(write_off).code == ""
    assert funds.balance("outsider") == (Decimal(has) - Decimal(held), 0)
    assert funds.system_balance("custody", "sim:incoming") == 0
    assert funds.system_balance("expenses") == Decimal(held) - 1
    books_are_right()


@pytest.mark.parametrize(("spent", "held"), [("0", "1"), ("100.4", "0.6"), ("101", "0")])
def test_a_held_deposit_that_comes_back_is_free_again(spent: str, held: str) -> None:
    funds.carry_out(funds.deposit("owner", "1", tx="abc"))
    common: dict[str, Any] = {
        "asset": "BTC", "amount": Decimal(1), "rail": "sim", "deposit_id": Deposit.objects.get().pk,
        "account_id": funds.account_id("owner"), "reason": "reorg",
    }  # fmt: skip
    if Decimal(spent):
        spend = InternalTransfer(
            request_id="spend",
            asset="BTC",
            amount=Decimal(spent),
            account_id=funds.account_id("owner"),
            to_account_id=funds.account_id("outsider"),
        )
        assert funds.carry_out(spend).code == ""
    left = 101 - Decimal(spent)
    funds.carry_out(DepositHold(request_id="hold", **common))
    assert funds.balance("owner") == (left - Decimal(held), Decimal(held))
    assert funds.carry_out(DepositHold(request_id="hold2", **common)).code == "TRANSITION_NOT_ALLOWED"
    freed = funds.carry_out(SuspenseRelease(request_id="free", **common))
    assert (freed.code, freed.detail["held"]) == ("", held)
    assert funds.balance("owner") == (left, 0)
    assert Deposit.objects.get().state == DepositState.CREDITED
    books_are_right()


# --- withdrawals -----------------------------------------------------------------------------------------------------


@pytest.fixture
def _approving(monkeypatch: pytest.MonkeyPatch) -> None:
    from wallet.core.withdrawal_rules import Verdict
    from wallet.processor import withdrawing

    monkeypatch.setattr(withdrawing, "check_withdrawal", lambda withdrawal, *, at: Verdict())


@pytest.mark.usefixtures("_approving")
def test_a_withdrawal_is_locked_and_paid_once() -> None:
    withdrawal = funds.verified_withdrawal("owner", "2")
    assert funds.carry_out(funds.withdraw(withdrawal)).code == ""
    assert funds.balance("owner") == (Decimal("97.999"), Decimal("2.001"))
    withdrawal.refresh_from_db()
    assert withdrawal.state == WithdrawalState.APPROVED
    # The state table would let it go to review; it is not locked a second time.
    assert funds.carry_out(funds.withdraw(withdrawal)).code == "TRANSITION_NOT_ALLOWED"
    assert funds.carry_out(funds.confirm(withdrawal)).code == "TRANSITION_NOT_ALLOWED"
    withdrawal.state = WithdrawalState.SENT
    withdrawal.save()
    assert funds.carry_out(funds.reject(withdrawal)).code == "TRANSITION_NOT_ALLOWED"
    assert funds.balance("owner") == (Decimal("97.999"), Decimal("2.001"))
    assert funds.carry_out(funds.confirm(withdrawal)).code == ""
    before = all_balances()
    assert funds.balance("owner") == (Decimal("97.999"), 0)
    assert funds.system_balance("custody", "sim:hot") == Decimal("2.0002")
    assert funds.system_balance("fees") == Decimal("0.001")
    assert funds.system_balance("expenses") == Decimal("-0.0002")
    withdrawal.refresh_from_db()
    assert (withdrawal.state, withdrawal.network_fee) == (WithdrawalState.CONFIRMED, Decimal("0.0002"))
    assert funds.carry_out(funds.confirm(withdrawal)).code == "TRANSITION_NOT_ALLOWED"
    assert funds.carry_out(funds.reject(withdrawal, "FAILED")).code == "TRANSITION_NOT_ALLOWED"
    assert all_balances() == before
    assert list(withdrawal.transitions.values_list("old", "new")) == [("VERIFIED", "APPROVED"), ("SENT", "CONFIRMED")]
    events = list(UserEvent.objects.filter(writer__name="funds").order_by("sequence"))
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    books_are_right()


@pytest.mark.usefixtures("_approving")
@pytest.mark.parametrize("outcome", ["REJECTED", "CANCELLED"])
def test_a_rejected_withdrawal_gives_back_what_was_locked_once(outcome: str) -> None:
    withdrawal = funds.verified_withdrawal("owner", "2")
    assert funds.carry_out(funds.reject(withdrawal)).code == "TRANSITION_NOT_ALLOWED", "nothing is locked yet"
    funds.carry_out(funds.withdraw(withdrawal))
    assert funds.carry_out(funds.reject(withdrawal, outcome)).code == ""
    assert funds.carry_out(funds.reject(withdrawal, outcome)).code == "TRANSITION_NOT_ALLOWED"
    assert funds.balance("owner") == (100, 0)
    withdrawal.refresh_from_db()
    assert withdrawal.state == outcome
    books_are_right()


@pytest.mark.usefixtures("_approving")
def test_what_is_not_there_is_not_locked() -> None:
    withdrawal = funds.verified_withdrawal("owner", "100")
    outcome = funds.carry_out(funds.withdraw(withdrawal))
    assert outcome.code == "INSUFFICIENT_BALANCE"
    assert outcome.detail == {"asset": "BTC", "required": "100.001", "available": "100"}
    assert funds.balance("owner") == (100, 0)
    withdrawal.refresh_from_db()
    assert (withdrawal.state, withdrawal.reason) == (WithdrawalState.REJECTED, "INSUFFICIENT_BALANCE")


@pytest.mark.usefixtures("_approving")
def test_many_withdrawals_of_one_balance_in_one_batch_never_exceed_it() -> None:
    withdrawals = [funds.verified_withdrawal("owner", "7", fee="0") for _ in range(50)]
    for withdrawal in withdrawals:
        funds.request(funds.withdraw(withdrawal))
    assert funds.process() == 50
    assert OperationOutcome.objects.filter(code="").count() == 14
    assert funds.balance("owner") == (2, 98)
    books_are_right()


# --- inside ----------------------------------------------------------------------------------------------------------


def test_a_transfer_moves_what_is_there() -> None:
    common: dict[str, Any] = {"asset": "BTC", "account_id": funds.account_id("owner")}
    message = InternalTransfer(
        request_id="t", amount=Decimal("0.5"), to_account_id=funds.account_id("colleague"), note="lunch", **common
    )
    assert funds.carry_out(message).code == ""
    assert (funds.balance("owner")[0], funds.balance("colleague")[0]) == (Decimal("99.5"), Decimal("100.5"))
    assert sorted(FundsMail.objects.values_list("template", flat=True)) == ["transfer_received", "transfer_sent"]
    too_much = InternalTransfer(
        request_id="u", amount=Decimal("99.6"), to_account_id=funds.account_id("colleague"), **common
    )
    before = all_balances()
    assert funds.carry_out(too_much).code == "INSUFFICIENT_BALANCE"
    nobody = InternalTransfer(request_id="v", amount=Decimal(1), to_account_id=987654, **common)
    assert funds.carry_out(nobody).code == "UNKNOWN_ACCOUNT"
    assert all_balances() == before
    books_are_right()


def test_a_sweep_moves_custody_and_books_the_network_fee() -> None:
    funds.carry_out(funds.deposit("owner", "5"))
    message = Sweep(
        request_id="s",
        asset="BTC",
        amount=Decimal("4.9"),
        rail="sim",
        from_purpose="sim:incoming",
        to_purpose="sim:hot",
        network_fee=Decimal("0.1"),
        external_tx_id="sweep1",
    )
    assert funds.carry_out(message).code == ""
    assert funds.system_balance("custody", "sim:incoming") == 0
    assert funds.system_balance("custody", "sim:hot") == Decimal("-4.9")
    assert funds.system_balance("expenses") == Decimal("-0.1")
    books_are_right()


def test_an_adjustment_leaves_no_balance_below_zero() -> None:
    house = Account.objects.get(writer__name="funds", kind="house").pk
    owner = funds.account_id("owner")

    def adjust(request_id: str, amount: str) -> str:
        message = Adjustment(
            request_id=request_id,
            asset="BTC",
            amount=abs(Decimal(amount)),
            adjustment_id=1,
            lines=((owner, amount, "0"), (house, str(-Decimal(amount)), "0")),
            reason="correction",
        )
        return funds.carry_out(message).code

    assert adjust("a", "-3") == ""
    assert funds.balance("owner")[0] == 97
    assert adjust("b", "3.5") == "INSUFFICIENT_BALANCE"
    assert adjust("c", "-98") == "INSUFFICIENT_BALANCE"
    assert funds.balance("owner")[0] == 97
    books_are_right()


# --- requests --------------------------------------------------------------------------------------------------------


def test_a_repeated_request_is_the_first_one_and_another_content_a_conflict() -> None:
    first = funds.request(funds.deposit("owner", "1", tx="abc", request_id="same"))
    assert funds.request(funds.deposit("owner", "1.0", tx="abc", request_id="same")).pk == first.pk
    with pytest.raises(IdempotencyConflict):
        funds.request(funds.deposit("owner", "2", tx="abc", request_id="same"))
    other = funds.request(funds.deposit("owner", "2", tx="abd", request_id="same"), origin="rail:other")
    assert other.pk != first.pk
    assert BalanceOperation.objects.count() == 2
    assert wait_for_outcome(operation_id=first.pk, seconds=0) is None
    funds.process()
    outcome = wait_for_outcome(operation_id=first.pk, seconds=0)
    assert outcome is not None
    assert outcome.code == ""


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"amount": "0"}, OperationMalformed),
        ({"amount": "-1"}, OperationMalformed),
        ({"amount": "0.0000000000001"}, OperationMalformed),
        ({"amount": "1e25"}, OperationMalformed),
        ({"amount": "NaN"}, OperationMalformed),
        ({"amount": "1", "asset": "XXX"}, UnknownAsset),
        ({"amount": "1", "rail": ""}, OperationMalformed),
        ({"amount": "1", "tx": "x" * 129}, OperationMalformed),
        ({"amount": "1", "output_index": -1}, OperationMalformed),
        ({"amount": "1", "output_index": 2**31}, OperationMalformed),
        ({"amount": "1", "confirmations": -1}, OperationMalformed),
        ({"amount": "1", "confirmations": 2**31}, OperationMalformed),
        ({"amount": "1", "source": Party("blockchain", address="x" * 201)}, OperationMalformed),
        ({"amount": "1", "source": Party("bank_transfer", user="a\x00b")}, OperationMalformed),
        ({"amount": "1", "source": Party("carrier pigeon")}, OperationMalformed),  # type: ignore[arg-type]
    ],
)
def test_a_malformed_message_is_not_logged(fields: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        request_operation(origin="rail:sim", message=funds.deposit("owner", fields.pop("amount"), **fields))
    assert not BalanceOperation.objects.exists()


def test_every_batch_is_a_link_of_the_chain() -> None:
    for number in range(5):
        funds.request(funds.deposit("owner", "1", tx=str(number)))
    from wallet.processor.processor import BalanceProcessor

    processor = BalanceProcessor(batch_limit=2)
    assert funds.process(processor) == 5
    links = list(OperationLink.objects.values_list("first_sequence", "last_sequence"))
    assert links == [(1, 2), (3, 4), (5, 5)]
    assert list(OperationOutcome.objects.order_by("pk").values_list("applied_sequence", flat=True)) == [1, 2, 3, 4, 5]
