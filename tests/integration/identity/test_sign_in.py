"""/_allauth/browser/v1/auth/login and /auth/session"""

import pytest
from django.contrib.auth.hashers import make_password
from pytest_django import Settings

from accounts.models import AccountChange, AccountState, User
from accounts.services import change_account_state
from tests.integration.identity.browser import Browser, error_codes
from tests.support.api import SignedClient, error_code
from tests.support.cast import PASSWORD
from tests.support.private_redis import private_redis


@pytest.mark.parametrize("email", ["owner@example.com", "Owner@Example.COM"])
def test_by_address_and_out_again(owner: User, browser: Browser, email: str) -> None:
    assert browser.get("/auth/session").status_code == 401
    answer = browser.sign_in(email, PASSWORD)
    assert answer.status_code == 200
    assert answer.json()["data"]["user"]["email"] == "owner@example.com"
    assert browser.who() == "owner"
    assert browser.get("/auth/session").status_code == 200

    stolen = browser.django.cookies["sessionid"].value
    out = browser.send("DELETE", "/auth/session")
    assert (out.status_code, out.json()["meta"]["is_authenticated"]) == (401, False)
    assert browser.who() is None
    browser.django.cookies["sessionid"] = stolen
    assert browser.who() is None


def test_a_wrong_password_and_an_unknown_address_have_one_answer(owner: User, browser: Browser) -> None:
    for email in ("owner@example.com", "nobody@example.com"):
        answer = browser.sign_in(email, "not-the-password")
        assert answer.status_code == 400
        assert error_codes(answer) == [("password", "email_password_mismatch")]
    assert browser.who() is None


def test_a_name_is_no_address(owner: User, browser: Browser) -> None:
    assert browser.sign_in("owner", PASSWORD).status_code == 400
    by_name = browser.post("/auth/login", {"username": "owner", "password": PASSWORD})
    assert error_codes(by_name) == [("email", "required")]


def test_guessing_is_stopped_and_does_not_stop_others(owner: User, colleague: User, browser: Browser) -> None:
    for _ in range(5):
        assert browser.sign_in("owner@example.com", "guessed-password").status_code == 400
    stopped = browser.sign_in("owner@example.com", PASSWORD)
    assert error_codes(stopped) == [(None, "too_many_login_attempts")]
    assert browser.who() is None
    assert Browser(address="192.0.2.7").sign_in("colleague@example.com", PASSWORD).status_code == 200


def test_one_address_may_not_try_for_ever(browser: Browser) -> None:
    answers = [browser.post("/auth/login", {}) for _ in range(31)]
    assert answers[29].status_code == 400
    assert answers[30].status_code == 429
    assert answers[30].headers["Content-Type"] == "application/json"


def test_who_may_not_sign_in_is_told_what_strangers_are_told(owner: User, browser: Browser) -> None:
    User.objects.filter(pk=owner.pk).update(is_active=False)
    answer = browser.sign_in("owner@example.com", PASSWORD)
    assert error_codes(answer) == [("password", "email_password_mismatch")]
    assert browser.who() is None


def test_a_closed_account_can_still_be_read(owner: User, browser: Browser) -> None:
    change_account_state(user=owner, state=AccountState.CLOSED, by=None, reason="by request")
    assert browser.sign_in("owner@example.com", PASSWORD).status_code == 200
    assert browser.get("/api/v1/account").json()["state"] == "closed"
    refused = browser.post("/api/v1/api-keys", {"label": "robot", "scopes": ["read"]})
    assert (refused.status_code, error_code(refused)) == (403, "ACCOUNT_CLOSED")


def test_an_old_hash_is_made_anew_at_the_next_sign_in(owner: User, browser: Browser) -> None:
    User.objects.filter(pk=owner.pk).update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))
    assert browser.sign_in("owner@example.com", PASSWORD).status_code == 200
    owner.refresh_from_db()
    assert owner.password.startswith("argon2$")
    assert browser.who() == "owner"


def test_a_signature_and_a_session_do_not_mix(owner: User, colleague: User, owner_client: SignedClient) -> None:
    browser = Browser()
    browser.sign_in("colleague@example.com", PASSWORD)
    owner_client.django.cookies = browser.django.cookies
    assert owner_client.get("/api/v1/account").json()["username"] == "owner"
    assert owner_client.get("/api/v1/account", headers={"X-Bourse-Signature": "x"}).status_code == 401


def test_without_redis_nobody_signs_in_and_who_is_in_stays_in(settings: Settings, owner: User) -> None:
    with private_redis() as server:
        settings.CACHES = {**settings.CACHES, "default": {**settings.CACHES["default"], "LOCATION": server.url}}
        inside, outside = Browser(), Browser()
        assert inside.sign_in("owner@example.com", PASSWORD).status_code == 200
        changes = AccountChange.objects.count()
        server.kill()
        for answer in (
            outside.sign_in("owner@example.com", PASSWORD),
            outside.sign_up("newcomer"),
            outside.post("/auth/password/request", {"email": "owner@example.com"}),
        ):
            assert (answer.status_code, error_code(answer)) == (503, "SERVICE_UNAVAILABLE")
            assert answer.headers["Retry-After"] == "1"
        assert AccountChange.objects.count() == changes
        assert outside.who() is None
        assert inside.who() == "owner"
        assert inside.get("/auth/session").status_code == 200
