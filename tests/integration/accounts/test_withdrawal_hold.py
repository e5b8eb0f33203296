"""Withdrawals wait for 48 hours after a change of what protects them, and not for a first activation."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import AccountChange, User
from accounts.second_factor.enrolment import (
    deactivate_second_factor,
    renew_recovery_codes,
    reset_second_factor,
)
from accounts.second_factor.selectors import HOLD, withdrawals_held_until
from accounts.services import change_fee_tier, change_password
from accounts.staff import set_staff_password
from tests.support.second_factor import activate_app

NEWCOMER = timedelta(hours=48)
NEW_PASSWORD = "nine-silent-harbours"


def held(user: User) -> bool:
    """Whether withdrawals wait, and then for two days from the newest change."""
    until = withdrawals_held_until(user)
    if until is None:
        return False
    assert until == AccountChange.objects.filter(user=user).latest("pk").at + HOLD
    return True


def test_nothing_holds_a_newcomer_who_protects_the_account(owner: User) -> None:
    assert not held(owner)
    activate_app(owner)
    assert not held(owner)
    change_fee_tier(user=owner, fee_tier=2, by=None, reason="test")
    assert not held(owner)


@pytest.mark.parametrize(("age", "is_held"), [(NEWCOMER - timedelta(minutes=1), False), (NEWCOMER, True)])
def test_the_first_activation_of_an_older_account_holds(owner: User, age: timedelta, is_held: bool) -> None:
    """Whoever has stolen the password of an account that was left alone brings an authenticator app."""
    owner.joined_at = timezone.now() - age
    owner.save()
    activate_app(owner)
    assert held(owner) == is_held
    assert ("Withdrawals wait until" in mail.outbox[-1].body) == is_held


def test_an_activation_in_time_holds_nothing_later_either(owner: User) -> None:
    owner.joined_at = timezone.now() - NEWCOMER - timedelta(minutes=30)
    owner.save()
    an_hour_ago = timezone.now() - timedelta(hours=1)
    AccountChange.objects.create(user=owner, by=owner, field="second_factor", old="", new="totp", at=an_hour_ago)
    assert not held(owner)


def test_a_new_password_holds(owner: User, outsider: User) -> None:
    change_password(user=owner, password=NEW_PASSWORD, by=owner)
    assert held(owner)
    assert not held(outsider)


def test_a_password_set_by_staff_holds(staff: User) -> None:
    set_staff_password(user=staff, password=NEW_PASSWORD, by=staff, reason="test")
    assert held(staff)


def test_deactivation_holds_and_so_does_activation_after_it(owner: User) -> None:
    deactivate_second_factor(user=owner, code=activate_app(owner).code())
    assert held(owner)
    # Twice within the same half minute no code is free but a later one; the first secret's steps are the user's.
    AccountChange.objects.create(user=owner, by=owner, field="second_factor", old="", new="totp", reason="activated")
    assert held(owner)


def test_a_reset_by_staff_holds(owner: User, staff: User) -> None:
    activate_app(owner)
    reset_second_factor(user=owner, by=staff, reason="phone lost")
    assert held(owner)


def test_new_recovery_codes_hold(owner: User) -> None:
    renew_recovery_codes(user=owner, code=activate_app(owner).code())
    assert held(owner)


@pytest.mark.parametrize(("ago", "is_held"), [(HOLD - timedelta(minutes=1), True), (HOLD, False)])
def test_the_hold_ends_after_two_days(owner: User, ago: timedelta, is_held: bool) -> None:
    AccountChange.objects.create(user=owner, by=owner, field="password", at=timezone.now() - ago)
    assert (withdrawals_held_until(owner) is not None) == is_held
