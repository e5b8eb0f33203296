"""The rules of withdrawals: each refusal and each reason for a review by itself, and the table of states."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from ledger.errors import InsufficientBalance
from wallet.core.states import (
    CANCELLABLE,
    FINAL_STATES,
    LOCKED_STATES,
    WITHDRAWAL_TRANSITIONS,
    TransitionNotAllowed,
    WithdrawalState,
    require_withdrawal_transition,
)
from wallet.core.withdrawal_rules import Facts, Limits, Network, Refusal, ReviewReason, Usage, judge
from wallet.rails.protocol import PayoutRefused
from wallet.withdrawal_texts import REFUSALS, reason_text

NOW = datetime(2026, 1, 20, 14, 25, tzinfo=UTC)
SECOND = timedelta(seconds=1)

NETWORK = Network(
    is_open=True,
    needs_tag=False,
    min_withdrawal=Decimal("0.01"),
    send_decimals=8,
    auto_approve_limit=Decimal(10),
    hot_limit=Decimal(100),
    hot_outflow=Decimal(0),
)
GOOD = Facts(
    at=NOW,
    amount=Decimal(1),
    tag="",
    value=Decimal(500),
    is_frozen=False,
    is_closed=False,
    is_trading_frozen=False,
    is_identity_approved=True,
    held_until=None,
    network=NETWORK,
    limits=Limits(daily=Decimal(1000), monthly=Decimal(5000), hourly_count=3, review_above=Decimal(800)),
    usage=Usage(),
    address_usable_at=NOW,
    is_address_new=False,
    small_value=Decimal(100),
    holding=Decimal(50),
    has_risk_event=False,
    is_screened=True,
    is_screening_hit=False,
)


def test_a_good_one_is_approved() -> None:
    verdict = judge(GOOD)
    assert verdict.approved
    assert (verdict.code, verdict.review_reasons) == ("", ())


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        (Refusal.ACCOUNT_CLOSED, {"is_closed": True}),
        (Refusal.WITHDRAWALS_FROZEN, {"is_frozen": True}),
        (Refusal.IDENTITY_NOT_APPROVED, {"is_identity_approved": False}),
        (Refusal.IDENTITY_NOT_APPROVED, {"limits": None}),
        (Refusal.WITHDRAWALS_HELD, {"held_until": NOW + SECOND}),
        (Refusal.WITHDRAWALS_SUSPENDED, {"network": replace(NETWORK, is_open=False)}),
        (Refusal.TOO_MANY_DECIMALS, {"amount": Decimal("1.000000001")}),
        (Refusal.WITHDRAWAL_TOO_SMALL, {"amount": Decimal("0.009")}),
        (Refusal.TAG_REQUIRED, {"network": replace(NETWORK, needs_tag=True)}),
        (Refusal.ADDRESS_NOT_SAVED, {"address_usable_at": None}),
        (Refusal.ADDRESS_COOLING_OFF, {"address_usable_at": NOW + SECOND}),
        (Refusal.WITHDRAWAL_RATE_EXCEEDED, {"usage": Usage(hourly_count=3)}),
        (Refusal.WITHDRAWAL_LIMIT_EXCEEDED, {"usage": Usage(daily=Decimal("500.00000001"))}),
        (Refusal.WITHDRAWAL_LIMIT_EXCEEDED, {"usage": Usage(monthly=Decimal("4500.01"))}),
        (
            Refusal.WITHDRAWAL_LIMIT_EXCEEDED,
            {"value": None, "limits": Limits(Decimal(0), Decimal(0), hourly_count=3, review_above=Decimal(0))},
        ),
    ],
)
def test_refusals(code: Refusal, facts: dict[str, Any]) -> None:
    verdict = judge(replace(GOOD, **facts))
    assert (verdict.code, verdict.approved) == (code, False)


@pytest.mark.parametrize(
    ("reasons", "facts"),
    [
        ([ReviewReason.NO_REFERENCE_PRICE], {"value": None}),
        ([ReviewReason.LARGE_AMOUNT], {"value": Decimal("800.01")}),
        ([ReviewReason.NEW_ADDRESS], {"is_address_new": True}),
        ([], {"is_address_new": True, "value": Decimal(100)}),
        ([ReviewReason.LARGE_SHARE], {"holding": Decimal("1.1")}),
        ([], {"holding": Decimal(1), "value": Decimal(100)}),
        ([ReviewReason.RISK_EVENT], {"has_risk_event": True}),
        ([ReviewReason.SCREENING_HIT], {"is_screening_hit": True}),
        ([ReviewReason.SCREENING_UNAVAILABLE], {"is_screened": False}),
        ([ReviewReason.ACCOUNT_RESTRICTED], {"is_trading_frozen": True}),
        ([ReviewReason.AUTO_APPROVE_LIMIT], {"amount": Decimal("10.1")}),
        ([ReviewReason.HOT_LIMIT], {"network": replace(NETWORK, hot_outflow=Decimal("99.1"))}),
        (
            [ReviewReason.NO_REFERENCE_PRICE, ReviewReason.NEW_ADDRESS, ReviewReason.RISK_EVENT],
            {"value": None, "is_address_new": True, "has_risk_event": True},
        ),
    ],
)
def test_reviews(reasons: list[ReviewReason], facts: dict[str, Any]) -> None:
    verdict = judge(replace(GOOD, **facts))
    assert (verdict.code, list(verdict.review_reasons)) == ("", reasons)


def test_bounds_are_inclusive() -> None:
    for facts in (
        {"usage": Usage(daily=Decimal(500), monthly=Decimal(4500), hourly_count=2)},
        {"held_until": NOW},
        {"amount": Decimal("0.01")},
        {"value": Decimal(800)},
        {"amount": Decimal(10), "holding": Decimal(1000)},
        {"network": replace(NETWORK, hot_outflow=Decimal(99))},
        {"network": replace(NETWORK, needs_tag=True), "tag": "7"},
    ):
        assert judge(replace(GOOD, **facts)).approved, facts


def test_a_refusal_of_a_limit_says_what_is_left() -> None:
    verdict = judge(replace(GOOD, usage=Usage(daily=Decimal(700))))
    assert verdict.details == {"period": "24h", "limit": "1000", "used": "700", "left": "300", "value": "500"}


ALLOWED = {
    "REQUESTED": {"VERIFIED", "CANCELLED", "REJECTED"},
    "VERIFIED": {"REVIEW", "APPROVED", "REJECTED"},
    "REVIEW": {"APPROVED", "REJECTED", "CANCELLED", "SENT"},
    "APPROVED": {"SENDING", "REVIEW", "REJECTED", "CANCELLED", "SENT"},
    "SENDING": {"SENT", "UNKNOWN", "FAILED"},
    "UNKNOWN": {"SENT", "FAILED"},
    "SENT": {"CONFIRMED", "UNKNOWN"},
}
"""Written down again: a table that is changed by mistake is noticed."""


@pytest.mark.parametrize(("old", "new"), list(product(WithdrawalState, WithdrawalState)))
def test_every_transition(old: WithdrawalState, new: WithdrawalState) -> None:
    if str(new) in ALLOWED.get(str(old), set()):
        require_withdrawal_transition(old, new)
    else:
        with pytest.raises(TransitionNotAllowed):
            require_withdrawal_transition(old, new)


def test_what_the_table_means() -> None:
    assert set(WITHDRAWAL_TRANSITIONS) == set(WithdrawalState)
    assert FINAL_STATES.isdisjoint(LOCKED_STATES)
    assert all(WithdrawalState.CANCELLED in WITHDRAWAL_TRANSITIONS[state] for state in CANCELLABLE)
    # Once a rail may have been called, neither user nor staff can end it by themselves.
    for state in (WithdrawalState.SENDING, WithdrawalState.UNKNOWN, WithdrawalState.SENT):
        assert WITHDRAWAL_TRANSITIONS[state].isdisjoint({WithdrawalState.CANCELLED, WithdrawalState.REJECTED})
    # What was sent is never given back without having been unknown.
    assert WithdrawalState.FAILED not in WITHDRAWAL_TRANSITIONS[WithdrawalState.SENT]


@pytest.mark.parametrize("code", [*Refusal, InsufficientBalance.code, PayoutRefused.code])
def test_every_refusal_is_told_in_a_sentence(code: str) -> None:
    assert REFUSALS[code].code == code
    assert reason_text(str(code)).endswith(".")
