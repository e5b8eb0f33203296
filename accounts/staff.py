"""What staff do, and who may be staff: every write leaves a line that says who and why."""

from collections.abc import Iterable, Mapping

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.credentials import forget_credentials
from accounts.errors import AccountDataInvalid, LastSuperuser, ReasonMissing
from accounts.models import AccountChange, StaffAction, User

MAX_NOTED = 100
"""Characters of `AccountChange.old` and `new`."""


def record_staff_action(
    *,
    by: User,
    subject_kind: str,
    subject: str,
    action: str,
    reason: str,
    old: Mapping[str, object] | None = None,
    new: Mapping[str, object] | None = None,
    command_id: int | None = None,
) -> StaffAction:
    """Write down what somebody did to the exchange; call it in the database transaction that does it.

    Raises ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing
    return StaffAction.objects.create(
        by=by,
        subject_kind=subject_kind,
        subject=subject,
        action=action,
        old=dict(old or {}),
        new=dict(new or {}),
        reason=reason.strip()[:200],
        command_id=command_id,
    )


def change_staff_access(
    *,
    user: User,
    is_active: bool,
    is_staff: bool,
    is_superuser: bool,
    groups: Iterable[Group],
    by: User,
    reason: str,
) -> User:
    """Decide who may sign in, see the admin, and do what there. One line per thing that changed.

    Raises ReasonMissing, and LastSuperuser where nobody would be left who may do this.
    """
    if not reason.strip():
        raise ReasonMissing
    wanted = {"is_active": is_active, "is_staff": is_staff, "is_superuser": is_superuser}
    with transaction.atomic():
        lock_superusers()
        locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        changed = {field: value for field, value in wanted.items() if getattr(locked, field) != value}
        for field, value in changed.items():
            _note(locked, field, str(getattr(locked, field)), str(value), by, reason)
            setattr(locked, field, value)
        if changed:
            locked.save(update_fields=list(changed))
        old_groups, new_groups = _names(locked.groups.all()), _names(groups)
        if old_groups != new_groups:
            _note(locked, "groups", ", ".join(old_groups), ", ".join(new_groups), by, reason)
            locked.groups.set(Group.objects.filter(name__in=new_groups))
        if not User.objects.filter(is_superuser=True, is_staff=True, is_active=True).exists():
            raise LastSuperuser
        transaction.on_commit(forget_credentials)
    return locked


def lock_superusers() -> None:
    """Lock all of them, always in the same order: two of them cannot remove each other at the same time."""
    list(User.objects.select_for_update(no_key=True).filter(is_superuser=True).order_by("pk"))


def set_staff_password(*, user: User, password: str, by: User, reason: str) -> User:
    """Give a staff member a new password, or oneself. Sessions that were signed in with the old one end.

    Raises ReasonMissing, and AccountDataInvalid for a weak password or a user who is not staff: customers choose
    their passwords themselves, and nobody else ever does.
    """
    if not reason.strip():
        raise ReasonMissing
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise AccountDataInvalid(details={"password": error.messages}) from error
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if not locked.is_staff:
            raise AccountDataInvalid(details={"user": ["Only staff get a password from staff."]})
        locked.set_password(password)
        locked.save(update_fields=["password"])
        _note(locked, "password", "", "", by, reason)
    return locked


def _names(groups: Iterable[Group]) -> list[str]:
    return sorted(group.name for group in groups)


def _note(user: User, field: str, old: str, new: str, by: User, reason: str) -> None:
    AccountChange.objects.create(
        user=user,
        by=by,
        field=field,
        old=old[:MAX_NOTED],
        new=new[:MAX_NOTED],
        reason=reason.strip()[:200],
    )
