"""The door of the staff pages: who gets in, how often one may try, and what happens without Redis."""

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import User
from tests.support.cast import PASSWORD

LOGIN = "/admin/login/"
FEW = {"staff_sign_in": {"key": "3/hour", "address": "5/hour"}}


def try_to_sign_in(name: str, password: str, *, address: str = "203.0.113.9", client: Client | None = None) -> str:
    """in, out, or the sentence on the form."""
    response = (client or Client()).post(LOGIN, {"username": name, "password": password}, REMOTE_ADDR=address)
    if response.status_code == 302:
        return "in"
    errors = response.context["form"].non_field_errors()
    return "limited" if "Too many attempts" in str(errors) else "out"


def test_staff_get_in_by_email_in_any_case(superuser: User) -> None:
    client = Client()
    assert try_to_sign_in("STAFF@example.com", PASSWORD, client=client) == "in"
    assert client.get("/admin/").status_code == 200


def test_customers_inactive_staff_and_wrong_passwords_do_not(superuser: User, customer: User, support: User) -> None:
    assert try_to_sign_in(customer.email, PASSWORD) == "out"
    assert try_to_sign_in(superuser.email, "wrong") == "out"
    assert try_to_sign_in("nobody@example.com", PASSWORD) == "out"
    User.objects.filter(pk=support.pk).update(is_active=False)
    assert try_to_sign_in(support.email, PASSWORD) == "out"


def test_too_many_attempts_on_one_name_are_refused_even_with_the_right_password(superuser: User) -> None:
    with override_settings(RATE_LIMITS=FEW):
        answers = [try_to_sign_in(superuser.email, "wrong", address=f"203.0.113.{n}") for n in range(3)]
        assert answers == ["out"] * 3
        assert try_to_sign_in(superuser.email.upper(), PASSWORD, address="203.0.113.77") == "limited"
        assert try_to_sign_in("other@example.com", "wrong", address="203.0.113.78") == "out"


def test_too_many_attempts_from_one_address_are_refused_whatever_the_name(superuser: User) -> None:
    with override_settings(RATE_LIMITS=FEW):
        answers = [try_to_sign_in(f"guess{n}@example.com", "wrong") for n in range(5)]
        assert answers == ["out"] * 5
        assert try_to_sign_in(superuser.email, PASSWORD) == "limited"
        assert try_to_sign_in(superuser.email, PASSWORD, address="198.51.100.4") == "in"


def test_without_redis_nobody_new_gets_in(superuser: User) -> None:
    with override_settings(REDIS_URL="redis://127.0.0.1:1/0"):
        response = Client().post(LOGIN, {"username": superuser.email, "password": PASSWORD})
    assert response.status_code == 200
    assert "not possible at the moment" in response.content.decode()


def test_a_stranger_is_sent_to_the_form_and_back(superuser: User) -> None:
    client, page = Client(), reverse("admin:matching_market_changelist")
    response = client.get(page)
    assert response["Location"] == f"{LOGIN}?next={page}"
    response = client.post(response["Location"], {"username": superuser.email, "password": PASSWORD, "next": page})
    assert response["Location"] == page
    evil = Client().post(f"{LOGIN}?next=https://evil.example/", {"username": superuser.email, "password": PASSWORD})
    assert "evil" not in evil["Location"]


def test_signing_out_needs_a_post(superuser: User) -> None:
    client = Client()
    client.force_login(superuser)
    assert client.get(reverse("admin:logout")).status_code == 405
    assert client.post(reverse("admin:logout")).status_code == 200
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("state", ["closed", "trade_frozen"])
def test_an_account_state_is_about_money_not_about_staff(superuser: User, state: str) -> None:
    User.objects.filter(pk=superuser.pk).update(state=state)
    assert try_to_sign_in(superuser.email, PASSWORD) == "in"
