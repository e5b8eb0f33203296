"""Whether a code is right: once, counted, and committed before whatever it is for."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.errors import ReasonMissing
from accounts.models import AccountChange, EmailCode, SecondFactorAttempt, User
from accounts.second_factor.attempts import MAX_WRONG, WINDOW, write_accepted
from accounts.second_factor.enrolment import (
    activate_second_factor,
    deactivate_second_factor,
    renew_recovery_codes,
    reset_second_factor,
)
from accounts.second_factor.errors import (
    EmailNotConfirmed,
    SecondFactorActive,
    SecondFactorInvalid,
    SecondFactorLocked,
    SecondFactorNotActive,
    SecondFactorRequired,
)
from accounts.second_factor.models import Method, Purpose
from accounts.second_factor.selectors import count_recovery_codes, has_second_factor
from accounts.second_factor.services import require_fresh_second_factor, verify_second_factor
from accounts.second_factor.totp import code_of_step, new_secret, step_at
from tests.support.second_factor import App, activate_app, confirm_address


def verify(user: User, code: str, purpose: Purpose = Purpose.WITHDRAWAL) -> None:
    verify_second_factor(user=user, code=code, purpose=purpose)


@pytest.fixture
def app(owner: User) -> App:
    return activate_app(owner)


# --- a code works once -------------------------------------------------------------------------------------------


def test_a_code_is_accepted_once_for_whatever_purpose(owner: User, app: App) -> None:
    code = app.code()
    verify(owner, f" {code[:3]} {code[3:]} ")
    accepted = SecondFactorAttempt.objects.filter(user=owner, is_accepted=True).first()
    assert accepted is not None
    assert (accepted.purpose, accepted.method) == (Purpose.WITHDRAWAL, Method.TOTP)
    for purpose in (Purpose.WITHDRAWAL, Purpose.SIGN_IN):
        with pytest.raises(SecondFactorInvalid) as refused:
            verify(owner, code, purpose)
        assert refused.value.details == {"used": True}
    verify(owner, app.code())


def test_codes_that_come_again_are_no_guesses(owner: User, app: App) -> None:
    code = app.code()
    verify(owner, code)
    for _ in range(MAX_WRONG + 2):
        with pytest.raises(SecondFactorInvalid):
            verify(owner, code)
    verify(owner, app.code())


def test_the_code_of_the_activation_is_used_up(owner: User) -> None:
    confirm_address(owner)
    secret = new_secret()
    code = code_of_step(secret, step_at(timezone.now()))
    activate_second_factor(user=owner, secret=secret, code=code)
    with pytest.raises(SecondFactorInvalid) as refused:
        verify(owner, code)
    assert refused.value.details == {"used": True}


def test_the_database_itself_keeps_a_step_from_being_used_twice(owner: User, app: App) -> None:
    write_accepted(owner, Purpose.WITHDRAWAL, Method.TOTP, timezone.now(), 7)
    with pytest.raises(IntegrityError), transaction.atomic():
        write_accepted(owner, Purpose.SIGN_IN, Method.TOTP, timezone.now(), 7)


def test_a_recovery_code_works_once(owner: User, app: App) -> None:
    first, second = app.recovery_codes[:2]
    verify(owner, f"{first[:5]}-{first[5:]}")
    assert count_recovery_codes(user=owner) == 9
    with pytest.raises(SecondFactorInvalid):
        verify(owner, first)
    verify(owner, second)


def test_codes_of_others_are_wrong(owner: User, outsider: User, app: App) -> None:
    theirs = activate_app(outsider)
    for code in (theirs.code(), theirs.recovery_codes[0]):
        with pytest.raises(SecondFactorInvalid):
            verify(owner, code)
    assert count_recovery_codes(user=outsider) == 10


def test_who_has_no_app_is_told_to_activate_one(owner: User, nothing_changed: Callable[[], bool]) -> None:
    with pytest.raises(SecondFactorRequired) as refused:
        verify(owner, "123456")
    assert refused.value.details == {"active": False}
    assert nothing_changed()
    assert not SecondFactorAttempt.objects.filter(user=owner).exists()


def test_no_code_at_all_is_no_guess(owner: User, app: App) -> None:
    for _ in range(MAX_WRONG + 1):
        with pytest.raises(SecondFactorRequired) as refused:
            verify(owner, "  ")
    assert refused.value.details == {"active": True}
    verify(owner, app.code())


# --- guesses are counted -----------------------------------------------------------------------------------------


def test_five_wrong_codes_lock_and_time_unlocks(
    owner: User, outsider: User, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = activate_app(outsider)
    mail.outbox.clear()
    for number in range(MAX_WRONG):
        with pytest.raises(SecondFactorInvalid):
            verify(owner, app.wrong_code(number), Purpose.SIGN_IN if number % 2 else Purpose.WITHDRAWAL)
    assert [message.subject for message in mail.outbox] == ["Wrong codes for your account"]
    right = app.code()
    for code in (right, app.recovery_codes[0], app.wrong_code()):
        with pytest.raises(SecondFactorLocked) as refused:
            verify(owner, code)
        assert 0 < (refused.value.retry_after or 0) <= WINDOW.total_seconds()
    assert SecondFactorAttempt.objects.filter(user=owner, is_accepted=False).count() == MAX_WRONG
    assert count_recovery_codes(user=owner) == 10
    verify(outsider, theirs.code())

    later = timezone.now() + WINDOW + timedelta(seconds=1)
    monkeypatch.setattr("accounts.second_factor.services.timezone.now", lambda: later)
    verify(owner, code_of_step(app.secret, step_at(later)))


def test_a_right_code_does_not_forgive_the_wrong_ones(owner: User, app: App) -> None:
    for number in range(MAX_WRONG - 1):
        with pytest.raises(SecondFactorInvalid):
            verify(owner, app.wrong_code(number))
    verify(owner, app.code())
    with pytest.raises(SecondFactorInvalid):
        verify(owner, app.wrong_code())
    with pytest.raises(SecondFactorLocked):
        verify(owner, app.code())


def test_staff_need_a_new_code_for_each_action(staff: User) -> None:
    with pytest.raises(SecondFactorRequired):
        require_fresh_second_factor(user=staff, code="123456")
    app = activate_app(staff)
    code = app.code()
    require_fresh_second_factor(user=staff, code=code)
    with pytest.raises(SecondFactorInvalid):
        require_fresh_second_factor(user=staff, code=code)


# --- enrolment ---------------------------------------------------------------------------------------------------


def test_activation_needs_a_right_code_and_a_confirmed_address(
    owner: User, nothing_changed: Callable[[], bool]
) -> None:
    secret = new_secret()
    right = code_of_step(secret, step_at(timezone.now()))
    with pytest.raises(EmailNotConfirmed):
        activate_second_factor(user=owner, secret=secret, code=right)
    confirm_address(owner)
    with pytest.raises(SecondFactorInvalid):
        activate_second_factor(user=owner, secret=secret, code=App(secret).wrong_code())
    assert nothing_changed()
    assert not has_second_factor(user=owner)

    codes = activate_second_factor(user=owner, secret=secret, code=right)
    assert len(set(codes)) == 10
    assert {len(code) for code in codes} == {10}
    assert mail.outbox[-1].subject == "Two-factor authentication is active"
    with pytest.raises(SecondFactorActive):
        activate_second_factor(user=owner, secret=new_secret(), code=right)


def test_secrets_are_not_readable_in_the_database(owner: User, app: App) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        stored = " ".join(row[0] for row in cursor.fetchall())
    assert app.secret not in stored
    assert not any(code in stored for code in app.recovery_codes)
    assert Authenticator.objects.count() == 2


def test_deactivation_takes_a_last_code_and_everything_away(owner: User, app: App) -> None:
    with pytest.raises(SecondFactorInvalid):
        deactivate_second_factor(user=owner, code=app.wrong_code())
    assert has_second_factor(user=owner)
    deactivate_second_factor(user=owner, code=app.recovery_codes[0])
    assert not Authenticator.objects.filter(user=owner).exists()
    change = AccountChange.objects.filter(user=owner).latest("pk")
    assert (change.field, change.old, change.new, change.by) == ("second_factor", "totp", "", owner)
    assert mail.outbox[-1].subject == "Two-factor authentication was deactivated"
    with pytest.raises(SecondFactorRequired):
        verify(owner, app.code())


def test_new_recovery_codes_end_the_old_ones(owner: User, app: App) -> None:
    codes = renew_recovery_codes(user=owner, code=app.code())
    assert set(codes).isdisjoint(app.recovery_codes)
    with pytest.raises(SecondFactorInvalid):
        verify(owner, app.recovery_codes[0])
    verify(owner, codes[0])
    assert mail.outbox[-1].subject == "You have new recovery codes"


def test_a_reset_by_staff_has_a_reason_and_a_name(
    owner: User, staff: User, app: App, django_capture_on_commit_callbacks: Any
) -> None:
    with pytest.raises(ReasonMissing):
        reset_second_factor(user=owner, by=staff, reason=" ")
    assert has_second_factor(user=owner)
    with django_capture_on_commit_callbacks(execute=True):
        reset_second_factor(user=owner, by=staff, reason="phone lost, passport shown")
    assert mail.outbox[-1].subject == "Two-factor authentication was reset"
    change = AccountChange.objects.filter(user=owner).latest("pk")
    assert (change.field, change.by, change.reason) == ("second_factor", staff, "phone lost, passport shown")
    assert not has_second_factor(user=owner)
    with pytest.raises(SecondFactorNotActive):
        reset_second_factor(user=owner, by=staff, reason="again")


def test_the_console_helps_the_last_superuser(staff: User) -> None:
    activate_app(staff)
    with pytest.raises(CommandError, match="no user"):
        call_command("reset_second_factor", "nobody@example.com", reason="lost")
    call_command("reset_second_factor", staff.email.upper(), reason="phone lost")
    change = AccountChange.objects.filter(user=staff).latest("pk")
    assert (change.by, change.reason) == (None, "phone lost")
    assert not has_second_factor(user=staff)
    with pytest.raises(CommandError, match="not active"):
        call_command("reset_second_factor", staff.email, reason="again")


def test_no_secret_is_in_a_repr_or_an_error(owner: User, app: App) -> None:
    code = app.code()
    verify(owner, code)
    with pytest.raises(SecondFactorInvalid) as refused:
        verify(owner, code)
    rows = [*Authenticator.objects.all(), *SecondFactorAttempt.objects.all(), *EmailCode.objects.all()]
    told = " ".join([*map(repr, rows), str(refused.value), repr(refused.value.details)])
    assert code not in told
    assert app.secret not in told
