"""The second factor of staff: at the door, and before sensitive actions."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import AccountChange, SecondFactorAttempt, User
from accounts.second_factor.selectors import has_second_factor
from storage.admin.reasons import CONFIRMED
from tests.support.cast import PASSWORD
from tests.support.second_factor import App, activate_app

LOGIN = "/admin/login/"


def try_to_sign_in(user: User, code: str | None = None) -> str:
    fields = {"username": user.email, "password": PASSWORD}
    response = Client().post(LOGIN, fields | ({} if code is None else {"second_factor_code": code}))
    return "in" if response.status_code == 302 else str(response.context["form"].non_field_errors())


def reset_page(user: User) -> str:
    return reverse("admin:accounts_user_reset_second_factor", args=[user.pk])


def test_staff_with_an_app_do_not_get_in_without_its_code(superuser: User) -> None:
    form = Client().get(LOGIN).content.decode()
    assert 'name="second_factor_code"' in form
    assert 'name="next" value="/admin/"' in form
    assert try_to_sign_in(superuser) == "in"
    app = activate_app(superuser)
    assert "needs the code of your authenticator app" in try_to_sign_in(superuser)
    assert "code is wrong" in try_to_sign_in(superuser, app.wrong_code())
    code = app.code()
    assert try_to_sign_in(superuser, code) == "in"
    assert "used already" in try_to_sign_in(superuser, code)
    assert try_to_sign_in(superuser, app.recovery_codes[0]) == "in"


def test_a_wrong_password_does_not_tell_who_has_an_app_nor_use_a_code(superuser: User) -> None:
    app = activate_app(superuser)
    response = Client().post(
        LOGIN, {"username": superuser.email, "password": "wrong", "second_factor_code": app.wrong_code()}
    )
    assert "authenticator" not in str(response.context["form"].errors)
    assert not SecondFactorAttempt.objects.filter(is_accepted=False).exists()


@pytest.fixture
def lost(customer: User) -> App:
    """A customer's app, in a phone that lies in the sea."""
    return activate_app(customer)


def test_a_reset_needs_a_reason_and_a_fresh_code(admin: Client, superuser: User, customer: User, lost: App) -> None:
    page = reset_page(customer)
    asked = {CONFIRMED: "1", "reason": "phone lost, passport shown"}
    assert "second_factor_code" in admin.get(page).content.decode()
    without_app = admin.post(page, {**asked, "second_factor_code": "123456"})
    assert "Activate it in your settings first" in without_app.content.decode()
    app = activate_app(superuser)
    changes = AccountChange.objects.count()
    for fields in (
        asked,
        {CONFIRMED: "1", "second_factor_code": app.code()},
        {**asked, "second_factor_code": app.wrong_code()},
        {**asked, "second_factor_code": lost.code()},
    ):
        assert admin.post(page, fields).status_code == 200
        assert has_second_factor(user=customer)
    assert AccountChange.objects.count() == changes

    code = app.recovery_codes[0]
    assert admin.post(page, {**asked, "second_factor_code": code}).status_code == 302
    assert not has_second_factor(user=customer)
    change = AccountChange.objects.filter(user=customer).latest("pk")
    assert (change.by, change.reason) == (superuser, "phone lost, passport shown")
    assert not AccountChange.objects.filter(reason__contains=code).exists()


def test_what_the_service_refuses_after_the_code_is_said_and_the_code_is_gone(
    admin: Client, superuser: User, customer: User
) -> None:
    app = activate_app(superuser)
    code = app.code()
    response = admin.post(reset_page(customer), {CONFIRMED: "1", "reason": "test", "second_factor_code": code})
    assert "is not active" in response.content.decode()
    assert code not in response.content.decode()
    again = admin.post(reset_page(customer), {CONFIRMED: "1", "reason": "test", "second_factor_code": code})
    assert "used already" in again.content.decode()


def test_a_reset_is_a_right_of_its_own(
    support: User, customer: User, lost: App, sign_in: Callable[[User | None], Client]
) -> None:
    client = sign_in(support)
    app = activate_app(support)
    asked = {CONFIRMED: "1", "reason": "test", "second_factor_code": app.code()}
    assert client.post(reset_page(customer), asked).status_code == 403
    assert has_second_factor(user=customer)
    support.user_permissions.add(Permission.objects.get(codename="reset_second_factor"))
    asked["second_factor_code"] = app.recovery_codes[0]
    assert sign_in(User.objects.get(pk=support.pk)).post(reset_page(customer), asked).status_code == 302
    assert not has_second_factor(user=customer)


def test_the_page_of_a_user_offers_what_there_is_to_reset(admin: Client, customer: User) -> None:
    page = reverse("admin:accounts_user_change", args=[customer.pk])
    assert "Reset second factor" not in admin.get(page).content.decode()
    activate_app(customer)
    text = admin.get(page).content.decode()
    assert "Reset second factor" in text
    assert "active since" in text
    assert "Set password" not in text
