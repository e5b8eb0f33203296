"""Nothing that opens a door is in any line of any log, whatever level is on."""

import re

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.integration.identity.browser import Browser
from tests.integration.observability.conftest import Log, TradingFloor
from tests.support.api import SignedClient
from tests.support.cast import PASSWORD


def assert_silent(log: Log, *secrets: str) -> None:
    assert log.text
    for line in log.text:
        for secret in secrets:
            assert secret not in line, line


def test_a_signed_order(floor: TradingFloor, log: Log) -> None:
    client = floor.owner
    assert client.key is not None
    headers = client.headers("POST", "/api/v1/orders", b"{}")
    client.send("POST", "/api/v1/orders", raw=b"{}", headers=headers)
    assert floor.limit(client, "BUY", "60000.00", "0.1").status_code == 201
    wrong = headers | {"X-Bourse-Signature": "f" * 64}
    assert client.send("POST", "/api/v1/orders", raw=b"{}", headers=wrong).status_code == 401
    floor.stop()
    assert_silent(log, client.key.secret, client.key.api_key.key, headers["X-Bourse-Signature"], "f" * 64)


def test_signing_in(owner: User, log: Log) -> None:
    browser = Browser()
    assert browser.sign_in(owner.email, PASSWORD).status_code == 200
    session = browser.django.cookies["sessionid"].value
    token = browser.django.cookies["csrftoken"].value
    assert browser.who() == "owner"
    assert_silent(log, PASSWORD, session, token)


def test_failing_to_sign_in(owner: User, log: Log) -> None:
    assert Browser().sign_in(owner.email, "a-wrong-guess-of-mine").status_code == 400
    assert Client().post("/admin/login/", {"username": owner.email, "password": "a-wrong-guess-of-mine"})
    assert_silent(log, "a-wrong-guess-of-mine")


def test_an_unforeseen_error(owner_client: SignedClient, log: Log, settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.integration.api_foundation.probe_urls"
    assert owner_client.key is not None
    answer = owner_client.get("/api/v1/failures/unexpected?password=in-the-query")
    failed = [line for line in log.text if '"exception"' in line]
    assert answer.status_code in (404, 500)
    assert_silent(log, owner_client.key.secret, owner_client.key.api_key.key, "in-the-query")
    if answer.status_code == 500:
        assert failed


@pytest.mark.parametrize(
    "path",
    ["/account/reset-password/3-c9xyz1-f0d8a2b3c4d5e6f7a8b9", "/account/verify-email/MQ:1tabcd:Ab3dEf6hIj9kLm"],
)
@pytest.mark.usefixtures("db")
def test_links_of_mails(path: str, log: Log) -> None:
    Client().get(f"{path}?next=secret-query")
    assert_silent(log, path.rpartition("/")[2], "secret-query")
    assert all(re.search(r"/account/[a-z-]+/\[redacted\]", str(line["path"])) for line in log.lines("access"))
