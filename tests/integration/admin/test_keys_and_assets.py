"""API keys are revoked and never made or shown; assets are added with a scale that stays."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AccountChange, ApiKey, StaffAction, User
from accounts.services import create_api_key
from ledger.models import Asset
from tests.integration.admin.conftest import client_of
from tests.support.staff_pages import save

WHY = "lost laptop"
CONFIRMED = {"reason": WHY, "_confirmed": "1"}
KEYS = "/admin/accounts/apikey/"


@pytest.fixture
def key(customer: User) -> ApiKey:
    return create_api_key(user=customer, label="robot", scopes=["read", "trade"]).api_key


def revoke_page(key: ApiKey) -> str:
    return reverse("admin:accounts_apikey_revoke", args=[key.pk])


def test_support_revokes_a_key_after_a_question(support: User, customer: User, key: ApiKey) -> None:
    client = client_of(support)
    assert client.get(revoke_page(key)).status_code == 200
    assert client.post(revoke_page(key), {"reason": "", "_confirmed": "1"}).status_code == 200
    assert ApiKey.objects.get().revoked_at is None
    assert client.post(revoke_page(key), CONFIRMED).status_code == 302
    assert ApiKey.objects.get().revoked_at is not None
    change = AccountChange.objects.filter(user=customer).latest("pk")
    assert (change.by, change.old, change.new, change.reason) == (support, str(key.pk), "", WHY)


def test_several_keys_are_revoked_together(support: User, customer: User, key: ApiKey) -> None:
    other = create_api_key(user=customer, label="second", scopes=["read"]).api_key
    kept = create_api_key(user=customer, label="third", scopes=["read"]).api_key
    fields = {"action": "revoke_selected", "_selected_action": [str(key.pk), str(other.pk)]}
    client = client_of(support)
    assert client.post(KEYS, fields).status_code == 200
    assert ApiKey.objects.filter(revoked_at=None).count() == 3
    assert client.post(KEYS, fields | CONFIRMED).status_code == 302
    assert [row.pk for row in ApiKey.objects.filter(revoked_at=None)] == [kept.pk]


def test_others_revoke_nothing(auditor: User, operator: User, customer: User, key: ApiKey) -> None:
    for user, expected in ((auditor, 403), (operator, 403), (customer, 302), (None, 302)):
        assert client_of(user).post(revoke_page(key), CONFIRMED).status_code == expected
        client_of(user).post(KEYS, {"action": "revoke_selected", "_selected_action": [str(key.pk)], **CONFIRMED})
    assert ApiKey.objects.get().revoked_at is None


def test_staff_make_no_keys(admin: Client) -> None:
    assert admin.get(f"{KEYS}add/").status_code == 403


# --- assets ----------------------------------------------------------------------------------------------------------


def asset_fields(**changes: Any) -> dict[str, Any]:
    fields = {"symbol": "NEW", "name": "New Coin", "scale": "8", "display_decimals": "4", "reason": "listing"}
    return {name: value for name, value in (fields | changes).items() if value is not None}


def test_an_asset_is_added(operator: User) -> None:
    response = client_of(operator).post(reverse("admin:ledger_asset_add"), asset_fields())
    assert response.status_code == 302
    asset = Asset.objects.get(symbol="NEW")
    assert (asset.name, asset.scale, asset.display_decimals, asset.is_enabled) == ("New Coin", 8, 4, True)
    action = StaffAction.objects.get()
    assert (action.by, action.subject, action.action, action.reason) == (operator, "NEW", "added", "listing")


@pytest.mark.parametrize(
    "changes",
    [
        {"symbol": "btc"},
        {"symbol": "BTC"},
        {"symbol": "A-B"},
        {"scale": "19"},
        {"scale": "-1"},
        {"display_decimals": "9"},
        {"reason": ""},
        {"reason": None},
    ],
)
def test_an_asset_that_cannot_be_is_not_added(operator: User, changes: dict[str, Any]) -> None:
    before = list(Asset.objects.values_list())
    client_of(operator).post(reverse("admin:ledger_asset_add"), asset_fields(**changes))
    assert list(Asset.objects.values_list()) == before
    assert not StaffAction.objects.exists()


def test_name_decimals_and_use_change_and_the_scale_never(operator: User) -> None:
    asset = Asset.objects.get(symbol="BTC")
    page = reverse("admin:ledger_asset_change", args=[asset.pk])
    fields = asset_fields(symbol="XXX", name="Bitcoin!", scale="2", display_decimals="5")
    assert save(client_of(operator), page, fields).status_code == 302
    changed = Asset.objects.get(pk=asset.pk)
    assert (changed.symbol, changed.scale) == ("BTC", asset.scale)
    assert (changed.name, changed.display_decimals, changed.is_enabled) == ("Bitcoin!", 5, False)
    action = StaffAction.objects.get()
    assert action.new == {"name": "Bitcoin!", "display_decimals": 5, "is_enabled": False}


def test_more_decimals_than_the_asset_has_are_refused(operator: User) -> None:
    asset = Asset.objects.get(symbol="BTC")
    page = reverse("admin:ledger_asset_change", args=[asset.pk])
    response = save(client_of(operator), page, asset_fields(display_decimals="13", is_enabled="on"), follow=True)
    assert "Not more than the asset has" in response.content.decode()
    assert Asset.objects.get(pk=asset.pk).display_decimals == asset.display_decimals
    assert not StaffAction.objects.exists()


def test_others_do_not_touch_assets(auditor: User) -> None:
    client, asset = client_of(auditor), Asset.objects.get(symbol="BTC")
    page = reverse("admin:ledger_asset_change", args=[asset.pk])
    assert client.get(page).status_code == 200
    assert save(client, page, asset_fields(name="x")).status_code == 403
    assert client.post(reverse("admin:ledger_asset_add"), asset_fields()).status_code == 403
    assert Asset.objects.get(pk=asset.pk).name == asset.name
