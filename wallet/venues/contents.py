"""What a sync looks like to its user: in answers of the API, and in the events of the user's stream."""

from typing import Any

from ledger.api.parameters import rfc3339
from wallet.venues.models import AddressSyncLog


def sync_content(sync: AddressSyncLog) -> dict[str, Any]:
    """Nothing in it is of anybody else, and nothing is the exchange's own words."""
    return {
        "id": str(sync.pk),
        "account_id": str(sync.account_id),
        "type": sync.type,
        "trigger": sync.trigger,
        "status": sync.status,
        "done": sync.done,
        "total": sync.total,
        "added": sync.added,
        "updated": sync.updated,
        "removed": sync.removed,
        "changed": sync.changed,
        "errors": [
            {"currency": currency, "code": str(error.get("code", "")), "message": str(error.get("message", ""))}
            for currency, error in sorted(sync.errors.items())
        ],
        "started_at": rfc3339(sync.started_at),
        "expected_end_at": rfc3339(sync.expected_end_at) if sync.expected_end_at and not sync.finished_at else None,
        "finished_at": rfc3339(sync.finished_at) if sync.finished_at else None,
        "duration_ms": sync.duration_ms,
    }
