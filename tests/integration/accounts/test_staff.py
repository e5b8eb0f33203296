"""What staff do leaves lines nobody can change, and there is always a superuser."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import ProgrammingError, connection, connections

from accounts.errors import LastSuperuser, ReasonMissing
from accounts.models import AccountChange, StaffAction, User
from accounts.staff import change_staff_access, record_staff_action
from storage.models import RowIsAppendOnly
from tests.support.exchange import Exchange


def demote(user: User, by: User) -> str:
    """Take the rights of a superuser away; what became of it."""
    try:
        change_staff_access(
            user=user, is_active=True, is_staff=True, is_superuser=False, groups=[], by=by, reason="rivalry"
        )
    except LastSuperuser:
        return "refused"
    finally:
        connections.close_all()
    return "done"


def test_two_superusers_cannot_remove_each_other_at_the_same_time(exchange: Exchange) -> None:
    first = exchange.user("staff")
    second = User.objects.create_superuser("second@example.com", "second", "a-long-enough-password")
    with ThreadPoolExecutor(2) as threads:
        results = list(threads.map(demote, (second, first), (first, second)))
    assert sorted(results) == ["done", "refused"]
    assert User.objects.filter(is_superuser=True).count() == 1
    assert AccountChange.objects.filter(field="is_superuser").count() == 1


def test_nothing_is_changed_without_a_reason(exchange: Exchange) -> None:
    staff, owner = exchange.user("staff"), exchange.user("owner")
    with pytest.raises(ReasonMissing):
        change_staff_access(
            user=owner, is_active=True, is_staff=True, is_superuser=False, groups=[], by=staff, reason=" "
        )
    with pytest.raises(ReasonMissing):
        record_staff_action(by=staff, subject_kind="market", subject="BTC-USDT", action="state", reason="")
    assert not User.objects.get(pk=owner.pk).is_staff
    assert not StaffAction.objects.exists()
    assert not AccountChange.objects.exists()


@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_staffaction SET reason = 'x'", "DELETE FROM accounts_staffaction"]
)
def test_a_line_stays_as_it_was_written(exchange: Exchange, statement: str) -> None:
    staff = exchange.user("staff")
    action = record_staff_action(by=staff, subject_kind="market", subject="BTC-USDT", action="state", reason="why")
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(statement)
    with pytest.raises(RowIsAppendOnly):
        StaffAction.objects.update(reason="x")
    with pytest.raises(RowIsAppendOnly):
        action.delete()
    assert StaffAction.objects.get().reason == "why"
