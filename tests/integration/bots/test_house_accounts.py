"""The demo's house: marked accounts with money, and a file of keys that fits them, however often it is loaded."""

from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.models import AccountChange, ApiKey, User
from exchange.bots.house import FILE_NAME, HOUSE, HOUSE_MONEY, HouseFile
from exchange.demo import load_demo, load_house
from ledger.models import Balance
from ledger.verification import verify_ledger
from tests.support.exchange import Exchange


@pytest.fixture
def file(demo: Exchange, settings: Settings, tmp_path: Path) -> Path:
    settings.BOURSE_HOME = tmp_path
    load_demo()
    return tmp_path / FILE_NAME


def valid_keys() -> set[str]:
    return set(ApiKey.objects.filter(revoked_at=None).values_list("key", flat=True))


def test_house_accounts_are_marked_and_funded_once(file: Path) -> None:
    load_demo()
    users = User.objects.filter(is_house=True)
    assert {user.username for user in users} == set(HOUSE)
    for user in users:
        assert not user.has_usable_password()
        assert not user.is_staff
        assert AccountChange.objects.filter(user=user, field="is_house", new="True").count() == 1
        held = Balance.objects.filter(account__user=user).values_list("asset__symbol", "available")
        assert dict(held) == {asset: Decimal(amount) for asset, amount in HOUSE_MONEY.items()}
    assert verify_ledger().findings == []


def test_the_keys_in_the_file_are_the_keys_that_work(file: Path) -> None:
    first = HouseFile.read(file)
    assert {key.key for key in first.keys} == valid_keys()
    for key in first.keys:
        api_key = ApiKey.objects.get(key=key.key)
        assert (api_key.secret, api_key.scopes, api_key.user.username) == (key.secret, ["read", "trade"], key.username)
    load_house(file=file)
    assert HouseFile.read(file) == first


@pytest.mark.parametrize("content", [None, "", "{}", '{"keys": [1]}'])
def test_a_lost_file_is_made_anew_and_its_keys_end(file: Path, content: str | None) -> None:
    before = valid_keys()
    if content is None:
        file.unlink()
    else:
        file.write_text(content)
    load_house(file=file)
    after = {key.key for key in HouseFile.read(file).keys}
    assert after == valid_keys()
    assert not after & before
    assert file.stat().st_mode & 0o777 == 0o600
