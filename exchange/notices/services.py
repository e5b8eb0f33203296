"""Writing, publishing and withdrawing notices; each with a name and a reason.

What changes is seen by everybody within two seconds: web and streams processes keep the notices for a second.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.staff import record_staff_action
from exchange.notices.errors import NoticeInvalid, NoticeStateConflict
from exchange.notices.models import Notice, NoticeKind
from exchange.notices.selectors import forget_notices
from ledger.models import Asset
from matching.models import Market

_MAX_SUBJECT = 60


class NoticeContent(TypedDict):
    """What a notice says; see the fields of `Notice`."""

    kind: str
    severity: str
    title: str
    text: str
    starts_at: datetime
    ends_at: datetime | None
    markets: Iterable[Market]
    assets: Iterable[Asset]


def write_notice(*, by: User, reason: str, **content: Unpack[NoticeContent]) -> Notice:
    """A draft, which nobody but staff sees. Raises NoticeInvalid, ReasonMissing."""
    fields, markets, assets = _parts(content)
    notice = Notice(**fields, created_by=by)
    _require_sound(notice)
    with transaction.atomic():
        notice.save(force_insert=True)
        notice.markets.set(markets)
        notice.assets.set(assets)
        _record(notice, "written", by, reason, new=_told(notice))
    return notice


def change_notice(*, notice_id: int, by: User, reason: str, **content: Unpack[NoticeContent]) -> Notice:
    """Say something else, or until another time; a published notice changes for everybody.

    Raises NoticeInvalid, NoticeStateConflict for one that was withdrawn, ReasonMissing.
    """
    fields, markets, assets = _parts(content)
    with transaction.atomic():
        notice = _locked(notice_id)
        old = _told(notice)
        for name, value in fields.items():
            setattr(notice, name, value)
        _require_sound(notice)
        notice.markets.set(markets)
        notice.assets.set(assets)
        new = _told(notice)
        changed = [name for name in new if new[name] != old[name]]
        if changed:
            notice.updated_at = timezone.now()
            notice.save()
            _record(
                notice,
                "changed",
                by,
                reason,
                old={name: old[name] for name in changed},
                new={name: new[name] for name in changed},
            )
    return notice


def publish_notice(*, notice_id: int, by: User, reason: str) -> Notice:
    """Show a draft to everybody. Raises NoticeStateConflict, ReasonMissing."""
    with transaction.atomic():
        notice = _locked(notice_id)
        if notice.published_at is not None:
            raise NoticeStateConflict
        notice.published_at = notice.updated_at = timezone.now()
        notice.save(update_fields=["published_at", "updated_at"])
        _record(notice, "published", by, reason)
    return notice


def withdraw_notice(*, notice_id: int, by: User, reason: str) -> Notice:
    """Take a notice back, published or not; it is never shown again. Raises NoticeStateConflict, ReasonMissing."""
    with transaction.atomic():
        notice = _locked(notice_id)
        notice.withdrawn_at = notice.updated_at = timezone.now()
        notice.save(update_fields=["withdrawn_at", "updated_at"])
        _record(notice, "withdrawn", by, reason)
    return notice


def _parts(content: NoticeContent) -> tuple[dict[str, Any], list[Market], list[Asset]]:
    fields: dict[str, Any] = dict(content)
    return fields, list(fields.pop("markets")), list(fields.pop("assets"))


def _locked(notice_id: int) -> Notice:
    notice = Notice.objects.select_for_update(no_key=True).get(pk=notice_id)
    if notice.withdrawn_at is not None:
        raise NoticeStateConflict
    return notice


def _require_sound(notice: Notice) -> None:
    if notice.kind == NoticeKind.HALT:
        raise NoticeInvalid(details={"fields": {"kind": "A halt is told by its market."}})
    try:
        notice.full_clean(validate_constraints=False)
    except ValidationError as error:
        fields = {name: " ".join(texts) for name, texts in error.message_dict.items()}
        raise NoticeInvalid(details={"fields": fields}) from error
    if notice.ends_at is not None and notice.ends_at <= notice.starts_at:
        raise NoticeInvalid(details={"fields": {"ends_at": "Later than it starts."}})


def _told(notice: Notice) -> dict[str, object]:
    return {
        "kind": notice.kind,
        "severity": notice.severity,
        "title": notice.title,
        "text": notice.text,
        "starts_at": notice.starts_at.isoformat(),
        "ends_at": notice.ends_at.isoformat() if notice.ends_at else None,
        "markets": sorted(notice.markets.values_list("symbol", flat=True)),
        "assets": sorted(notice.assets.values_list("symbol", flat=True)),
    }


def _record(
    notice: Notice,
    action: str,
    by: User,
    reason: str,
    *,
    old: Mapping[str, object] | None = None,
    new: Mapping[str, object] | None = None,
) -> None:
    record_staff_action(
        by=by,
        subject_kind="notice",
        subject=f"{notice.pk} {notice.title}"[:_MAX_SUBJECT],
        action=action,
        old=old,
        new=new,
        reason=reason,
    )
    transaction.on_commit(forget_notices)
