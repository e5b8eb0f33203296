"""Fees on the staff pages: the table, exceptions, and who may touch them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccountChange, StaffAction, User
from matching.fees.exceptions import make_fee_exception
from matching.models import FeeException, FeeTier, Market
from storage.admin.reasons import CONFIRMED
from tests.integration.admin.conftest import client_of, staff_member

LIST = "/admin/matching/feeexception/"


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.get(username="owner")


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.get(username="staff")


@pytest.fixture
def client(staff: User) -> Client:
    return client_of(staff)


def fields(**changes: Any) -> dict[str, Any]:
    empty = {"user": "", "market": "", "tier": "", "maker_ppm": "", "taker_ppm": "", "expires_at": ""}
    return empty | {"reason": "a partner", CONFIRMED: "1"} | changes


def end_page(exception: FeeException) -> str:
    return reverse("admin:matching_feeexception_end", args=[exception.pk])


def test_an_exception_is_made_shown_and_ended(client: Client, staff: User, owner: User) -> None:
    assert client.get(reverse("admin:matching_feeexception_make")).status_code == 200
    market = Market.objects.get(symbol="BTC-USDT")
    sent = fields(user="OWNER@example.com", market=market.pk, maker_ppm="0.0001", taker_ppm="100")
    response = client.post(reverse("admin:matching_feeexception_make"), sent, follow=True)
    assert "owner in BTC-USDT: maker 0.0001 %, taker 100 % in BTC-USDT, from now on." in response.content.decode()
    exception = FeeException.objects.get()
    assert (exception.user, exception.market, exception.maker_ppm, exception.taker_ppm) == (owner, market, 1, 1_000_000)
    assert (exception.set_by, exception.reason, exception.expires_at) == (staff, "a partner", None)

    assert "in force" in client.get(LIST, {"standing": "in_force", "q": "owner"}).content.decode()
    page = client.get(reverse("admin:matching_feeexception_change", args=[exception.pk])).content.decode()
    assert end_page(exception) in page
    client.post(end_page(exception), {"reason": "no more", CONFIRMED: "1"})
    exception.refresh_from_db()
    assert (exception.ended_by, exception.end_reason) == (staff, "no more")
    assert AccountChange.objects.filter(user=owner, by=staff, field="fees").count() == 2
    page = client.get(reverse("admin:matching_feeexception_change", args=[exception.pk])).content.decode()
    assert end_page(exception) not in page
    again = client.post(end_page(exception), {"reason": "again", CONFIRMED: "1"})
    assert again.status_code in {200, 302, 403}
    assert AccountChange.objects.filter(user=owner, by=staff, field="fees").count() == 2


def test_a_tier_with_an_end(client: Client, owner: User) -> None:
    until = (timezone.now() + timedelta(days=2)).replace(second=0, microsecond=0)
    client.post(
        reverse("admin:matching_feeexception_make"),
        fields(user="owner", tier="4", expires_at=f"{until:%Y-%m-%dT%H:%M}"),
    )
    exception = FeeException.objects.get()
    assert (exception.tier, exception.expires_at, exception.maker_ppm) == (4, until, None)
    owner.refresh_from_db()
    assert owner.fee_tier == 4
    page = client.get(reverse("admin:accounts_user_change", args=[owner.pk])).content.decode()
    assert f"{reverse('admin:matching_feeexception_make')}?user=owner" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"user": "nobody-at-all"}, "There is no such user"),
        ({"user": "owner"}, "From 0 to 1000000 parts per million"),
        ({"user": "owner", "tier": "4", "market": "BTC-USDT"}, "A tier is a user&#x27;s"),
        ({"user": "owner", "maker_ppm": "0.00001", "taker_ppm": "1"}, "no more than 4 decimal places"),
        ({"user": "owner", "maker_ppm": "101", "taker_ppm": "1"}, "less than or equal to 100"),
        ({"user": "owner", "tier": "4", "expires_at": "2020-01-01T00:00"}, "This moment is over"),
        ({"user": "staff", "tier": "4"}, "Nobody decides on their own fees"),
        ({"user": "owner", "tier": "4", "reason": " "}, "This field is required"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(client: Client, changes: dict[str, Any], said: str) -> None:
    if "market" in changes:
        changes = changes | {"market": Market.objects.get(symbol=changes["market"]).pk}
    response = client.post(reverse("admin:matching_feeexception_make"), fields(**changes))
    assert response.status_code == 200
    assert said in response.content.decode()
    assert not FeeException.objects.exists()
    assert not AccountChange.objects.exists()


def test_terms_of_a_tier_change_with_a_reason(client: Client, staff: User) -> None:
    page = reverse("admin:matching_feetier_change_terms", args=[2])
    assert 'value="0.08"' in client.get(page).content.decode()
    sent = {"maker_ppm": "0.07", "taker_ppm": "0.12", "min_volume": "250000.5", CONFIRMED: "1"}
    assert client.post(page, sent).status_code == 200
    assert FeeTier.objects.get(tier=2).maker_ppm == 800
    assert client.post(page, sent | {"reason": "competition"}).status_code == 302
    row = FeeTier.objects.get(tier=2)
    assert (row.maker_ppm, row.taker_ppm, str(row.min_volume.normalize())) == (700, 1200, "250000.5")
    assert (StaffAction.objects.get().by, StaffAction.objects.get().reason) == (staff, "competition")
    refused = client.post(page, sent | {"min_volume": "9999999", "reason": "typo"})
    assert "Tier 3 begins at 1000000" in refused.content.decode()
    assert StaffAction.objects.count() == 1


@pytest.mark.parametrize("group", ["Auditor", "Market operations", "Support", None])
def test_others_look_at_most(owner: User, staff: User, group: str | None) -> None:
    exception = make_fee_exception(by=staff, user=owner, maker_ppm=1, taker_ppm=1, reason="a test")
    client = client_of(staff_member("somebody", group))
    may_look = group in {"Auditor", "Market operations"}
    assert client.get(LIST).status_code == (200 if may_look else 403)
    before = list(FeeException.objects.values_list())
    changes = AccountChange.objects.count()
    for page in (
        reverse("admin:matching_feeexception_make"),
        end_page(exception),
        reverse("admin:matching_feetier_change_terms", args=[2]),
    ):
        sent = fields(user="outsider", maker_ppm="0", taker_ppm="0", min_volume="150000")
        assert client.post(page, sent).status_code in {302, 403}
    assert list(FeeException.objects.values_list()) == before
    assert AccountChange.objects.count() == changes
    assert FeeTier.objects.get(tier=2).maker_ppm == 800
    assert not StaffAction.objects.exists()
