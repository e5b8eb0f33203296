"""Codes by e-mail: for one thing, once, for ten minutes, and not too many of them."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from accounts.errors import ServiceUnavailable
from accounts.models import EmailCode, SecondFactorAttempt, User
from accounts.second_factor.attempts import MAX_WRONG
from accounts.second_factor.email_codes import LIFETIME, MAX_SENT, PAUSE, SENT_WINDOW
from accounts.second_factor.errors import (
    EmailCodeInvalid,
    EmailCodeRequired,
    EmailCodeTooSoon,
    SecondFactorInvalid,
    SecondFactorLocked,
)
from accounts.second_factor.models import Purpose
from accounts.second_factor.services import send_email_code, verify_email_code, verify_second_factor
from tests.support.second_factor import activate_app

Clock = Callable[[timedelta], datetime]


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Lets time pass for the service."""
    moment = timezone.now()

    def forward(by: timedelta) -> datetime:
        nonlocal moment
        moment += by
        monkeypatch.setattr("accounts.second_factor.services.timezone.now", lambda: moment)
        return moment

    forward(timedelta(0))
    return forward


def send(user: User, subject_id: str = "7", purpose: Purpose = Purpose.WITHDRAWAL) -> str:
    """The code, read from the mail."""
    send_email_code(user=user, purpose=purpose, subject_id=subject_id)
    assert mail.outbox[-1].to == [user.email]
    found = re.search(r"^\d{6}$", str(mail.outbox[-1].body), re.M)
    assert found is not None
    return found.group()


def verify(user: User, code: str, subject_id: str = "7", purpose: Purpose = Purpose.WITHDRAWAL) -> None:
    verify_email_code(user=user, code=code, purpose=purpose, subject_id=subject_id)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_a_code_works_once(owner: User) -> None:
    code = send(owner)
    verify(owner, code)
    with pytest.raises(EmailCodeInvalid):
        verify(owner, code)


def test_a_code_is_for_one_thing_one_purpose_and_one_user(owner: User, outsider: User) -> None:
    code = send(owner)
    for user, subject_id, purpose in (
        (owner, "8", Purpose.WITHDRAWAL),
        (owner, "7", Purpose.WITHDRAWAL_ADDRESS),
        (outsider, "7", Purpose.WITHDRAWAL),
    ):
        with pytest.raises(EmailCodeInvalid):
            verify(user, code, subject_id, purpose)
    verify(owner, code)


def test_a_code_ends_after_ten_minutes(owner: User, wait: Clock) -> None:
    code = send(owner)
    wait(LIFETIME)
    with pytest.raises(EmailCodeInvalid):
        verify(owner, code)


def test_a_newer_code_ends_the_older_one(owner: User, wait: Clock) -> None:
    old = send(owner)
    wait(PAUSE)
    new = send(owner)
    if old != new:
        with pytest.raises(EmailCodeInvalid):
            verify(owner, old)
    verify(owner, new)


def test_only_a_keyed_hash_is_kept(owner: User) -> None:
    code = send(owner)
    row = EmailCode.objects.get(user=owner)
    assert code not in " ".join(map(str, [row.code_hash, row.subject_id, row]))
    assert re.fullmatch(r"[0-9a-f]{64}", row.code_hash)


def test_one_a_minute_and_five_an_hour(owner: User, wait: Clock) -> None:
    for _ in range(MAX_SENT):
        send(owner)
        with pytest.raises(EmailCodeTooSoon) as refused:
            send(owner, "another")
        assert (refused.value.retry_after or 0) >= PAUSE.total_seconds()
        wait(PAUSE)
    sent = len(mail.outbox)
    with pytest.raises(EmailCodeTooSoon) as refused:
        send(owner)
    assert (refused.value.retry_after or 0) > 3_000
    assert len(mail.outbox) == sent
    wait(SENT_WINDOW)
    send(owner)
    assert EmailCode.objects.filter(user=owner).count() == 1


def test_guesses_lock_with_all_others(owner: User) -> None:
    app = activate_app(owner)
    code = send(owner)
    for _ in range(MAX_WRONG):
        with pytest.raises(EmailCodeInvalid):
            verify(owner, other_than(code))
    with pytest.raises(SecondFactorLocked):
        verify(owner, code)
    with pytest.raises(SecondFactorLocked):
        verify_second_factor(user=owner, code=app.code(), purpose=Purpose.WITHDRAWAL)


def test_a_mail_that_cannot_be_sent_leaves_nothing(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_arguments: Any, **_options: Any) -> None:
        raise SMTPServerDisconnected

    with monkeypatch.context() as patched:
        patched.setattr("accounts.second_factor.mails.send_mail", away)
        with pytest.raises(ServiceUnavailable):
            send_email_code(user=owner, purpose=Purpose.WITHDRAWAL, subject_id="7")
    assert not EmailCode.objects.exists()
    verify(owner, send(owner))


# --- together with the app ---------------------------------------------------------------------------------------


def test_where_both_are_needed_nothing_is_used_up_unless_both_are_right(owner: User, settings: Settings) -> None:
    settings.EMAIL_CODE_PURPOSES = ["withdrawal"]
    app = activate_app(owner)
    code = app.code()

    def both(code: str, email_code: str) -> None:
        verify_second_factor(user=owner, code=code, purpose=Purpose.WITHDRAWAL, email_code=email_code, subject_id="7")

    with pytest.raises(EmailCodeRequired):
        both(code, "")
    assert not SecondFactorAttempt.objects.filter(user=owner, is_accepted=False).exists()
    email_code = send(owner)
    with pytest.raises(EmailCodeInvalid):
        both(code, other_than(email_code))
    with pytest.raises(SecondFactorInvalid):
        both(app.wrong_code(), email_code)
    both(code, email_code)
    with pytest.raises(EmailCodeInvalid):
        both(app.recovery_codes[0], email_code)
    verify_second_factor(user=owner, code=app.recovery_codes[0], purpose=Purpose.SIGN_IN)
