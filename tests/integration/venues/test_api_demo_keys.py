"""Keys of the sandbox are offered in the demo, and nowhere else."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from accounts.credentials import forget_credentials
from tests.integration.venues.api import EXCHANGES, ApiClient, told, warm_up
from wallet.venues.sandbox.demo import demo_credentials


@pytest.fixture(autouse=True)
def clean(db: None) -> Iterator[None]:
    warm_up()
    yield
    forget_credentials()


def offered(exchange: str = "binance") -> object:
    return told(ApiClient("owner", "read").get(f"{EXCHANGES}/{exchange}/info"))["metadata"].get("demo_credentials")


def test_keys_to_try_are_those_of_the_demo(settings: Settings) -> None:
    settings.DEMO, settings.VENUE_SANDBOX_URL = True, "http://127.0.0.1:1"
    key = demo_credentials("binance")
    assert key is not None
    assert offered() == {"api_key": key.api_key, "api_secret": key.api_secret, "passphrase": key.passphrase}


@pytest.mark.parametrize(("is_demo", "url"), [(False, "http://127.0.0.1:1"), (True, "")])
def test_nobody_else_is_offered_any(settings: Settings, is_demo: bool, url: str) -> None:
    settings.DEMO, settings.VENUE_SANDBOX_URL = is_demo, url
    assert offered() is None
