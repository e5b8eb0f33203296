"""Writes to users and keys: each leaves its trace, and what is refused leaves none."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.db.utils import ProgrammingError
from pytest_django import Settings

from accounts.errors import (
    AccountDataInvalid,
    AccountExists,
    AddressRangeInvalid,
    ApiKeyLimitReached,
    ApiKeyNotFound,
    ReasonMissing,
    ScopeUnknown,
)
from accounts.models import AccountChange, AccountState, ApiKey, KycStatus, User
from accounts.selectors import list_account_changes, list_api_keys, list_house_users
from accounts.services import (
    change_account_state,
    change_fee_tier,
    change_house_mark,
    change_kyc_status,
    create_api_key,
    register_user,
    revoke_api_key,
)
from kernel.errors import BourseError
from storage.models import RowIsAppendOnly
from tests.support.exchange import Exchange

PASSWORD = "correct horse battery staple"


@pytest.mark.django_db
def test_a_registered_user_can_sign_in_by_email_in_any_case() -> None:
    user = register_user(email="New.User@Example.com", username="new-user", password=PASSWORD)
    assert user.email == "new.user@example.com"
    assert User.objects.get_by_natural_key("NEW.USER@example.com") == user
    assert user.check_password(PASSWORD)
    assert (user.kyc_status, user.fee_tier, user.state) == ("pending", 1, "active")
    assert AccountChange.objects.get(user=user).new == "registered"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"email": "OWNER@example.com"}, AccountExists),
        ({"username": "OWNER"}, AccountExists),
        ({"email": "no address"}, AccountDataInvalid),
        ({"username": "two words"}, AccountDataInvalid),
        ({"username": ""}, AccountDataInvalid),
        ({"fee_tier": 6}, AccountDataInvalid),
        ({"password": "short"}, AccountDataInvalid),
        ({"password": "1234567890123"}, AccountDataInvalid),
        ({"password": "brand-new-user"}, AccountDataInvalid),
    ],
)
def test_refused_registrations_make_nobody(
    nothing_changed: Callable[[], bool], fields: dict[str, object], error: type[BourseError]
) -> None:
    values: dict[str, object] = {"email": "new@example.com", "username": "brand-new-user", "password": PASSWORD}
    with pytest.raises(error):
        register_user(**(values | fields))  # type: ignore[arg-type]
    assert nothing_changed()


def test_each_change_of_an_account_is_written_down(owner: User, staff: User) -> None:
    change_account_state(user=owner, state=AccountState.TRADE_FROZEN, by=staff, reason="asked by phone")
    change_kyc_status(user=owner, kyc_status=KycStatus.REJECTED, by=staff, reason="passport ran out")
    change_fee_tier(user=owner, fee_tier=3, by=None, reason="volume of last month")
    change_house_mark(user=owner, is_house=True, by=staff, reason="makes the market")
    owner.refresh_from_db()
    assert (owner.state, owner.kyc_status, owner.fee_tier) == ("trade_frozen", "rejected", 3)
    assert list(list_house_users()) == [owner]
    rows = [(row.field, row.old, row.new, row.by, row.reason) for row in list_account_changes(user=owner)]
    assert rows == [
        ("is_house", "False", "True", staff, "makes the market"),
        ("fee_tier", "1", "3", None, "volume of last month"),
        ("kyc_status", "approved", "rejected", staff, "passport ran out"),
        ("state", "active", "trade_frozen", staff, "asked by phone"),
    ]


def test_a_change_to_the_same_value_is_no_change(owner: User, staff: User, nothing_changed: Callable[[], bool]) -> None:
    change_account_state(user=owner, state=AccountState.ACTIVE, by=staff, reason="again")
    assert nothing_changed()


def test_refused_changes_change_nothing(owner: User, staff: User, nothing_changed: Callable[[], bool]) -> None:
    with pytest.raises(ReasonMissing):
        change_account_state(user=owner, state=AccountState.CLOSED, by=staff, reason="  ")
    with pytest.raises(AccountDataInvalid):
        change_fee_tier(user=owner, fee_tier=0, by=staff, reason="typo")
    with pytest.raises(ReasonMissing):
        change_house_mark(user=owner, is_house=True, by=staff, reason="")
    assert nothing_changed()


def test_history_cannot_be_rewritten(owner: User, staff: User) -> None:
    change_fee_tier(user=owner, fee_tier=2, by=staff, reason="volume")
    row = AccountChange.objects.filter(user=owner).first()
    assert row is not None
    with pytest.raises(RowIsAppendOnly):
        row.save()
    with pytest.raises(RowIsAppendOnly):
        row.delete()
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute("UPDATE accounts_accountchange SET new = '5'")


def test_a_secret_is_readable_once_and_ciphertext_at_rest(owner: User) -> None:
    made = create_api_key(
        user=owner, label=" robot ", scopes=["trade", "read"], ip_ranges=["203.0.113.7", "2001:db8::/32"]
    )
    key = made.api_key
    assert (key.label, key.scopes, key.ip_ranges) == ("robot", ["read", "trade"], ["203.0.113.7/32", "2001:db8::/32"])
    assert len(made.secret) >= 43
    assert made.secret not in repr(made)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret, row(k.*)::text FROM accounts_apikey k WHERE id = %s", [key.pk])
        stored, whole_row = cursor.fetchone()
    assert made.secret.encode() not in bytes(stored)
    assert made.secret not in whole_row
    assert ApiKey.objects.get(pk=key.pk).secret == made.secret
    assert "secret" in list_api_keys(user=owner)[0].get_deferred_fields()
    trace = list_account_changes(user=owner)[0]
    assert (trace.field, trace.by) == ("api_key", owner)
    assert made.secret not in trace.new


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"scopes": []}, ScopeUnknown),
        ({"scopes": ["read", "admin"]}, ScopeUnknown),
        ({"ip_ranges": ["203.0.113.7/24"]}, AddressRangeInvalid),
        ({"ip_ranges": ["anywhere"]}, AddressRangeInvalid),
        ({"ip_ranges": ["203.0.113.7"] * 21}, AddressRangeInvalid),
        ({"label": "  "}, AccountDataInvalid),
        ({"label": "x" * 61}, AccountDataInvalid),
    ],
)
def test_refused_keys_are_not_made(
    owner: User, nothing_changed: Callable[[], bool], fields: dict[str, object], error: type[BourseError]
) -> None:
    values: dict[str, object] = {"label": "robot", "scopes": ["read"]}
    with pytest.raises(error):
        create_api_key(user=owner, **(values | fields))  # type: ignore[arg-type]
    assert nothing_changed()


def test_revoking_is_for_good_and_only_for_the_owner(owner: User, outsider: User) -> None:
    key = create_api_key(user=owner, label="robot", scopes=["read"]).api_key
    for user, key_id in ((outsider, key.pk), (owner, uuid4())):
        with pytest.raises(ApiKeyNotFound):
            revoke_api_key(user=user, api_key_id=key_id)
    key.refresh_from_db()
    assert key.revoked_at is None
    revoked_at = revoke_api_key(user=owner, api_key_id=key.pk).revoked_at
    assert revoked_at is not None
    assert revoke_api_key(user=owner, api_key_id=key.pk).revoked_at == revoked_at
    assert list_account_changes(user=owner).filter(field="api_key").count() == 2


def test_revoked_keys_do_not_count_against_the_limit(owner: User, settings: Settings) -> None:
    settings.MAX_API_KEYS_PER_USER = 1
    first = create_api_key(user=owner, label="one", scopes=["read"]).api_key
    with pytest.raises(ApiKeyLimitReached):
        create_api_key(user=owner, label="two", scopes=["read"])
    revoke_api_key(user=owner, api_key_id=first.pk)
    create_api_key(user=owner, label="two", scopes=["read"])


def test_simultaneous_requests_do_not_get_past_the_limit(exchange: Exchange, settings: Settings) -> None:
    settings.MAX_API_KEYS_PER_USER = 3
    owner = exchange.user("owner")

    def make(number: int) -> bool:
        try:
            create_api_key(user=owner, label=f"robot {number}", scopes=["read"])
            return True
        except ApiKeyLimitReached:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(make, range(12))) == 3
    assert ApiKey.objects.filter(user=owner).count() == 3
