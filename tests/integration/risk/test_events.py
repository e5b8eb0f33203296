"""Risk events: one for a fingerprint, raised when seen again, decided by people, and a policy carried out once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from accounts.errors import ReasonMissing
from accounts.models import AccountChange, AccountState, StaffAction, User
from accounts.services import change_account_state, change_house_mark
from ledger.models import Account
from risk.errors import RiskEventResolved, RiskPolicyUnknown
from risk.models import Detector, RiskComment, RiskEvent, RiskPolicy, Severity
from risk.selectors import count_open_risk_events, list_risk_comments
from risk.services import (
    MOST_EVIDENCE,
    assign_risk_event,
    change_risk_policy,
    comment_on_risk_event,
    resolve_risk_event,
)
from storage.models import RowIsAppendOnly
from tests.integration.risk.conftest import AN_HOUR, record, risk_rows

LATER = AN_HOUR + timedelta(minutes=1)


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.get(username="staff")


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.get(username="owner")


def account_of(user: User) -> int:
    return Account.objects.get(user=user).pk


def test_what_was_seen_already_changes_nothing(db: None) -> None:
    record()
    before = risk_rows()
    record(severity=Severity.CRITICAL)
    record(last_seen_at=AN_HOUR - timedelta(seconds=1))
    assert risk_rows() == before


def test_seen_again_it_counts_more_and_gets_worse_but_never_better(db: None) -> None:
    first = record()
    again = record(
        severity=Severity.HIGH, last_seen_at=LATER, count=2, metadata={"figures": {"trades": 3}, "trades": [1, 2, 3]}
    )
    assert (again.pk, again.count, again.severity) == (first.pk, 3, Severity.HIGH)
    assert again.metadata == {"figures": {"trades": 3}, "trades": [1, 2, 3]}
    assert (again.first_seen_at, again.last_seen_at) == (AN_HOUR, LATER)
    assert record(severity=Severity.LOW, last_seen_at=LATER + timedelta(seconds=1)).severity == Severity.HIGH
    assert RiskEvent.objects.count() == 1


def test_evidence_has_a_bound_and_the_count_has_none(db: None) -> None:
    record(metadata={"trades": list(range(MOST_EVIDENCE))})
    event = record(last_seen_at=LATER, count=50, metadata={"trades": list(range(MOST_EVIDENCE, MOST_EVIDENCE + 50))})
    assert (len(event.metadata["trades"]), event.count) == (MOST_EVIDENCE, 51)


def test_another_fingerprint_is_another_event(db: None) -> None:
    assert record().pk != record(fingerprint="another").pk


def test_resolved_and_seen_again_it_is_another_event(staff: User) -> None:
    first = record()
    resolve_risk_event(event_id=first.pk, resolution="a mistake of a bot", by=staff)
    assert record().pk == first.pk, "what was seen before it was resolved is in it"
    second = record(last_seen_at=LATER)
    assert (second.pk != first.pk, second.resolved, second.repetition) == (True, False, 2)


def test_open_events_are_counted_by_severity(staff: User) -> None:
    record()
    record(fingerprint="worse", severity=Severity.CRITICAL)
    done = record(fingerprint="done", severity=Severity.CRITICAL)
    resolve_risk_event(event_id=done.pk, resolution="nothing", by=staff)
    assert count_open_risk_events() == {
        Severity.LOW: 0,
        Severity.MEDIUM: 1,
        Severity.HIGH: 0,
        Severity.CRITICAL: 1,
    }


def test_what_staff_do_is_written_down(staff: User) -> None:
    event = record()
    assign_risk_event(event_id=event.pk, to=staff, by=staff)
    assign_risk_event(event_id=event.pk, to=staff, by=staff)
    comment_on_risk_event(event_id=event.pk, text=" asked for papers ", by=staff)
    resolve_risk_event(event_id=event.pk, resolution="papers seen", by=staff)
    comment_on_risk_event(event_id=event.pk, text="papers are kept", by=staff)
    event.refresh_from_db()
    assert (event.assigned_to, event.resolved_by, event.resolution) == (staff, staff, "papers seen")
    actions = StaffAction.objects.filter(subject_kind="risk event", subject=str(event.pk)).order_by("pk")
    assert [(action.action, action.by, action.reason) for action in actions] == [
        ("assign", staff, "taken on"),
        ("resolve", staff, "papers seen"),
    ]
    assert [(comment.author, comment.text) for comment in list_risk_comments(event_id=event.pk)] == [
        (staff, "asked for papers"),
        (staff, "papers are kept"),
    ]


def test_refusals_change_nothing(staff: User) -> None:
    event = record()
    resolved = record(fingerprint="resolved")
    resolve_risk_event(event_id=resolved.pk, resolution="nothing", by=staff)
    before = risk_rows(), StaffAction.objects.count(), list(RiskPolicy.objects.values_list())
    with pytest.raises(ReasonMissing):
        resolve_risk_event(event_id=event.pk, resolution=" ", by=staff)
    with pytest.raises(ReasonMissing):
        comment_on_risk_event(event_id=event.pk, text="\n", by=staff)
    with pytest.raises(ReasonMissing):
        change_risk_policy(detector=Detector.SPOOFING, freezes_from=Severity.LOW, by=staff, reason="")
    with pytest.raises(RiskPolicyUnknown):
        change_risk_policy(detector=Detector.QUIET_MOVE, freezes_from=Severity.LOW, by=staff, reason="why not")
    with pytest.raises(RiskEventResolved):
        resolve_risk_event(event_id=resolved.pk, resolution="again", by=staff)
    with pytest.raises(RiskEventResolved):
        assign_risk_event(event_id=resolved.pk, to=staff, by=staff)
    assert before == (risk_rows(), StaffAction.objects.count(), list(RiskPolicy.objects.values_list()))
    assert RiskComment.objects.count() == 0


def test_comments_are_never_altered(staff: User) -> None:
    comment = comment_on_risk_event(event_id=record().pk, text="so it was", by=staff)
    comment.text = "so it was not"
    with pytest.raises(RowIsAppendOnly):
        comment.save()
    with pytest.raises(RowIsAppendOnly):
        comment.delete()


def test_the_database_knows_no_event_resolved_by_nobody(db: None) -> None:
    event = record()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE risk_riskevent SET resolved = true WHERE id = %s", [event.pk])


# --- policies ----------------------------------------------------------------------------------------------------


def standing(user: User) -> tuple[str, int]:
    """Its state, and how often that was changed by the exchange itself."""
    state = User.objects.get(pk=user.pk).state
    return state, AccountChange.objects.filter(user=user, field="state", by=None).count()


def test_every_policy_is_off_at_first(db: None) -> None:
    accusing = {name for name in Detector.values if name != Detector.QUIET_MOVE}
    assert dict(RiskPolicy.objects.values_list("detector", "freezes_from")) == dict.fromkeys(accusing)


def test_nothing_is_frozen_without_a_policy(owner: User) -> None:
    event = record(severity=Severity.CRITICAL, user=owner, accounts=[account_of(owner)])
    assert (standing(owner), event.restricted_at) == ((AccountState.ACTIVE, 0), None)


def test_a_policy_freezes_trading_once_and_says_why(owner: User, staff: User) -> None:
    named: dict[str, Any] = {"user": owner, "accounts": [account_of(owner)]}
    change_risk_policy(detector=Detector.WASH_TRADING, freezes_from=Severity.HIGH, by=staff, reason="too many")
    action = StaffAction.objects.get(subject_kind="risk policy")
    assert (action.by, action.subject, action.new) == (staff, "wash_trading", {"freezes_from": "HIGH"})
    record(**named)
    assert standing(owner) == (AccountState.ACTIVE, 0), "not severe enough"
    event = record(**named, severity=Severity.HIGH, last_seen_at=LATER)
    assert standing(owner) == (AccountState.TRADE_FROZEN, 1)
    change = AccountChange.objects.get(user=owner, field="state")
    assert f"risk event {event.pk}" in change.reason
    (comment,) = list_risk_comments(event_id=event.pk)
    assert (comment.author, comment.text) == (None, "Trading of owner was frozen by policy.")

    change_account_state(user=owner, state=AccountState.ACTIVE, by=staff, reason="explained")
    record(**named, severity=Severity.CRITICAL, last_seen_at=LATER + timedelta(minutes=1))
    assert standing(owner) == (AccountState.ACTIVE, 1), "the same event does not freeze again"


def test_a_policy_is_for_its_detector_and_leaves_the_house_and_closed_accounts_alone(owner: User, staff: User) -> None:
    outsider, colleague = (User.objects.get(username=name) for name in ("outsider", "colleague"))
    change_house_mark(user=colleague, is_house=True, by=staff, reason="ours")
    change_account_state(user=outsider, state=AccountState.CLOSED, by=staff, reason="left")
    change_risk_policy(detector=Detector.SPOOFING, freezes_from=Severity.LOW, by=staff, reason="test")
    everybody = [account_of(user) for user in (owner, outsider, colleague)]
    record(accounts=everybody, severity=Severity.CRITICAL)
    assert standing(owner) == (AccountState.ACTIVE, 0), "a policy of another detector"
    record(accounts=everybody, detector=Detector.SPOOFING, fingerprint="spoofing")
    assert standing(owner) == (AccountState.TRADE_FROZEN, 1)
    assert standing(colleague) == (AccountState.ACTIVE, 0)
    assert standing(outsider) == (AccountState.CLOSED, 0)
