"""POST /_allauth/browser/v1/auth/signup"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from pytest_django import Settings

from accounts.errors import AccountExists
from accounts.models import AccountChange, KycStatus, User
from exchange.demo import DEMO_MONEY
from exchange.identity.welcome import welcome
from ledger.models import Account, Balance, JournalEntry
from tests.integration.identity.browser import PASSWORD, Browser, error_codes
from tests.support.api import error_code


def test_who_signs_up_is_signed_in_and_can_hold_money(browser: Browser) -> None:
    answer = browser.sign_up("Newcomer")
    assert answer.status_code == 200
    assert answer.json()["meta"]["is_authenticated"] is True
    assert answer.json()["data"]["user"] == {
        "username": "Newcomer",
        "display": "Newcomer",
        "email": "newcomer@example.com",
        "has_usable_password": True,
    }
    user = User.objects.get(username="Newcomer")
    assert (user.kyc_status, user.fee_tier, user.is_staff, user.is_house) == (KycStatus.PENDING, 1, False, False)
    assert user.password.startswith("argon2$argon2id$")
    assert Account.objects.filter(user=user).count() == 1
    change = AccountChange.objects.get(user=user)
    assert (change.field, change.new) == ("user", "registered")
    assert browser.who() == "Newcomer"
    assert browser.get("/api/v1/balances").json() == {"items": []}


def test_the_books_start_empty_outside_a_demo(browser: Browser) -> None:
    browser.sign_up("newcomer")
    assert not Balance.objects.filter(account__user__username="newcomer").exists()


@pytest.mark.usefixtures("db")
def test_in_a_demo_one_finds_money(settings: Settings) -> None:
    settings.DEMO = True
    browser = Browser()
    browser.sign_up("newcomer")
    balances = {row["asset"]: Decimal(row["available"]) for row in browser.get("/api/v1/balances").json()["items"]}
    listed = {asset: Decimal(amount) for asset, amount in DEMO_MONEY.items() if asset in balances}
    assert balances == listed
    assert {"BTC", "USDT"} <= balances.keys()

    entries = JournalEntry.objects.count()
    again = Browser()
    assert again.sign_in("newcomer@example.com").status_code == 200
    welcome(User.objects.get(username="newcomer"))
    assert JournalEntry.objects.count() == entries


def test_a_demo_gives_nothing_to_staff_and_house(settings: Settings, staff: User, browser: Browser) -> None:
    browser.sign_up("newcomer")
    settings.DEMO = True
    newcomer = User.objects.get(username="newcomer")
    newcomer.is_house = True
    entries = JournalEntry.objects.count()
    welcome(staff)
    welcome(newcomer)
    assert JournalEntry.objects.count() == entries


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"email": "OWNER@example.com"}, [("email", "email_taken")]),
        ({"username": "OWNER"}, [("username", "username_taken")]),
        ({"username": "ab"}, [("username", "min_length")]),
        ({"username": "x" * 41}, [("username", "max_length")]),
        ({"username": "house-maker"}, [("username", "username_blacklisted")]),
        ({"username": "Support"}, [("username", "username_blacklisted")]),
        ({"username": "with space"}, [("username", "invalid")]),
        ({"email": "nobody"}, [("email", "invalid")]),
        ({"email": ""}, [("email", "required")]),
        ({"password": "short"}, [("password", "password_too_short")]),
        (
            {"password": "1234567890123"},
            [("password", "password_too_common"), ("password", "password_entirely_numeric")],
        ),
    ],
)
def test_refusals_name_the_field_and_change_nothing(
    owner: User,
    browser: Browser,
    nothing_changed: Callable[[], bool],
    fields: dict[str, str],
    codes: list[tuple[str, str]],
) -> None:
    assert owner.email == "owner@example.com"
    answer = browser.sign_up("newcomer", **fields)
    assert answer.status_code == 400
    assert error_codes(answer) == codes
    assert nothing_changed()
    assert browser.who() is None


def test_a_password_like_the_name_is_refused(browser: Browser, nothing_changed: Callable[[], bool]) -> None:
    answer = browser.sign_up("lanternkeeper", password="lanternkeeper1")
    assert error_codes(answer) == [("password", "invalid")]
    assert "similar" in answer.json()["errors"][0]["message"]
    assert nothing_changed()
    assert browser.who() is None


def test_a_name_taken_a_moment_ago(
    browser: Browser, nothing_changed: Callable[[], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(**_: Any) -> User:
        raise AccountExists

    monkeypatch.setattr("accounts.identity.adapter.register_user", too_late)
    answer = browser.sign_up("newcomer")
    assert answer.status_code == 400
    assert error_codes(answer) == [(None, "account_exists")]
    assert nothing_changed()


def test_there_is_no_user_without_books(
    browser: Browser, nothing_changed: Callable[[], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> Account:
        raise RuntimeError("no books")

    monkeypatch.setattr("exchange.identity.adapter.open_user_account", fail)
    answer = browser.sign_up("newcomer")
    assert (answer.status_code, error_code(answer)) == (500, "INTERNAL_ERROR")
    assert nothing_changed()


def test_only_from_our_page(browser: Browser, nothing_changed: Callable[[], bool]) -> None:
    asked = {"email": "newcomer@example.com", "username": "newcomer", "password": PASSWORD}
    answer = browser.post("/auth/signup", asked, **{"X-CSRFToken": "guessed"})
    assert (answer.status_code, error_code(answer)) == (403, "CSRF_FAILED")
    assert nothing_changed()


def test_what_is_not_json_is_refused_in_json(browser: Browser) -> None:
    token = browser.django.cookies["csrftoken"].value
    answer = browser.django.post(
        "/_allauth/browser/v1/auth/signup", b"{", content_type="application/json", headers={"X-CSRFToken": token}
    )
    assert (answer.status_code, error_code(answer)) == (400, "REQUEST_MALFORMED")
    unknown = browser.get("/nothing")
    assert (unknown.status_code, error_code(unknown)) == (404, "NOT_FOUND")


def test_the_address_is_verified_by_mail(browser: Browser, last_mail: Callable[[], str]) -> None:
    browser.sign_up("newcomer")
    assert browser.get("/api/v1/account").json()["email_verified"] is False
    (link,) = [word for word in last_mail().split() if word.startswith("http")]
    assert link.startswith("http://testserver/account/verify-email/")
    key = link.rsplit("/", 1)[1].replace("%3A", ":")

    wrong = Browser().post("/auth/email/verify", {"key": key[:-2] + "xx"})
    assert wrong.status_code == 400
    assert browser.post("/auth/email/verify", {"key": key}).status_code == 200
    assert browser.get("/api/v1/account").json()["email_verified"] is True


def test_where_the_address_must_be_verified_nobody_signs_in_before(settings: Settings, browser: Browser) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    answer = browser.sign_up("newcomer")
    assert answer.status_code == 401
    assert {"id": "verify_email", "is_pending": True} in answer.json()["data"]["flows"]
    assert browser.who() is None
    assert Account.objects.filter(user__username="newcomer").exists()


def test_a_mail_server_that_is_away_undoes_no_sign_up(settings: Settings, browser: Browser) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert browser.sign_up("newcomer").status_code == 200
    assert mail.outbox == []
    assert browser.who() == "newcomer"
