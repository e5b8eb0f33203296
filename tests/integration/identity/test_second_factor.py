"""The second factor on the page: activating, signing in with it, new recovery codes, deactivating."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache

from accounts.models import AccountChange, SecondFactorAttempt, User
from accounts.second_factor.attempts import MAX_WRONG
from accounts.second_factor.selectors import has_second_factor
from tests.integration.identity.browser import Browser
from tests.support.api import error_code
from tests.support.cast import PASSWORD
from tests.support.second_factor import App, activate_app, confirm_address

TOTP = "/account/authenticators/totp"
RECOVERY = "/account/authenticators/recovery-codes"


@pytest.fixture
def inside(owner: User, browser: Browser) -> Browser:
    """The owner, signed in, the address confirmed."""
    confirm_address(owner)
    assert browser.sign_in("owner@example.com", PASSWORD).status_code == 200
    return browser


def confirm_password(browser: Browser) -> None:
    assert browser.post("/auth/reauthenticate", {"password": PASSWORD}).status_code == 200


def begin(browser: Browser) -> App:
    confirm_password(browser)
    answer = browser.send("PUT", TOTP)
    assert answer.status_code == 200
    return App(answer.json()["data"]["secret"])


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, error_code(answer)


# --- activating --------------------------------------------------------------------------------------------------


def test_from_the_password_to_the_recovery_codes(owner: User, inside: Browser) -> None:
    assert inside.get(TOTP).json()["data"] == {
        "active_since": None,
        "recovery_codes_left": 0,
        "withdrawals_held_until": None,
    }
    confirm_password(inside)
    shown = inside.send("PUT", TOTP)
    data = shown.json()["data"]
    assert shown.headers["Cache-Control"] == "no-store"
    assert data["url"].startswith("otpauth://totp/owner%40example.com?secret=" + data["secret"])
    assert "issuer=Bourse" in data["url"]
    assert data["svg"].startswith("<?xml")
    assert "<svg" in data["svg"]
    assert not has_second_factor(user=owner)

    app = App(data["secret"])
    assert refusal(inside.post(TOTP, {"code": app.wrong_code()})) == (403, "SECOND_FACTOR_INVALID")
    activated = inside.post(TOTP, {"code": app.code()})
    assert activated.status_code == 200
    assert activated.headers["Cache-Control"] == "no-store"
    codes = activated.json()["data"]["recovery_codes"]
    assert len(set(codes)) == 10
    after = inside.get(TOTP)
    assert after.json()["data"]["active_since"]
    assert after.json()["data"]["recovery_codes_left"] == 10
    assert after.json()["data"]["withdrawals_held_until"] is None
    assert not any(code in after.content.decode() for code in codes)
    assert refusal(inside.post(TOTP, {"code": app.code()})) == (409, "ACTIVATION_NOT_STARTED")
    assert refusal(inside.send("PUT", TOTP)) == (409, "SECOND_FACTOR_ACTIVE")


def test_a_session_alone_does_not_activate(owner: User, inside: Browser) -> None:
    """Whoever finds an open browser does not know the password."""
    assert inside.send("PUT", TOTP).status_code == 401
    assert inside.post("/auth/reauthenticate", {"password": "guessed"}).status_code == 400
    assert inside.send("PUT", TOTP).status_code == 401
    assert refusal(inside.post(TOTP, {"code": "123456"})) == (409, "ACTIVATION_NOT_STARTED")
    assert not has_second_factor(user=owner)


def test_an_address_that_is_not_confirmed_activates_nothing(owner: User, browser: Browser) -> None:
    browser.sign_in("owner@example.com", PASSWORD)
    confirm_password(browser)
    assert refusal(browser.send("PUT", TOTP)) == (422, "EMAIL_NOT_CONFIRMED")


def test_the_secret_that_waits_is_not_readable_and_does_not_wait_for_ever(
    owner: User, inside: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = begin(inside)
    (session,) = Session.objects.all()
    assert app.secret not in str(session.get_decoded())
    later = time.time() + 16 * 60
    monkeypatch.setattr("accounts.identity.second_factor.time.time", lambda: later)
    assert refusal(inside.post(TOTP, {"code": app.code()})) == (409, "ACTIVATION_NOT_STARTED")
    assert not has_second_factor(user=owner)


@pytest.mark.parametrize(("method", "path"), [("GET", TOTP), ("PUT", TOTP), ("POST", TOTP), ("DELETE", TOTP)])
def test_only_who_is_signed_in(browser: Browser, nothing_changed: Callable[[], bool], method: str, path: str) -> None:
    payload = {"code": "123456"} if method in ("POST", "DELETE") else None
    assert browser.send(method, path, payload).status_code == 401
    assert browser.post(RECOVERY, {"code": "123456"}).status_code == 401
    assert nothing_changed()


# --- signing in --------------------------------------------------------------------------------------------------


def test_the_password_alone_no_longer_signs_in(owner: User, browser: Browser) -> None:
    app = activate_app(owner)
    answer = browser.sign_in("owner@example.com", PASSWORD)
    assert answer.status_code == 401
    (pending,) = [flow for flow in answer.json()["data"]["flows"] if flow.get("is_pending")]
    assert pending["id"] == "mfa_authenticate"
    assert browser.who() is None
    assert browser.get(TOTP).status_code == 401

    assert refusal(browser.post("/auth/2fa/authenticate", {"code": app.wrong_code()})) == (
        403,
        "SECOND_FACTOR_INVALID",
    )
    assert browser.who() is None
    assert browser.post("/auth/2fa/authenticate", {"code": app.code()}).status_code == 200
    assert browser.who() == "owner"


def test_a_code_that_signed_in_here_does_not_there(owner: User) -> None:
    app = activate_app(owner)
    code = app.code()
    here, there = Browser(), Browser(address="192.0.2.7")
    for browser in (here, there):
        browser.sign_in("owner@example.com", PASSWORD)
    assert here.post("/auth/2fa/authenticate", {"code": code}).status_code == 200
    # Not by another store than the one the code was noted in.
    cache.clear()
    assert refusal(there.post("/auth/2fa/authenticate", {"code": code})) == (403, "SECOND_FACTOR_INVALID")
    assert there.who() is None
    assert there.post("/auth/2fa/authenticate", {"code": app.recovery_codes[3]}).status_code == 200
    assert there.who() == "owner"


def test_a_code_without_a_password_before_it_is_nothing(owner: User, browser: Browser) -> None:
    app = activate_app(owner)
    code = app.code()
    assert browser.post("/auth/2fa/authenticate", {"code": code}).status_code == 401
    assert browser.who() is None
    assert SecondFactorAttempt.objects.filter(user=owner).count() == 1


def test_guessing_is_stopped_in_whatever_browser(owner: User) -> None:
    app = activate_app(owner)
    for number in range(MAX_WRONG):
        browser = Browser(address=f"192.0.2.{number}")
        browser.sign_in("owner@example.com", PASSWORD)
        assert browser.post("/auth/2fa/authenticate", {"code": app.wrong_code(number)}).status_code == 403
    browser = Browser()
    browser.sign_in("owner@example.com", PASSWORD)
    locked = browser.post("/auth/2fa/authenticate", {"code": app.code()})
    assert refusal(locked) == (429, "SECOND_FACTOR_LOCKED")
    assert 0 < int(locked.headers["Retry-After"]) <= 900
    assert browser.who() is None


def test_a_new_password_by_mail_does_not_go_around_it(
    owner: User, browser: Browser, last_mail: Callable[[], str]
) -> None:
    activate_app(owner)
    browser.post("/auth/password/request", {"email": "owner@example.com"})
    found = re.search(r"reset-password/(\S+)", last_mail())
    assert found is not None
    new = "nine-silent-harbours"
    assert browser.post("/auth/password/reset", {"key": found.group(1), "password": new}).status_code == 401
    assert browser.who() is None
    assert browser.sign_in("owner@example.com", new).status_code == 401
    assert browser.who() is None


# --- changing it -------------------------------------------------------------------------------------------------


def test_deactivation_and_new_recovery_codes_need_a_code(owner: User, inside: Browser) -> None:
    app = begin(inside)
    inside.post(TOTP, {"code": app.code()})
    changes = AccountChange.objects.count()
    for answer in (
        inside.post(RECOVERY, {"code": app.wrong_code()}),
        inside.send("DELETE", TOTP, {"code": app.wrong_code()}),
    ):
        assert refusal(answer) == (403, "SECOND_FACTOR_INVALID")
    assert inside.send("DELETE", TOTP, {}).status_code == 400
    assert (has_second_factor(user=owner), AccountChange.objects.count()) == (True, changes)

    renewed = inside.post(RECOVERY, {"code": app.code()}).json()["data"]["recovery_codes"]
    assert inside.get(TOTP).json()["data"]["withdrawals_held_until"]
    assert inside.send("DELETE", TOTP, {"code": renewed[0]}).status_code == 200
    assert not has_second_factor(user=owner)
    fresh = Browser()
    assert fresh.sign_in("owner@example.com", PASSWORD).status_code == 200
    assert fresh.who() == "owner"


def test_the_app_is_of_who_is_signed_in(owner: User, outsider: User, inside: Browser) -> None:
    theirs = activate_app(outsider)
    app = begin(inside)
    inside.post(TOTP, {"code": app.code()})
    assert refusal(inside.send("DELETE", TOTP, {"code": theirs.code()})) == (403, "SECOND_FACTOR_INVALID")
    assert has_second_factor(user=outsider)
    assert has_second_factor(user=owner)


def test_a_secret_of_one_user_activates_nothing_for_another(owner: User, outsider: User, inside: Browser) -> None:
    """Even where somebody signs in as another person in the same browser while a secret waits."""
    app = begin(inside)
    inside.send("DELETE", "/auth/session")
    confirm_address(outsider)
    inside.sign_in("outsider@example.com", PASSWORD)
    assert refusal(inside.post(TOTP, {"code": app.code()})) == (409, "ACTIVATION_NOT_STARTED")
    assert not has_second_factor(user=outsider)


@pytest.mark.parametrize("path", ["/account/authenticators", "/account/authenticators/webauthn", "/auth/2fa/trust"])
def test_what_is_not_offered(inside: Browser, path: str) -> None:
    assert inside.get(path).status_code == 404
    assert inside.get(RECOVERY).status_code == 405


def test_a_code_confirms_again_in_place_of_the_password(owner: User, inside: Browser) -> None:
    app = begin(inside)
    inside.post(TOTP, {"code": app.code()})
    assert refusal(inside.post("/auth/2fa/reauthenticate", {"code": app.wrong_code()})) == (
        403,
        "SECOND_FACTOR_INVALID",
    )
    assert inside.post("/auth/2fa/reauthenticate", {"code": app.code()}).status_code == 200
