"""Withdrawals from the request to the lock: each refusal changes nothing, and what is locked was allowed."""

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import AccountState, KycStatus, User
from accounts.second_factor.errors import SecondFactorInvalid, SecondFactorRequired
from accounts.services import change_account_state
from kernel.errors import BourseError, TooManyDecimals
from kernel.ids import first_id_at
from ledger.errors import IdempotencyConflict, InsufficientBalance
from ledger.models import Asset
from risk.models import RiskEvent, RiskEventType, Severity
from risk.services import record_risk_event
from tests.support import funds
from tests.support.exchange import Exchange
from tests.support.withdrawals import ADDRESS, PayoutDesk, money_and_rows, open_desk, travel_rule
from tests.support.worker_process import eventually
from wallet import errors
from wallet.core.states import TransitionNotAllowed, WithdrawalState
from wallet.models import FundsMail, RailAsset, ReferencePrice, SavedAddress, Withdrawal, WithdrawalLimit
from wallet.selectors.limits import hot_outflow
from wallet.services.approvals import approve_withdrawal, reject_withdrawal
from wallet.services.switches import resume_payouts, stop_payouts
from wallet.services.transitions import change_state
from wallet.services.withdrawals import cancel_unverified, cancel_withdrawal, verify_withdrawal


@pytest.fixture
def desk(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PayoutDesk:
    return open_desk(tmp_path, monkeypatch)


@pytest.fixture
def busy_desk(exchange: Exchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PayoutDesk:
    """One that several threads use: commits are real."""
    return open_desk(tmp_path, monkeypatch)


def mails() -> list[str]:
    """What users were mailed, oldest first."""
    return list(FundsMail.objects.order_by("pk").values_list("template", flat=True))


def test_from_the_request_to_the_lock(desk: PayoutDesk) -> None:
    asked = desk.asked("1")
    assert (asked.state, asked.fee, asked.reference_value) == ("REQUESTED", Decimal("0.001"), Decimal(60000))
    assert funds.balance("owner") == (100, 0), "asking locks nothing"
    verified = desk.verify(asked)
    # A first address and 60,000: staff look at it.
    assert (verified.state, verified.review_reasons) == ("REVIEW", ["NEW_ADDRESS"])
    assert funds.balance("owner") == (Decimal("98.999"), Decimal("1.001"))
    assert list(verified.transitions.values_list("old", "new")) == [("REQUESTED", "VERIFIED"), ("VERIFIED", "REVIEW")]
    assert mails() == ["address_added", "withdrawal_requested", "withdrawal_review"]


def test_a_small_one_is_approved_at_once(desk: PayoutDesk) -> None:
    assert desk.verified("0.015").state == "APPROVED"
    assert mails() == ["address_added", "withdrawal_requested", "withdrawal_approved"]


def test_an_address_is_new_until_something_was_sent_to_it(desk: PayoutDesk) -> None:
    WithdrawalLimit.objects.update(hourly_count=10)
    looked_at = [desk.verified("1") for _ in range(2)]
    assert [(found.state, found.review_reasons) for found in looked_at] == [("REVIEW", ["NEW_ADDRESS"])] * 2
    for staff in desk.staff():
        approve_withdrawal(withdrawal_id=looked_at[0].pk, by=staff, reason="known customer")
    assert desk.verified("1").review_reasons == ["NEW_ADDRESS"], "the first one has not gone out yet"
    desk.round()
    assert desk.state(looked_at[0]) == "SENT"
    assert desk.verified("1").state == "APPROVED"


def test_the_same_request_is_one_withdrawal(desk: PayoutDesk) -> None:
    first = desk.asked("0.5", request_id="mine")
    before = money_and_rows()
    assert desk.asked("0.5", request_id="mine").pk == first.pk
    for other in ({"amount": "0.6"}, {"amount": "0.5", "address": "elsewhere"}, {"amount": "0.5", "asset": "ETH"}):
        with pytest.raises(IdempotencyConflict):
            desk.asked(request_id="mine", **other)
    assert money_and_rows() == before
    assert desk.asked("0.5", name="colleague", request_id="mine").pk != first.pk


def freeze(user: User) -> None:
    change_account_state(user=user, state=AccountState.WITHDRAW_FROZEN, by=None, reason="test")


def grow_old(desk: PayoutDesk) -> None:
    """48 hours after it was opened nobody is a newcomer any more."""
    User.objects.filter(pk=desk.user().pk).update(joined_at=timezone.now() - timedelta(hours=48))


CIRCUMSTANCES: list[tuple[type[BourseError], Callable[[PayoutDesk], object], dict[str, Any]]] = [
    (errors.WithdrawalsFrozen, lambda desk: freeze(desk.user()), {}),
    (errors.IdentityNotApproved, lambda desk: User.objects.update(kyc_status=KycStatus.PENDING), {}),
    (errors.IdentityNotApproved, lambda desk: WithdrawalLimit.objects.all().delete(), {}),
    (errors.WithdrawalsSuspended, lambda desk: RailAsset.objects.update(withdrawals_enabled=False), {}),
    (errors.WithdrawalsSuspended, lambda desk: Asset.objects.update(is_enabled=False), {}),
    (errors.WithdrawalsSuspended, lambda desk: stop_payouts(scope="all", by=None, reason="test"), {}),
    (errors.WithdrawalsSuspended, lambda desk: stop_payouts(scope="rail:sim", by=None, reason="test"), {}),
    (errors.WithdrawalsSuspended, lambda desk: stop_payouts(scope="asset:BTC", by=None, reason="test"), {}),
    (errors.WithdrawalTooSmall, lambda desk: None, {"amount": "0.009"}),
    (TooManyDecimals, lambda desk: None, {"amount": "0.123456789"}),
    (TooManyDecimals, lambda desk: None, {"amount": "0.1234567890123"}),
    (errors.TagRequired, lambda desk: RailAsset.objects.update(needs_tag=True), {}),
    (errors.AddressNotSaved, lambda desk: desk.asked("0.1"), {"address": "somewhere-else"}),
    (errors.SavedAddressNotFound, lambda desk: None, {"address": "", "address_id": 12345}),
    (errors.AddressNotSaved, grow_old, {}),
    (errors.WithdrawalLimitExceeded, lambda desk: None, {"amount": "17"}),
    # Worth more than the column of values has room for.
    (errors.WithdrawalLimitExceeded, lambda desk: None, {"amount": "9999999999999999"}),
    (errors.WithdrawalLimitExceeded, lambda desk: None, {"amount": "9" * 20}),
    (errors.TravelRuleRequired, lambda desk: None, {"travel_rule": {}}),
    (errors.TravelRuleRequired, lambda desk: None, {"travel_rule": travel_rule() | {"purpose": ""}}),
    (InsufficientBalance, lambda desk: WithdrawalLimit.objects.update(daily=10**9, monthly=10**9), {"amount": "100"}),
]


@pytest.mark.parametrize("number", range(len(CIRCUMSTANCES)))
def test_a_refused_request_changes_nothing(desk: PayoutDesk, number: int) -> None:
    error, prepare, fields = CIRCUMSTANCES[number]
    prepare(desk)
    before = money_and_rows()
    with pytest.raises(error) as refused:
        desk.asked(**({"amount": "1"} | fields))
    assert type(refused.value) is error
    assert money_and_rows() == before


def test_unknown_networks_and_assets(desk: PayoutDesk) -> None:
    before = money_and_rows()
    with pytest.raises(errors.UnknownNetwork):
        desk.asked("1", asset="XYZ")
    assert money_and_rows() == before


def test_resumed_after_a_stop(desk: PayoutDesk) -> None:
    stop_payouts(scope="asset:BTC", by=None, reason="test")
    assert desk.asked("1", asset="ETH").state == "REQUESTED"
    resume_payouts(scope="asset:BTC", by=desk.user("staff"), reason="all is well")
    assert desk.asked("1").state == "REQUESTED"
    with pytest.raises(errors.SwitchUnknown):
        stop_payouts(scope="asset:XYZ", by=None, reason="test")


# --- the second factor -------------------------------------------------------------------------------------------


def test_without_the_second_factor_nothing_is_locked(desk: PayoutDesk) -> None:
    asked = desk.asked("1")
    scope: dict[str, Any] = {"user": desk.user(), "account_id": asked.account_id, "withdrawal_id": asked.pk}
    before = money_and_rows()
    with pytest.raises(SecondFactorRequired):
        verify_withdrawal(code="123456", **scope)
    wrong = desk.app().wrong_code()
    with pytest.raises(SecondFactorInvalid):
        verify_withdrawal(code=wrong, **scope)
    assert money_and_rows() == before
    assert verify_withdrawal(code=desk.app().code(), **scope).state == "VERIFIED"
    funds.process()
    assert desk.state(asked) == "REVIEW"
    after = money_and_rows()
    assert verify_withdrawal(code="any", **scope).pk == asked.pk, "what is confirmed needs no code"
    assert money_and_rows() == after


def test_somebody_elses_is_not_found(desk: PayoutDesk) -> None:
    asked = desk.asked("1")
    stranger, account = desk.user("outsider"), funds.account_id("outsider")
    desk.app("outsider")
    with pytest.raises(errors.WithdrawalNotFound):
        verify_withdrawal(user=stranger, account_id=account, withdrawal_id=asked.pk, code=desk.app("outsider").code())
    with pytest.raises(errors.WithdrawalNotFound):
        cancel_withdrawal(user=stranger, account_id=account, withdrawal_id=asked.pk)
    assert desk.state(asked) == "REQUESTED"


def test_what_is_not_confirmed_in_time_is_over(desk: PayoutDesk) -> None:
    late, fresh = desk.asked("1"), desk.asked("1")
    Withdrawal.objects.filter(pk=late.pk).update(requested_at=timezone.now() - timedelta(minutes=31))
    with pytest.raises(TransitionNotAllowed):
        desk.verify(late)
    assert cancel_unverified(at=timezone.now()) == 1
    assert (desk.state(late), desk.state(fresh)) == ("CANCELLED", "REQUESTED")


# --- what the processor finds ---------------------------------------------------------------------------------------


def test_what_changes_before_the_code_counts(desk: PayoutDesk) -> None:
    """Between the request and its code the account is frozen, and the address deleted: the processor sees it."""
    first, second = desk.asked("0.01"), desk.asked("0.01")
    freeze(desk.user())
    assert (desk.verify(first).state, Withdrawal.objects.get(pk=first.pk).reason) == ("REJECTED", "WITHDRAWALS_FROZEN")
    change_account_state(user=desk.user(), state=AccountState.ACTIVE, by=None, reason="test")
    SavedAddress.objects.update(deleted_at=timezone.now())
    assert (desk.verify(second).state, Withdrawal.objects.get(pk=second.pk).reason) == ("REJECTED", "ADDRESS_NOT_SAVED")
    assert funds.balance("owner") == (100, 0)


def test_limits_count_what_was_granted_and_not_what_was_refused(desk: PayoutDesk) -> None:
    waiting = [desk.asked("9") for _ in range(2)]
    first, second = (desk.verify(withdrawal) for withdrawal in waiting)
    assert (first.state, second.state, second.reason) == ("REVIEW", "REJECTED", "WITHDRAWAL_LIMIT_EXCEEDED")
    desk.cancel(first)
    assert desk.verified("9").state == "REVIEW"
    with pytest.raises(errors.WithdrawalLimitExceeded):
        desk.asked("9")
    Withdrawal.objects.update(verified_at=timezone.now() - timedelta(hours=24, seconds=1))
    assert desk.asked("9").state == "REQUESTED", "24 hours later"


def test_three_an_hour(desk: PayoutDesk) -> None:
    waiting = [desk.asked("0.01") for _ in range(4)]
    assert [desk.verify(withdrawal).state for withdrawal in waiting] == ["APPROVED"] * 3 + ["REJECTED"]
    with pytest.raises(errors.WithdrawalRateExceeded):
        desk.asked("0.01")
    Withdrawal.objects.update(verified_at=timezone.now() - timedelta(hours=1, seconds=1))
    assert desk.verified("0.01").state == "APPROVED"


def test_limits_are_those_of_the_level_or_the_nearest_below(desk: PayoutDesk) -> None:
    WithdrawalLimit.objects.create(kyc_level=2, daily=10, monthly=10, hourly_count=3, review_above=10)
    User.objects.filter(username="owner").update(kyc_level=1)
    assert desk.asked("1").state == "REQUESTED"
    User.objects.filter(username="owner").update(kyc_level=3)
    with pytest.raises(errors.WithdrawalLimitExceeded):
        desk.asked("1")


REVIEWS: list[tuple[str, Callable[[PayoutDesk], object], dict[str, Any]]] = [
    ("NO_REFERENCE_PRICE", lambda desk: ReferencePrice.objects.all().delete(), {"amount": "0.01"}),
    ("LARGE_AMOUNT", lambda desk: WithdrawalLimit.objects.update(review_above=500), {"amount": "0.01"}),
    ("NEW_ADDRESS", lambda desk: None, {"amount": "1"}),
    ("AUTO_APPROVE_LIMIT", lambda desk: RailAsset.objects.update(auto_approve_limit="0.005"), {"amount": "0.01"}),
    ("HOT_LIMIT", lambda desk: RailAsset.objects.update(hot_limit="0.005"), {"amount": "0.01"}),
    ("RISK_EVENT", lambda desk: serious_event(desk), {"amount": "0.01"}),
    (
        "ACCOUNT_RESTRICTED",
        lambda desk: change_account_state(user=desk.user(), state=AccountState.TRADE_FROZEN, by=None, reason="test"),
        {"amount": "0.01"},
    ),
]


def serious_event(desk: PayoutDesk) -> None:
    now = timezone.now()
    record_risk_event(
        event_type=RiskEventType.SUSPICIOUS_ACTIVITY,
        severity=Severity.HIGH,
        fingerprint="test",
        description="test",
        first_seen_at=now,
        last_seen_at=now,
        accounts=[funds.account_id("owner")],
    )


@pytest.mark.parametrize("number", range(len(REVIEWS)))
def test_reasons_for_a_review(desk: PayoutDesk, number: int) -> None:
    reason, prepare, fields = REVIEWS[number]
    prepare(desk)
    found = desk.verified(**fields)
    assert found.state == "REVIEW"
    assert reason in found.review_reasons


def test_the_hot_limit_counts_everybody_within_a_day(desk: PayoutDesk) -> None:
    RailAsset.objects.update(hot_limit="0.025")
    states = [desk.verified("0.01", name=name).state for name in ("owner", "colleague", "outsider")]
    assert states == ["APPROVED", "APPROVED", "REVIEW"]


def test_the_hot_limit_counts_what_was_long_in_review(desk: PayoutDesk) -> None:
    now = timezone.now()
    two_months_ago = first_id_at(int((now - timedelta(days=60)).timestamp() * 1000))
    old = funds.verified_withdrawal("owner", "3", id=two_months_ago)
    change_state(withdrawal=old, new=WithdrawalState.REVIEW, at=now)
    wanted: dict[str, Any] = {"rail_id": funds.RAIL, "asset_id": old.asset_id, "at": now}
    assert hot_outflow(**wanted) == 0
    for state in ("APPROVED", "SENDING", "SENT", "CONFIRMED"):
        change_state(withdrawal=old, new=WithdrawalState(state), at=now)
        assert hot_outflow(**wanted) == 3, state
    assert hot_outflow(**(wanted | {"at": now + timedelta(hours=24)})) == 0


def test_screening(desk: PayoutDesk, tmp_path: Path, settings: Any) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text(f"# kept by compliance\nSIM {ADDRESS.upper()}  # a mixer\nBTC other\n")
    settings.SCREENING_LIST = str(listed)
    hit = desk.verified("0.01")
    assert (hit.state, hit.review_reasons, hit.screening["detail"]) == ("REVIEW", ["SCREENING_HIT"], "a mixer")
    settings.SCREENING_LIST = str(tmp_path / "missing.txt")
    assert not RiskEvent.objects.exists()
    assert desk.verified("0.01").review_reasons == ["SCREENING_UNAVAILABLE"]
    alarm = RiskEvent.objects.get()
    assert (alarm.severity, alarm.fingerprint, alarm.count) == (Severity.HIGH, "screening:list", 1)
    settings.SCREENING_LIST = ""
    assert desk.verified("0.01").state == "APPROVED"


# --- stopping -------------------------------------------------------------------------------------------------------


def test_a_user_stops_a_withdrawal(desk: PayoutDesk) -> None:
    asked, reviewed = desk.asked("1"), desk.verified("1")
    for withdrawal in (asked, reviewed):
        assert desk.cancel(withdrawal).state == "CANCELLED"
    assert funds.balance("owner") == (100, 0)
    before = money_and_rows()
    desk.cancel(reviewed)
    assert money_and_rows() == before


@pytest.mark.parametrize("state", ["VERIFIED", "SENDING", "UNKNOWN", "SENT", "CONFIRMED", "REJECTED", "FAILED"])
def test_what_cannot_be_stopped(desk: PayoutDesk, state: str) -> None:
    withdrawal = desk.asked("1")
    Withdrawal.objects.update(state=state)
    before = money_and_rows()
    with pytest.raises(TransitionNotAllowed):
        cancel_withdrawal(user=desk.user(), account_id=withdrawal.account_id, withdrawal_id=withdrawal.pk)
    assert money_and_rows() == before
    assert desk.state(withdrawal) == state


# --- staff ----------------------------------------------------------------------------------------------------------


def test_two_people_approve(desk: PayoutDesk) -> None:
    withdrawal = desk.verified("1")
    first, second = desk.staff()
    with pytest.raises(errors.DecisionNeedsAnother):
        approve_withdrawal(withdrawal_id=withdrawal.pk, by=desk.user(), reason="it is mine")
    approve_withdrawal(withdrawal_id=withdrawal.pk, by=first, reason="known customer")
    assert desk.state(withdrawal) == "REVIEW"
    with pytest.raises(errors.DecisionNeedsAnother):
        approve_withdrawal(withdrawal_id=withdrawal.pk, by=first, reason="once more")
    assert desk.state(withdrawal) == "REVIEW"
    approve_withdrawal(withdrawal_id=withdrawal.pk, by=second, reason="I agree")
    assert desk.state(withdrawal) == "APPROVED"
    assert mails()[-2:] == ["withdrawal_review", "withdrawal_approved"]
    assert list(withdrawal.decisions.values_list("by__username", "is_approval")) == [("first", True), ("second", True)]
    with pytest.raises(TransitionNotAllowed):
        approve_withdrawal(withdrawal_id=withdrawal.pk, by=desk.user("staff"), reason="me too")


def test_one_person_rejects(desk: PayoutDesk) -> None:
    withdrawal = desk.verified("1")
    first, second = desk.staff()
    approve_withdrawal(withdrawal_id=withdrawal.pk, by=first, reason="known customer")
    reject_withdrawal(withdrawal_id=withdrawal.pk, by=second, reason="Please call us.")
    with pytest.raises(TransitionNotAllowed):
        approve_withdrawal(withdrawal_id=withdrawal.pk, by=desk.user("staff"), reason="too late")
    funds.process()
    found = Withdrawal.objects.get(pk=withdrawal.pk)
    assert (found.state, found.reason) == ("REJECTED", "Please call us.")
    assert funds.balance("owner") == (100, 0)


# --- at once --------------------------------------------------------------------------------------------------------


def at_once(calls: list[Callable[[], Any]]) -> tuple[list[Any], list[BaseException]]:
    """Call all from threads of their own; results and errors."""
    results: list[Any] = []
    failures: list[BaseException] = []
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> None:
        try:
            barrier.wait()
            results.append(call())
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results, failures


def test_a_first_request_that_is_sent_twice_at_once_is_one_withdrawal(busy_desk: PayoutDesk) -> None:
    """Both find an empty address book, and both wait to write into it."""
    desk, answers = busy_desk, []

    def is_held_up(count: int) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            return bool(cursor.fetchone()[0] == count)

    ask = partial(desk.asked, "1", request_id="mine")
    both = threading.Thread(target=lambda: answers.append(at_once([ask, ask])))
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=desk.user().pk)
        both.start()
        eventually(lambda: is_held_up(2))
    both.join()
    ((same, failures),) = answers
    assert not failures
    assert (len(same), len({withdrawal.pk for withdrawal in same})) == (2, 1)
    assert (Withdrawal.objects.count(), SavedAddress.objects.count()) == (1, 1)


def test_fifty_withdrawals_at_once_never_exceed_the_balance(
    busy_desk: PayoutDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """100 BTC and fifty times 9.999 with a fee of 0.001: ten are granted, whatever the order. Before that one request
    is made many times at once, and is one withdrawal; and of two first addresses only one is the first."""
    desk = busy_desk

    def ask(address: str, request_id: str) -> Callable[[], Withdrawal]:
        return lambda: desk.asked("9.999", address=address, request_id=request_id)

    first, refused = at_once([ask("home", "one"), ask("elsewhere", "two")])
    assert (len(first), [type(error) for error in refused]) in (
        (1, [errors.AddressCoolingOff]),
        (1, [errors.AddressNotSaved]),
    )
    address = first[0].address
    same, _ = at_once([ask(address, "mine") for _ in range(8)])
    assert (len(same), len({withdrawal.pk for withdrawal in same})) == (8, 1)
    WithdrawalLimit.objects.update(daily=10**12, monthly=10**12, hourly_count=1000)
    waiting = [desk.asked("9.999", address=address) for _ in range(50)]
    # Fifty codes of one app would take half an hour; that codes work once is tested elsewhere.
    monkeypatch.setattr("wallet.services.withdrawals.verify_second_factor", lambda **_: None)
    user = desk.user()

    def verify(withdrawal: Withdrawal) -> Callable[[], Any]:
        return lambda: verify_withdrawal(
            user=user, account_id=withdrawal.account_id, withdrawal_id=withdrawal.pk, code="1"
        )

    processing = threading.Event()

    def process() -> None:
        while not processing.is_set():
            funds.process()
        connection.close()

    processor = threading.Thread(target=process)
    processor.start()
    try:
        _, failures = at_once([verify(withdrawal) for withdrawal in waiting])
    finally:
        processing.set()
        processor.join()
    funds.process()
    assert not failures
    states = [desk.state(withdrawal) for withdrawal in waiting]
    assert (states.count("REVIEW"), states.count("REJECTED")) == (10, 40)
    assert funds.balance("owner") == (0, 100)
    assert not RiskEvent.objects.exists()
