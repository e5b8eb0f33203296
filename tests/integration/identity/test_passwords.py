"""Changing a password, and setting a new one by mail."""

import importlib
from collections.abc import Callable
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from accounts.models import AccountChange, User
from tests.integration.identity.browser import Browser, error_codes
from tests.support.cast import PASSWORD

NEW = "nine-silent-harbours"


def test_a_change_is_noted_and_ends_the_other_sessions(owner: User, browser: Browser) -> None:
    browser.sign_in("owner@example.com", PASSWORD)
    elsewhere = Browser()
    elsewhere.sign_in("owner@example.com", PASSWORD)
    answer = browser.post("/account/password/change", {"current_password": PASSWORD, "new_password": NEW})
    assert answer.status_code == 200
    assert browser.who() == "owner"
    assert elsewhere.who() is None
    change = AccountChange.objects.filter(user=owner).latest("pk")
    assert (change.field, change.by, change.old, change.new) == ("password", owner, "", "")
    assert mail.outbox[-1].subject == "Your password was changed"
    assert elsewhere.sign_in("owner@example.com", PASSWORD).status_code == 400
    assert elsewhere.sign_in("owner@example.com", NEW).status_code == 200


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ({"current_password": "wrong", "new_password": NEW}, [("current_password", "enter_current_password")]),
        ({"current_password": PASSWORD, "new_password": "short"}, [("new_password", "password_too_short")]),
    ],
)
def test_refused_changes(
    owner: User,
    browser: Browser,
    nothing_changed: Callable[[], bool],
    asked: dict[str, str],
    codes: list[tuple[str, str]],
) -> None:
    browser.sign_in("owner@example.com", PASSWORD)
    before = User.objects.get(pk=owner.pk).password
    answer = browser.post("/account/password/change", asked)
    assert (answer.status_code, error_codes(answer)) == (400, codes)
    assert User.objects.get(pk=owner.pk).password == before


def test_only_who_is_signed_in(browser: Browser, nothing_changed: Callable[[], bool]) -> None:
    answer = browser.post("/account/password/change", {"current_password": PASSWORD, "new_password": NEW})
    assert answer.status_code == 401
    assert nothing_changed()


def test_a_forgotten_password_is_set_anew_by_mail(owner: User, browser: Browser, last_mail: Callable[[], str]) -> None:
    elsewhere = Browser()
    elsewhere.sign_in("owner@example.com", PASSWORD)
    assert browser.post("/auth/password/request", {"email": "owner@example.com"}).status_code == 200
    assert mail.outbox[-1].to == ["owner@example.com"]
    (link,) = [word for word in last_mail().split() if word.startswith("http")]
    assert link.startswith("http://testserver/account/reset-password/")
    key = link.rsplit("/", 1)[1]

    forged = browser.post("/auth/password/reset", {"key": key[:-3] + "abc", "password": NEW})
    assert error_codes(forged) == [("key", "invalid_password_reset")]
    weak = browser.post("/auth/password/reset", {"key": key, "password": "short"})
    assert error_codes(weak) == [("password", "password_too_short")]
    assert elsewhere.who() == "owner"

    assert browser.post("/auth/password/reset", {"key": key, "password": NEW}).status_code == 401
    assert AccountChange.objects.filter(user=owner).latest("pk").field == "password"
    assert elsewhere.who() is None
    assert browser.sign_in("owner@example.com", NEW).status_code == 200
    again = Browser().post("/auth/password/reset", {"key": key, "password": PASSWORD})
    assert error_codes(again) == [("key", "invalid_password_reset")]


def test_strangers_do_not_learn_who_has_an_account(owner: User, browser: Browser) -> None:
    known = browser.post("/auth/password/request", {"email": "owner@example.com"})
    unknown = browser.post("/auth/password/request", {"email": "nobody@example.com"})
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert "reset-password/" not in mail.outbox[-1].body


def test_the_mail_of_verification_is_sent_again(owner: User, browser: Browser, last_mail: Callable[[], str]) -> None:
    browser.sign_in("owner@example.com", PASSWORD)
    (address,) = browser.get("/account/email").json()["data"]
    assert (address["email"], address["verified"]) == ("owner@example.com", False)
    assert browser.send("PUT", "/account/email", {"email": "owner@example.com"}).status_code == 200
    assert "/account/verify-email/" in last_mail()


def test_the_login_is_not_changed_by_adding_another_address(owner: User, browser: Browser) -> None:
    browser.sign_in("owner@example.com", PASSWORD)
    for method, asked in (
        ("POST", {"email": "other@example.com"}),
        ("PATCH", {"email": "owner@example.com", "primary": True}),
        ("DELETE", {"email": "owner@example.com"}),
    ):
        assert browser.send(method, "/account/email", asked).status_code == 405
    owner.refresh_from_db()
    assert owner.email == "owner@example.com"
    assert list(EmailAddress.objects.values_list("email", flat=True)) in ([], ["owner@example.com"])


def test_without_a_mail_server_mails_are_files_of_the_home() -> None:
    """Never lines of a log: whoever reads one of them can set a new password."""
    configured = vars(importlib.import_module("exchange.settings"))
    assert configured["EMAIL_BACKEND"] == "django.core.mail.backends.filebased.EmailBackend"
    assert Path(configured["EMAIL_FILE_PATH"]) == configured["BOURSE_HOME"] / "mail"
