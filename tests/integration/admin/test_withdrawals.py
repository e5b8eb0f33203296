"""Withdrawals on the staff pages: the whole story, decisions with a fresh second factor, and switches."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import StaffAction, User
from tests.integration.admin.conftest import client_of, staff_member
from tests.support import funds
from tests.support.second_factor import App, activate_app
from tests.support.withdrawals import PayoutDesk, open_desk
from wallet.models import (
    KillSwitch,
    PayoutStatement,
    ReconciliationDifference,
    ReferencePrice,
    Withdrawal,
    WithdrawalLimit,
)
from wallet.rails.protocol import PayoutUnknown
from wallet.services.reconciliation import freeze_payouts

CODE = "second_factor_code"


@pytest.fixture
def desk(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PayoutDesk:
    return open_desk(tmp_path, monkeypatch)


class Colleague:
    """Staff with the rights of a group, a browser and an authenticator app."""

    def __init__(self, name: str, group: str) -> None:
        self.user: User = staff_member(name, group)
        self.app: App = activate_app(self.user)
        self.client: Client = client_of(self.user)

    def post(self, page: str, **fields: Any) -> Any:
        """A form filled in, with a code that was not used before."""
        filled = {"reason": "looked into it", "_confirmed": "1", CODE: self.app.recovery_codes.pop()} | fields
        return self.client.post(page, filled)


@pytest.fixture
def first(desk: PayoutDesk) -> Colleague:
    return Colleague("pay-one", "Payments")


@pytest.fixture
def second(desk: PayoutDesk) -> Colleague:
    return Colleague("pay-two", "Payments")


def page(withdrawal: Withdrawal, name: str = "change") -> str:
    return reverse(f"admin:wallet_withdrawal_{name}", args=[withdrawal.pk])


def test_two_colleagues_approve(desk: PayoutDesk, first: Colleague, second: Colleague) -> None:
    withdrawal = desk.verified("1")
    shown = first.client.get(page(withdrawal)).content.decode()
    for part in ("NEW_ADDRESS", "60\N{NARROW NO-BREAK SPACE}000", "Olivia Owner", "clear (list)", withdrawal.payout_id):
        assert part in shown, part
    assert page(withdrawal, "approve") in shown
    assert first.client.get(page(withdrawal, "approve")).status_code == 200
    without = first.client.post(page(withdrawal, "approve"), {"reason": "x", "_confirmed": "1"})
    assert without.status_code == 200
    wrong = first.post(page(withdrawal, "approve"), **{CODE: first.app.wrong_code()})
    assert "wrong" in wrong.content.decode()
    assert not withdrawal.decisions.exists()

    assert first.post(page(withdrawal, "approve")).status_code == 302
    assert desk.state(withdrawal) == "REVIEW"
    assert "Somebody else" in first.post(page(withdrawal, "approve")).content.decode()
    assert second.post(page(withdrawal, "approve")).status_code == 302
    assert desk.state(withdrawal) == "APPROVED"
    assert list(StaffAction.objects.filter(subject=str(withdrawal.pk)).order_by("pk").values_list("by__username")) == [
        ("pay-one",),
        ("pay-two",),
    ]
    assert page(withdrawal, "approve") not in second.client.get(page(withdrawal)).content.decode()


def test_a_rejection_gives_the_money_back(desk: PayoutDesk, first: Colleague) -> None:
    withdrawal = desk.verified("1")
    assert first.post(page(withdrawal, "reject"), reason="Please call us.").status_code == 302
    funds.process()
    assert (desk.state(withdrawal), desk.found(withdrawal).reason) == ("REJECTED", "Please call us.")
    assert funds.balance("owner") == (100, 0)


def test_nobody_decides_about_their_own(desk: PayoutDesk) -> None:
    withdrawal = desk.verified("1")
    owner = User.objects.get(username="owner")
    owner.is_staff = owner.is_superuser = True
    owner.save()
    client = client_of(owner)
    assert page(withdrawal, "approve") not in client.get(page(withdrawal)).content.decode()
    assert client.get(page(withdrawal, "approve")).status_code == 403


def test_two_colleagues_say_what_became_of_a_payout(desk: PayoutDesk, first: Colleague, second: Colleague) -> None:
    desk.far_end.is_payout_idempotent = False
    withdrawal = desk.approved("1")
    desk.far_end.fails_before = [PayoutUnknown()]
    desk.round()
    found = {"external_tx_id": "abc", "network_fee": "0.001"}
    assert first.post(page(withdrawal, "was_sent"), **found).status_code == 302
    assert second.post(page(withdrawal, "was_sent"), **(found | {"external_tx_id": ""})).status_code == 200
    assert second.post(page(withdrawal, "was_sent"), **found).status_code == 302
    funds.process()
    assert desk.state(withdrawal) == "CONFIRMED"
    assert PayoutStatement.objects.count() == 2

    other = desk.approved("1", name="colleague")
    desk.far_end.fails_before = [PayoutUnknown()]
    desk.round()
    refused = first.post(page(other, "never_sent"))
    assert "may still carry it out until" in refused.content.decode()
    desk.grow_old()
    for colleague in (first, second):
        assert colleague.post(page(other, "never_sent")).status_code == 302
    funds.process()
    assert desk.state(other) == "FAILED"


def test_one_that_waits_over_a_frozen_rail_may_have_been_sent(
    desk: PayoutDesk, first: Colleague, second: Colleague
) -> None:
    withdrawal = desk.approved("1")
    assert page(withdrawal, "was_sent") not in first.client.get(page(withdrawal)).content.decode()
    freeze_payouts(reason="restored")
    shown = first.client.get(page(withdrawal)).content.decode()
    assert page(withdrawal, "was_sent") in shown
    assert page(withdrawal, "never_sent") not in shown
    found = {"external_tx_id": "abc", "network_fee": "0.001"}
    for colleague in (first, second):
        assert colleague.post(page(withdrawal, "was_sent"), **found).status_code == 302
    funds.process()
    assert desk.state(withdrawal) == "CONFIRMED"


def test_a_difference_is_resolved_with_a_fresh_code(desk: PayoutDesk, first: Colleague) -> None:
    withdrawal = desk.approved("1")
    difference = ReconciliationDifference.objects.create(
        rail=desk.rail, asset=withdrawal.asset, kind="missing_in_books", subject="abc", expected=0, actual=-1
    )
    resolve = reverse("admin:wallet_reconciliationdifference_resolve", args=[difference.pk])
    assert f"withdrawal {withdrawal.pk}" in first.client.get(resolve).content.decode()
    assert first.client.post(resolve, {"reason": "ours", "_confirmed": "1"}).status_code == 200
    difference.refresh_from_db()
    assert difference.resolved_at is None
    assert first.post(resolve).status_code == 302
    difference.refresh_from_db()
    assert difference.resolved_by == first.user


def test_what_other_staff_may_do(desk: PayoutDesk, support: User, auditor: User) -> None:
    withdrawal = desk.verified("1")
    assert client_of(support).get(page(withdrawal)).status_code == 403
    reading = client_of(auditor)
    assert reading.get(page(withdrawal)).status_code == 200
    for name in ("approve", "reject", "was_sent", "never_sent"):
        assert reading.get(page(withdrawal, name)).status_code == 403
    for name in ("killswitch_stop", "withdrawallimit_set_limit", "referenceprice_set_price"):
        assert reading.get(reverse(f"admin:wallet_{name}")).status_code == 403


def test_stopping_needs_no_code_and_going_on_does(desk: PayoutDesk, first: Colleague) -> None:
    stop = reverse("admin:wallet_killswitch_stop")
    assert first.client.get(stop).status_code == 200
    first.client.post(stop, {"scope": "asset:BTC", "reason": "odd payouts", "_confirmed": "1"})
    switch = KillSwitch.objects.get()
    assert (switch.scope, switch.is_on, switch.changed_by) == ("asset:BTC", True, first.user)
    resume = reverse("admin:wallet_killswitch_resume", args=[switch.pk])
    assert first.client.post(resume, {"reason": "fine", "_confirmed": "1"}).status_code == 200
    assert KillSwitch.objects.get().is_on
    assert first.post(resume).status_code == 302
    assert not KillSwitch.objects.get().is_on


def test_limits_and_prices_are_set(desk: PayoutDesk, first: Colleague) -> None:
    limits = {"kyc_level": "2", "daily": "5000", "monthly": "20000", "hourly_count": "5", "review_above": "1000"}
    page_of_limits = reverse("admin:wallet_withdrawallimit_set_limit")
    assert "Not less than in a day" in first.post(page_of_limits, **(limits | {"monthly": "1"})).content.decode()
    assert first.post(page_of_limits, **limits).status_code == 302
    row = WithdrawalLimit.objects.get(kyc_level=2)
    assert (row.daily, row.monthly, row.hourly_count, row.review_above) == (5000, 20000, 5, 1000)
    asset = ReferencePrice.objects.get(asset__symbol="BTC").asset_id
    page_of_prices = reverse("admin:wallet_referenceprice_set_price")
    assert "More than zero" in first.post(page_of_prices, asset=asset, price="0").content.decode()
    assert first.post(page_of_prices, asset=asset, price="61000.5").status_code == 302
    assert str(ReferencePrice.objects.get(asset_id=asset).price).startswith("61000.5")
    assert StaffAction.objects.filter(action__in=["limits", "reference price"]).count() == 2
