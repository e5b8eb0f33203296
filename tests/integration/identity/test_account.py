"""GET /api/v1/account"""

from accounts.models import User
from tests.integration.identity.browser import Browser
from tests.support.api import SignedClient, error_code, make_key
from tests.support.cast import PASSWORD

URL = "/api/v1/account"


def test_who_i_am(owner: User, owner_client: SignedClient, browser: Browser) -> None:
    signed = owner_client.get(URL)
    assert signed.status_code == 200
    assert signed.json()["joined_at"].endswith("Z")
    assert signed.json() | {"joined_at": ""} == {
        "joined_at": "",
        "username": "owner",
        "email": "owner@example.com",
        "email_verified": False,
        "state": "active",
        "kyc_status": owner.kyc_status,
        "fee_tier": owner.fee_tier,
        "is_house": False,
        "is_staff": False,
    }
    browser.sign_in("owner@example.com", PASSWORD)
    assert browser.get(URL).json() == signed.json()


def test_staff_knows_that_it_is_staff(staff: User) -> None:
    assert SignedClient(make_key(staff)).get(URL).json()["is_staff"] is True


def test_refused(owner: User, browser: Browser) -> None:
    anonymous = browser.get(URL)
    assert (anonymous.status_code, error_code(anonymous)) == (401, "AUTHENTICATION_REQUIRED")
    no_reader = SignedClient(make_key(owner, scopes=("trade",))).get(URL)
    assert (no_reader.status_code, error_code(no_reader)) == (403, "SCOPE_MISSING")


def test_there_are_no_telephones(owner: User, browser: Browser) -> None:
    browser.sign_in("owner@example.com", PASSWORD)
    answer = browser.get("/account/phone")
    assert (answer.status_code, error_code(answer)) == (404, "NOT_FOUND")
