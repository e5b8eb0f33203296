"""Notices on the staff pages."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import StaffAction
from exchange.notices.models import Notice
from tests.integration.admin.conftest import client_of, staff_member
from tests.support.staff_pages import save

LIST, ADD = ("admin:notices_notice_changelist", "admin:notices_notice_add")
FORM = {
    "kind": "INCIDENT",
    "severity": "WARNING",
    "title": "Slow confirmations",
    "text": "Deposits take longer.",
    "starts_at_0": "2026-01-20",
    "starts_at_1": "14:25:00",
    "ends_at_0": "",
    "ends_at_1": "",
    "reason": "the network is busy",
}


def page(action: str, notice: Notice) -> str:
    return reverse(f"admin:notices_notice_{action}", args=[notice.pk])


def step(client: Client, notice: Notice, name: str, reason: str = "because") -> Any:
    return client.post(page(name, notice), {"reason": reason, "_confirmed": "1"})


@pytest.fixture
def operator(db: None) -> Client:
    return client_of(staff_member("operator", "Market operations"))


def written(client: Client) -> Notice:
    response = client.post(reverse(ADD), FORM)
    assert response.status_code == 302, response.context["adminform"].form.errors
    return Notice.objects.get()


def test_from_draft_to_withdrawal(operator: Client) -> None:
    notice = written(operator)
    assert (notice.published_at, notice.created_by.username) == (None, "operator")
    response = save(operator, page("change", notice), FORM | {"text": "Withdrawals, too.", "reason": "more is known"})
    assert response.status_code == 302
    assert step(operator, notice, "publish").status_code == 302
    notice.refresh_from_db()
    assert notice.text == "Withdrawals, too."
    assert notice.published_at is not None
    assert step(operator, notice, "withdraw").status_code == 302
    notice.refresh_from_db()
    assert notice.withdrawn_at is not None
    assert save(operator, page("change", notice), FORM).status_code == 403
    assert list(StaffAction.objects.order_by("pk").values_list("action", "by__username")) == [
        (action, "operator") for action in ("written", "changed", "published", "withdrawn")
    ]


def test_nothing_without_a_reason_or_with_an_impossible_end(operator: Client) -> None:
    assert operator.post(reverse(ADD), FORM | {"reason": ""}).status_code == 200
    assert operator.post(reverse(ADD), FORM | {"kind": "HALT"}).status_code == 200
    refused = operator.post(reverse(ADD), FORM | {"ends_at_0": "2026-01-20", "ends_at_1": "14:00:00"}, follow=True)
    assert "A notice ends later than it starts." in refused.content.decode()
    assert not Notice.objects.exists()
    notice = written(operator)
    assert step(operator, notice, "publish", reason="").status_code == 200
    notice.refresh_from_db()
    assert notice.published_at is None


def test_who_may_only_look(operator: Client) -> None:
    notice = written(operator)
    support = client_of(staff_member("support", "Support"))
    assert support.get(reverse(LIST)).status_code == 200
    assert support.get(page("change", notice)).status_code == 200
    assert support.post(reverse(ADD), FORM).status_code == 403
    assert save(support, page("change", notice), FORM).status_code == 403
    for name in ("publish", "withdraw"):
        assert step(support, notice, name).status_code == 403
    nobody = client_of(staff_member("nobody"))
    assert nobody.get(reverse(LIST)).status_code == 403
    assert Notice.objects.get().published_at is None
