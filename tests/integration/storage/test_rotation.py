"""Encrypting all secrets anew: resumable, beside users who change theirs, and without losing any."""

import itertools
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from accounts.models import ApiKey, User
from accounts.second_factor.adapter import STORED, seal, unseal
from storage.encryption import SecretUnreadable
from storage.rotation import column_name, count_left, encrypted_columns, rotate_columns
from tests.support.told_venue import an_exchange
from wallet.models import Rail, RailCredential
from wallet.venues.core.fetched import Credentials
from wallet.venues.models import ExchangeAccount
from wallet.venues.origin import Origin
from wallet.venues.services.accounts import connect_account

pytestmark = pytest.mark.django_db

OLD, NEW = ("old", b"o" * 32), ("new", b"n" * 32)


@pytest.fixture
def filled(settings: Settings) -> User:
    """Secrets of every kind under the old key; those of the cast are gone, as they are under a third one."""
    ApiKey.objects.all().delete()
    RailCredential.objects.all().delete()
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    owner = User.objects.get(username="owner")
    an_exchange()
    for number in range(7):
        connect_account(
            user=owner,
            origin=Origin(owner),
            exchange_id="toldex",
            name=f"{number}",
            credentials=Credentials(f"key-{number}", f"secret-{number}"),
        )
    rail = Rail.objects.create(code="told", name="Told", kind="custody")
    RailCredential.objects.create(rail=rail, api_key="rail-key", api_secret="rail-secret", passphrase="")
    ApiKey.objects.create(user=owner, label="mine", key="mine", secret="api-secret", scopes=["read"])
    Authenticator.objects.create(user=owner, type="totp", data={"secret": seal("totp-secret", STORED)})
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    return owner


def left() -> dict[str, int]:
    return {column_name(*column): count_left(*column) for column in encrypted_columns()}


def assert_all_are_readable() -> None:
    accounts = ExchangeAccount.objects.order_by("name")
    assert [(row.api_key, row.api_secret, row.passphrase) for row in accounts] == [
        (f"key-{number}", f"secret-{number}", "") for number in range(7)
    ]
    assert RailCredential.objects.get().api_secret == "rail-secret"
    assert ApiKey.objects.get().secret == "api-secret"
    assert unseal(Authenticator.objects.get().data["secret"], STORED) == "totp-secret"


def test_every_encrypted_column_of_the_project_is_found() -> None:
    assert {column_name(*column) for column in encrypted_columns()} == {
        "accounts.ApiKey.secret",
        "venues.ExchangeAccount.api_key",
        "venues.ExchangeAccount.api_secret",
        "venues.ExchangeAccount.passphrase",
        "wallet.RailCredential.api_key",
        "wallet.RailCredential.api_secret",
        "wallet.RailCredential.passphrase",
    }


def test_everything_is_under_the_new_key_afterwards(filled: User, settings: Settings) -> None:
    assert left()["venues.ExchangeAccount.api_key"] == 7
    told = StringIO()
    call_command("rotate_credentials", "--batch-size", "3", stdout=told)
    lines = told.getvalue().splitlines()
    assert "venues.ExchangeAccount.api_key: 3 done, 4 left" in lines
    assert "venues.ExchangeAccount.api_key: 7 done, 0 left" in lines
    assert lines[-1] == "All secrets are under the key new; 26 were encrypted anew."
    assert not any(secret in told.getvalue() for secret in ("secret-1", "key-1", "api-secret", "totp-secret"))
    assert set(left().values()) == {0}
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert_all_are_readable()
    again = StringIO()
    call_command("rotate_credentials", stdout=again)
    assert again.getvalue().splitlines()[-1].endswith("; 0 were encrypted anew.")


def test_an_interrupted_rotation_goes_on(filled: User, settings: Settings) -> None:
    list(itertools.islice(rotate_columns(batch_size=2), 3))
    before = left()
    assert 0 < sum(before.values()) < 25
    assert_all_are_readable()
    call_command("rotate_credentials", "--batch-size", "2", stdout=StringIO())
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert_all_are_readable()


def test_a_secret_that_changes_meanwhile_is_not_overwritten(filled: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from storage import rotation

    changed = ExchangeAccount.objects.get(name="3")
    anew = rotation._anew

    def change_and_encrypt(stored: bytes, associated_data: bytes) -> bytes:
        changed.api_key = "changed meanwhile"  # type: ignore[assignment]
        changed.save(update_fields=["api_key"])
        return anew(stored, associated_data)

    monkeypatch.setattr(rotation, "_anew", change_and_encrypt)
    list(rotate_columns(batch_size=100))
    changed.refresh_from_db()
    assert changed.api_key == "changed meanwhile"
    assert left()["venues.ExchangeAccount.api_key"] == 0


def test_what_is_under_no_known_key_is_told_and_left(filled: User, settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [("lost", b"l" * 32)]
    lost = ExchangeAccount.objects.defer("api_key", "api_secret", "passphrase").get(name="3")
    lost.api_key = "lost"  # type: ignore[assignment]
    lost.save(update_fields=["api_key"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT api_key FROM venues_exchangeaccount WHERE id = %s", [lost.pk])
        before = bytes(cursor.fetchone()[0])
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    told = StringIO()
    with pytest.raises(CommandError, match="1 secrets are under no key"):
        call_command("rotate_credentials", "--batch-size", "1", stdout=told)
    with connection.cursor() as cursor:
        cursor.execute("SELECT api_key FROM venues_exchangeaccount WHERE id = %s", [lost.pk])
        assert bytes(cursor.fetchone()[0]) == before
    assert left()["venues.ExchangeAccount.api_key"] == 1
    assert left()["accounts.ApiKey.secret"] == 0


def test_counting_changes_nothing(filled: User) -> None:
    told = StringIO()
    call_command("rotate_credentials", "--check", stdout=told)
    assert "venues.ExchangeAccount.api_secret: 7 under another key" in told.getvalue()
    assert left()["venues.ExchangeAccount.api_key"] == 7


def test_a_column_of_another_does_not_decrypt(filled: User) -> None:
    account = ExchangeAccount.objects.defer("api_key", "api_secret", "passphrase").first()
    assert account is not None
    with connection.cursor() as cursor:
        cursor.execute("UPDATE venues_exchangeaccount SET api_secret = api_key WHERE id = %s", [account.pk])
    with pytest.raises(SecretUnreadable):
        ExchangeAccount.objects.get(pk=account.pk)
