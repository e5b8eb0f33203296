"""The review screen: what it shows, what can be done there, and by whom."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import StaffAction, User
from exchange.surveillance.watch import watch_markets
from ledger.models import Account
from matching.models import Trade
from risk.models import Detector, RiskComment, RiskEvent, RiskPolicy, Severity
from tests.integration.admin.conftest import client_of, staff_member
from tests.integration.risk.conftest import record, risk_rows, trade_between
from tests.support.exchange import Exchange
from tests.support.staff_pages import save

LIST = "/admin/risk/riskevent/"
WHY = "papers seen"
CONFIRMED = {"_confirmed": "1"}


@pytest.fixture
def officer(db: None) -> User:
    return staff_member("officer", "Compliance")


@pytest.fixture
def desk(officer: User) -> Client:
    return client_of(officer)


@pytest.fixture
def event(db: None) -> RiskEvent:
    owner = User.objects.get(username="owner")
    colleague = Account.objects.get(user__username="colleague")
    return record(user=owner, accounts=[Account.objects.get(user=owner).pk, colleague.pk])


def page(event: RiskEvent, what: str = "change") -> str:
    return reverse(f"admin:risk_riskevent_{what}", args=[event.pk])


def everything() -> tuple[Any, ...]:
    """What a refusal must leave alone."""
    return risk_rows(), RiskComment.objects.count(), StaffAction.objects.count(), list(RiskPolicy.objects.values_list())


def listed(client: Client, **query: str) -> set[int]:
    return {row.pk for row in client.get(LIST, query).context["cl"].result_list}


def test_a_wash_trade_is_reviewed_from_end_to_end(linked: Exchange) -> None:
    trade_between(linked, "owner", "colleague")
    watch_markets()
    event = RiskEvent.objects.get()
    officer = staff_member("officer", "Compliance")
    client = client_of(officer)
    text = client.get(page(event)).content.decode()
    for link in (
        reverse("admin:accounts_user_change", args=[linked.user("owner").pk]),
        reverse("admin:accounts_user_change", args=[linked.user("colleague").pk]),
        reverse("admin:matching_trade_change", args=[Trade.objects.get().pk]),
    ):
        assert link in text
        assert client.get(link).status_code == 200
    assert "signed in from the same address" in text
    assert "8.8.8.8" not in text, "an address is personal data and is not needed here"

    assert client.get(page(event, "take_on")).status_code == 200
    assert client.post(page(event, "take_on"), CONFIRMED).status_code == 302
    assert client.post(page(event, "comment"), CONFIRMED | {"text": "called them"}).status_code == 302
    assert client.post(page(event, "resolve"), CONFIRMED | {"reason": WHY}).status_code == 302
    event.refresh_from_db()
    assert (event.assigned_to, event.resolved, event.resolved_by, event.resolution) == (officer, True, officer, WHY)
    text = client.get(page(event)).content.decode()
    assert "called them" in text
    assert WHY in text


def test_what_is_missing_is_asked_for(desk: Client, event: RiskEvent) -> None:
    before = everything()
    assert desk.post(page(event, "resolve"), CONFIRMED | {"reason": ""}).status_code == 200
    assert desk.post(page(event, "comment"), CONFIRMED | {"text": " "}).status_code == 200
    assert desk.get(page(event, "resolve")).status_code == 200
    assert desk.get(page(event, "comment")).status_code == 200
    assert everything() == before


def test_what_is_resolved_is_not_resolved_again(desk: Client, event: RiskEvent) -> None:
    desk.post(page(event, "resolve"), CONFIRMED | {"reason": WHY})
    before = everything()
    answer = desk.post(page(event, "resolve"), CONFIRMED | {"reason": "another"})
    assert answer.status_code == 200
    assert "resolved already" in answer.content.decode()
    assert everything() == before
    assert page(event, "resolve") not in desk.get(page(event)).content.decode()
    assert page(event, "comment") in desk.get(page(event)).content.decode()


def test_several_are_taken_on_together(desk: Client, officer: User, event: RiskEvent) -> None:
    other, kept = record(fingerprint="another"), record(fingerprint="kept")
    fields = {"action": "take_on_selected", "_selected_action": [str(event.pk), str(other.pk)]}
    assert desk.post(LIST, fields).status_code == 200
    assert RiskEvent.objects.filter(assigned_to=officer).count() == 0
    assert desk.post(LIST, fields | CONFIRMED).status_code == 302
    assert set(RiskEvent.objects.filter(assigned_to=None)) == {kept}


def test_filters_and_search(desk: Client, officer: User, event: RiskEvent) -> None:
    worse = record(fingerprint="worse", severity=Severity.CRITICAL, detector=Detector.SPOOFING, market="ETH-USDT")
    desk.post(page(worse, "take_on"), CONFIRMED)
    desk.post(page(worse, "resolve"), CONFIRMED | {"reason": WHY})
    for query, expected in (
        ({"severity__exact": "4"}, worse),
        ({"resolved__exact": "0"}, event),
        ({"detector__exact": "spoofing"}, worse),
        ({"assigned": "me"}, worse),
        ({"assigned": "nobody"}, event),
        ({"q": "owner"}, event),
        ({"q": "colleague@example.com"}, event),
        ({"q": "ETH-USDT"}, worse),
        ({"q": str(worse.pk)}, worse),
    ):
        assert listed(desk, **query) == {expected.pk}, query
    assert listed(desk, q="outsider") == set()


def test_others_see_or_do_nothing(event: RiskEvent) -> None:
    """An auditor sees; other staff without the right, customers and strangers do not."""
    staff = {name: staff_member(name.split()[0].lower(), name) for name in ("Auditor", "Support", "Market operations")}
    nobody = staff_member("nobody")
    before = everything()
    owner = User.objects.get(username="owner")
    for user, seen, done in (
        (staff["Auditor"], 200, 403),
        (staff["Support"], 403, 403),
        (staff["Market operations"], 403, 403),
        (nobody, 403, 403),
        (owner, 302, 302),
        (None, 302, 302),
    ):
        client = client_of(user)
        assert client.get(LIST).status_code == seen, user
        assert client.get(page(event)).status_code == seen, user
        for what, fields in (("take_on", {}), ("comment", {"text": "x"}), ("resolve", {"reason": "x"})):
            assert client.get(page(event, what)).status_code == done, (user, what)
            assert client.post(page(event, what), CONFIRMED | fields).status_code == done, (user, what)
        client.post(LIST, {"action": "take_on_selected", "_selected_action": [str(event.pk)], **CONFIRMED})
        policy = reverse("admin:risk_riskpolicy_change", args=["spoofing"])
        assert save(client, policy, {"freezes_from": "1", "reason": "x"}).status_code == done, user
    assert everything() == before


def test_a_policy_is_changed_with_a_reason(desk: Client, officer: User) -> None:
    policy = reverse("admin:risk_riskpolicy_change", args=["spoofing"])
    before = everything()
    assert save(desk, policy, {"freezes_from": "3", "reason": ""}).status_code == 200
    assert save(desk, policy, {"freezes_from": "9", "reason": WHY}).status_code == 200
    assert everything() == before
    assert save(desk, policy, {"freezes_from": "3", "reason": WHY}).status_code == 302
    assert RiskPolicy.objects.get(pk="spoofing").freezes_from == Severity.HIGH
    action = StaffAction.objects.get(subject_kind="risk policy")
    assert (action.by, action.new, action.reason) == (officer, {"freezes_from": "HIGH"}, WHY)
    assert save(desk, policy, {"freezes_from": "", "reason": WHY}).status_code == 302
    assert RiskPolicy.objects.get(pk="spoofing").freezes_from is None


def test_an_event_that_does_not_exist(desk: Client, db: None) -> None:
    for what in ("change", "take_on", "comment", "resolve"):
        assert desk.get(reverse(f"admin:risk_riskevent_{what}", args=[4711])).status_code == 302


def test_the_overview_counts_what_is_open(desk: Client, event: RiskEvent) -> None:
    record(fingerprint="worse", severity=Severity.CRITICAL)
    cards = desk.get("/admin/").context["risk_cards"]
    assert [(card["value"], card["note"]) for card in cards] == [
        ("1", "critical: 1, high: 0"),
        ("1", "medium: 1, low: 0"),
    ]
    assert "risk_cards" not in client_of(staff_member("nobody")).get("/admin/").context
    metrics = Client().get("/metrics").content.decode()
    assert 'bourse_open_risk_events{severity="critical"} 1.0' in metrics
    assert 'bourse_open_risk_events{severity="low"} 0.0' in metrics
