"""Users on the staff pages: what changes goes through the services, with a reason, for those who have the right."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connections
from django.test import Client
from django.urls import reverse

from accounts.models import AccountChange, SelfTradeGroup, StaffAction, User
from accounts.staff import set_staff_password
from kernel.errors import BourseError
from tests.integration.admin.conftest import client_of, staff_member
from tests.support.cast import PASSWORD
from tests.support.exchange import Exchange
from tests.support.second_factor import App, activate_app
from tests.support.staff_pages import as_shown, save

NEW_PASSWORD = "another-long-enough-password"
WHY = "documents seen"


def page_of(user: User) -> str:
    return reverse("admin:accounts_user_change", args=[user.pk])


def fields_of(user: User, **changes: Any) -> dict[str, Any]:
    """The whole form as a browser sends it, with some fields changed."""
    fields: dict[str, Any] = {
        "kyc_status": user.kyc_status,
        "kyc_level": user.kyc_level,
        "self_trade_group": user.self_trade_group_id or "",
        "fee_tier": user.fee_tier,
        "state": user.state,
        "groups": [group.pk for group in user.groups.all()],
        "reason": "",
        "changes-TOTAL_FORMS": 0,
        "changes-INITIAL_FORMS": 0,
    }
    fields |= {name: "on" for name in ("is_house", "is_active", "is_staff", "is_superuser") if getattr(user, name)}
    fields |= changes
    return {name: value for name, value in fields.items() if value is not None}


def state_of(user: User) -> tuple[Any, ...]:
    user = User.objects.get(pk=user.pk)
    return (
        user.kyc_status,
        user.kyc_level,
        user.self_trade_group_id,
        user.fee_tier,
        user.state,
        user.is_house,
        user.is_active,
        user.is_staff,
        user.is_superuser,
        user.password,
        sorted(group.name for group in user.groups.all()),
    )


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        ("kyc_status", "rejected", "rejected"),
        ("state", "trade_frozen", "trade_frozen"),
        ("is_house", "on", True),
        ("kyc_level", "2", 2),
    ],
)
def test_a_change_is_made_and_written_down(
    admin: Client, superuser: User, customer: User, field: str, value: str, stored: Any
) -> None:
    response = save(admin, page_of(customer), fields_of(customer, **{field: value, "reason": WHY}))
    assert response.status_code == 302
    assert getattr(User.objects.get(pk=customer.pk), field) == stored
    change = AccountChange.objects.get(user=customer)
    assert (change.field, change.by, change.reason) == (field, superuser, WHY)


@pytest.mark.parametrize(
    "changes",
    [
        {"kyc_status": "rejected"},
        {"kyc_status": "rejected", "reason": "   "},
        {"kyc_level": "-1", "reason": WHY},
        {"self_trade_group": "999999", "reason": WHY},
        {"state": "unheard-of", "reason": WHY},
        {"groups": ["999999"], "reason": WHY},
        {"kyc_status": "rejected", "reason": "x" * 201},
    ],
)
def test_what_is_not_acceptable_changes_nothing(admin: Client, customer: User, changes: dict[str, Any]) -> None:
    before = state_of(customer)
    response = save(admin, page_of(customer), fields_of(customer, **changes))
    assert response.status_code == 200
    assert state_of(customer) == before
    assert not AccountChange.objects.exists()


def test_a_self_trade_group_is_made_and_joined(admin: Client, superuser: User, customer: User) -> None:
    added = admin.post(reverse("admin:accounts_selftradegroup_add"), {"name": "fund one", "reason": WHY})
    assert added.status_code == 302
    group = SelfTradeGroup.objects.get(name="fund one")
    assert StaffAction.objects.get(subject="fund one").by == superuser
    joined = fields_of(customer, self_trade_group=group.pk, reason=WHY)
    assert save(admin, page_of(customer), joined).status_code == 302
    assert User.objects.get(pk=customer.pk).self_trade_group == group
    assert AccountChange.objects.get(user=customer).new == "fund one"
    shown = admin.get(reverse("admin:accounts_selftradegroup_change", args=[group.pk])).content.decode()
    assert customer.username in shown


def test_saving_an_unchanged_page_writes_nothing(admin: Client, customer: User) -> None:
    assert save(admin, page_of(customer), fields_of(customer)).status_code == 302
    assert not AccountChange.objects.exists()


def test_what_a_colleague_did_meanwhile_is_not_taken_back(admin: Client, support: User, customer: User) -> None:
    User.objects.filter(pk=customer.pk).update(kyc_status="approved")
    customer.refresh_from_db()
    page = page_of(customer)
    marked = as_shown(admin, page) | fields_of(customer, is_house="on", reason="ours")
    save(client_of(support), page, fields_of(customer, kyc_status="rejected", reason="forged"))
    before = state_of(customer)
    for sent in (marked, fields_of(customer, is_house="on", reason="ours"), marked | {"as_shown": "0" * 64}):
        answer = admin.post(page, sent)
        assert answer.status_code == 200
        assert "Somebody changed this meanwhile" in answer.content.decode()
    assert state_of(customer) == before
    assert AccountChange.objects.get().reason == "forged"
    assert (
        save(admin, page, fields_of(customer, kyc_status="rejected", is_house="on", reason="ours")).status_code == 302
    )
    assert state_of(customer)[0] == "rejected"
    assert User.objects.get(pk=customer.pk).is_house


def test_of_two_who_save_the_same_page_at_once_one_does(exchange: Exchange) -> None:
    customer = exchange.user("owner")
    page, together = page_of(customer), threading.Barrier(2)
    clients = [client_of(staff_member(name, "Support")) for name in ("first", "second")]
    changes = [{"kyc_status": "rejected"}, {"state": "trade_frozen"}]
    opened = [as_shown(client, page) for client in clients]

    def send(number: int) -> int:
        try:
            together.wait()
            fields = opened[number] | fields_of(customer, **changes[number], reason=WHY)
            return clients[number].post(page, fields).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(send, (0, 1))) == [200, 302]
    assert AccountChange.objects.filter(user=customer).count() == 1


def test_groups_somebody_was_given_meanwhile_stay(admin: Client, app: App, support: User) -> None:
    page = page_of(support)
    frozen = as_shown(admin, page) | fields_of(support, is_active=None, reason="left", second_factor_code=app.code())
    support.groups.add(Group.objects.get(name="Auditor"))
    assert "Somebody changed this meanwhile" in admin.post(page, frozen).content.decode()
    assert state_of(support)[6] is True
    assert state_of(support)[-1] == ["Auditor", "Support"]


def test_support_decides_identities_and_states_and_nothing_else(support: User, customer: User) -> None:
    client, before = client_of(support), state_of(customer)
    response = save(
        client,
        page_of(customer),
        fields_of(
            customer,
            kyc_status="rejected",
            fee_tier="5",
            is_house="on",
            is_staff="on",
            is_superuser="on",
            is_active=None,
            groups=[Group.objects.get(name="Auditor").pk],
            reason=WHY,
        ),
    )
    assert response.status_code == 302
    after = state_of(customer)
    assert after[0] == "rejected"
    assert after[1:] == before[1:]
    assert AccountChange.objects.get().field == "kyc_status"


@pytest.mark.parametrize("who", ["auditor", "operator", "nobody", "customer", None])
def test_others_change_nothing(
    request: pytest.FixtureRequest, who: str | None, sign_in: Callable[[User | None], Client], db: None
) -> None:
    target = User.objects.get(username="outsider")
    user = request.getfixturevalue(who) if who else None
    before = state_of(target)
    response = save(sign_in(user), page_of(target), fields_of(target, kyc_status="rejected", reason=WHY))
    assert response.status_code in {302, 403}
    assert state_of(target) == before
    assert not AccountChange.objects.exists()


def test_nobody_changes_their_own_standing(admin: Client, superuser: User, support: User) -> None:
    for client, user in ((admin, superuser), (client_of(support), support)):
        before = state_of(user)
        save(client, page_of(user), fields_of(user, kyc_status="approved", fee_tier="5", is_house="on", reason=WHY))
        assert state_of(user) == before
    assert not AccountChange.objects.exists()


@pytest.fixture
def app(superuser: User) -> App:
    """The superuser's; that it was activated is not what these tests look for in the history."""
    return activate_app(superuser, is_noted=False)


def test_a_superuser_makes_staff_and_every_step_is_written_down(admin: Client, app: App, customer: User) -> None:
    group = Group.objects.get(name="Support")
    fields = fields_of(customer, is_staff="on", groups=[group.pk], reason="joins support")
    save(admin, page_of(customer), fields | {"second_factor_code": app.code()})
    changed = User.objects.get(pk=customer.pk)
    assert changed.is_staff
    assert changed.has_perm("accounts.decide_kyc")
    changes = set(AccountChange.objects.values_list("field", "old", "new", "reason"))
    assert changes == {("is_staff", "False", "True", "joins support"), ("groups", "", "Support", "joins support")}


def test_nobody_is_made_staff_without_a_fresh_code(admin: Client, superuser: User, customer: User) -> None:
    """A session that was left open must not be enough to make the second person who approves payouts."""
    fields = fields_of(customer, is_staff="on", reason="joins support")
    before = state_of(customer)

    def told(**code: str) -> str:
        return save(admin, page_of(customer), fields | code, follow=True).content.decode()

    assert "Activate it in your settings first" in told()
    assert "Activate it in your settings first" in told(second_factor_code="123456")
    app = activate_app(superuser, is_noted=False)
    assert "needs the code of your authenticator app" in told()
    assert "The code is wrong" in told(second_factor_code=app.wrong_code())
    assert state_of(customer) == before
    assert not AccountChange.objects.exists()
    used = app.code()
    told(second_factor_code=used)
    assert User.objects.get(pk=customer.pk).is_staff
    fields = fields_of(User.objects.get(pk=customer.pk), is_superuser="on", reason="more")
    assert "used already" in told(second_factor_code=used)
    assert not User.objects.get(pk=customer.pk).is_superuser


def test_the_last_superuser_stays(admin: Client, app: App, superuser: User) -> None:
    before = state_of(superuser)
    fields = fields_of(superuser, is_superuser=None, reason="leaves", second_factor_code=app.code())
    response = save(admin, page_of(superuser), fields, follow=True)
    assert "One active superuser has to remain" in response.content.decode()
    assert state_of(superuser) == before
    assert not AccountChange.objects.exists()


def test_identities_are_approved_together_after_a_question(support: User, customer: User) -> None:
    waiting = [User.objects.create_user(f"{name}@example.com", name, PASSWORD) for name in ("first", "second")]
    client, listing = client_of(support), reverse("admin:accounts_user_changelist")
    keys = [str(user.pk) for user in (*waiting, customer, support)]
    asked = client.post(listing, {"action": "approve_kyc", "_selected_action": keys})
    assert asked.status_code == 200
    assert b"Approve 2" in asked.content
    assert User.objects.filter(kyc_status="approved", pk__in=[user.pk for user in waiting]).count() == 0
    unreasoned = client.post(
        listing, {"action": "approve_kyc", "_selected_action": keys, "_confirmed": "1", "reason": ""}
    )
    assert unreasoned.status_code == 200
    assert not AccountChange.objects.exists()
    done = client.post(listing, {"action": "approve_kyc", "_selected_action": keys, "_confirmed": "1", "reason": WHY})
    assert done.status_code == 302
    assert set(AccountChange.objects.values_list("user__username", "new", "reason")) == {
        ("first", "approved", WHY),
        ("second", "approved", WHY),
    }
    assert User.objects.get(pk=support.pk).kyc_status == "pending"


def test_without_the_right_there_is_no_such_action(auditor: User) -> None:
    waiting = User.objects.create_user("w@example.com", "w", PASSWORD)
    client_of(auditor).post(
        reverse("admin:accounts_user_changelist"),
        {"action": "approve_kyc", "_selected_action": [str(waiting.pk)], "_confirmed": "1", "reason": WHY},
    )
    assert User.objects.get(pk=waiting.pk).kyc_status == "pending"


# --- passwords -------------------------------------------------------------------------------------------------------


def password_fields(password: str = NEW_PASSWORD, **changes: str) -> dict[str, str]:
    return {"new_password1": password, "new_password2": password, "reason": "lost", "_confirmed": "1"} | changes


def password_page(user: User) -> str:
    return reverse("admin:accounts_user_set_password", args=[user.pk])


def test_a_superuser_gives_a_colleague_a_new_password(admin: Client, app: App, superuser: User, support: User) -> None:
    session = client_of(support)
    assert session.get(reverse("admin:index")).status_code == 200
    assert admin.get(password_page(support)).status_code == 200
    for code in ("", app.wrong_code()):
        assert admin.post(password_page(support), password_fields(second_factor_code=code)).status_code == 200
    assert User.objects.get(pk=support.pk).check_password(PASSWORD)
    fields = password_fields(second_factor_code=app.code())
    assert admin.post(password_page(support), fields).status_code == 302
    assert User.objects.get(pk=support.pk).check_password(NEW_PASSWORD)
    change = AccountChange.objects.get()
    assert (change.field, change.by, change.old, change.new, change.reason) == ("password", superuser, "", "", "lost")
    assert session.get(reverse("admin:index")).status_code == 302, "the old session is over"


@pytest.mark.parametrize(
    "fields",
    [
        password_fields("short"),
        password_fields("1234567890123"),
        password_fields(new_password2="a-different-password"),
        password_fields(reason=""),
    ],
)
def test_a_bad_password_is_refused(admin: Client, app: App, support: User, fields: dict[str, str]) -> None:
    before = state_of(support)
    assert admin.post(password_page(support), fields | {"second_factor_code": app.code()}).status_code == 200
    assert state_of(support) == before
    assert not AccountChange.objects.exists()


def test_nobody_sets_a_customers_password(admin: Client, app: App, superuser: User, customer: User) -> None:
    before = state_of(customer)
    fields = password_fields(second_factor_code=app.code())
    assert "Set password" not in admin.get(page_of(customer)).content.decode()
    assert b"Only staff get a password from staff" in admin.post(password_page(customer), fields).content
    with pytest.raises(BourseError):
        set_staff_password(user=customer, password=NEW_PASSWORD, by=superuser, reason="asked")
    assert state_of(customer) == before


def test_only_superusers_set_passwords(support: User, auditor: User) -> None:
    before = state_of(auditor)
    assert client_of(support).post(password_page(auditor), password_fields()).status_code == 403
    assert state_of(auditor) == before


def test_ones_own_password_is_changed_with_the_old_one_and_written_down(support: User) -> None:
    client, page = client_of(support), reverse("admin:password_change")
    fields = {"old_password": "wrong", "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert client.post(page, fields).status_code == 200
    assert not AccountChange.objects.exists()
    assert client.post(page, fields | {"old_password": PASSWORD}).status_code == 302
    assert User.objects.get(pk=support.pk).check_password(NEW_PASSWORD)
    assert (AccountChange.objects.get().field, AccountChange.objects.get().by) == ("password", support)
    assert client.get(reverse("admin:index")).status_code == 200, "one's own session goes on"


# --- groups ----------------------------------------------------------------------------------------------------------


def test_rights_of_a_group_are_changed_by_superusers_with_a_reason_and_a_code(
    admin: Client, app: App, superuser: User
) -> None:

    group = Group.objects.get(name="Support")
    page = reverse("admin:auth_group_change", args=[group.pk])
    keep = group.permissions.get(codename="view_user").pk
    asked = {"name": "Support", "permissions": [keep], "reason": "less"}
    for missing in ({"second_factor_code": ""}, {"second_factor_code": app.code(), "reason": ""}):
        assert save(admin, page, asked | missing).status_code == 200
    save(admin, page, asked | {"second_factor_code": app.wrong_code()})
    assert group.permissions.count() > 1
    assert save(admin, page, asked | {"second_factor_code": app.code()}).status_code == 302
    assert [permission.pk for permission in group.permissions.all()] == [keep]
    action = StaffAction.objects.get()
    assert (action.by, action.subject, action.new) == (superuser, "Support", {"rights": "accounts.view_user"})
    assert "accounts.decide_kyc" in action.old["rights"]


def test_others_do_not_touch_groups(auditor: User) -> None:
    group = Group.objects.get(name="Auditor")
    client, before = client_of(auditor), group.permissions.count()
    page = reverse("admin:auth_group_change", args=[group.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, {"name": "Auditor", "permissions": [], "reason": "x"}).status_code == 403
    assert client.post(reverse("admin:auth_group_add"), {"name": "New", "reason": "x"}).status_code == 403
    assert group.permissions.count() == before


def test_a_right_alone_does_not_make_staff(db: None) -> None:
    user = staff_member("gone", "Support")
    User.objects.filter(pk=user.pk).update(is_staff=False)
    assert client_of(User.objects.get(pk=user.pk)).get(reverse("admin:accounts_user_changelist")).status_code == 302
