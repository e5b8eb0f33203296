"""Notices as JSON objects; the same over REST and on the streams."""

from datetime import datetime
from typing import Any

from exchange.notices.selectors import NoticeView
from ledger.api.parameters import rfc3339


def notice_json(notice: NoticeView, *, now: datetime) -> dict[str, Any]:
    return {
        "id": notice.id,
        "kind": notice.kind.value,
        "severity": notice.severity.value,
        "phase": notice.phase_at(now).value,
        "title": notice.title,
        "text": notice.text,
        "markets": list(notice.markets),
        "assets": list(notice.assets),
        "starts_at": _time(notice.starts_at),
        "ends_at": _time(notice.ends_at),
        "published_at": _time(notice.published_at),
        "updated_at": _time(notice.updated_at),
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else rfc3339(at)
