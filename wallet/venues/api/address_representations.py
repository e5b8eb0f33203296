"""Deposit addresses at other exchanges, and what was done with them, as JSON objects."""

from typing import Any

from kernel.errors import BourseError
from ledger.api.parameters import rfc3339
from wallet.venues.api.account_representations import moment, warnings_json
from wallet.venues.models import AddressActivityLog
from wallet.venues.selectors.addresses import AddressGroup, AddressView, views_of_addresses
from wallet.venues.services.forms import BulkResult

USER, STAFF, EXCHANGE = "user", "staff", "exchange"


def address_json(view: AddressView) -> dict[str, Any]:
    address = view.address
    return {
        "id": str(address.pk),
        "account_id": str(address.account_id),
        "account_name": address.account.name,
        "exchange": address.exchange_id,
        "currency": address.currency,
        "network": address.network,
        "address": address.address,
        "tag": address.tag,
        "type": address.type,
        "label": view.label,
        "description": address.description,
        "listing": view.listing,
        "is_blocked": view.is_blocked,
        "status": address.status,
        "is_active": address.is_active,
        "is_manual": address.is_manual,
        "is_format_checked": address.is_format_checked,
        "needs_tag": view.needs_tag,
        "replaces": str(address.replaces_id) if address.replaces_id else None,
        "replaced_by": str(view.replaced_by) if view.replaced_by else None,
        "first_seen_at": rfc3339(address.first_seen_at),
        "last_verified_at": moment(address.last_verified_at),
        "created_at": rfc3339(address.created_at),
        "updated_at": rfc3339(address.updated_at),
        "exchange_metadata": address.exchange_metadata,
        "user_metadata": address.user_metadata,
        "warnings": warnings_json(view.warnings),
    }


def groups_json(groups: list[AddressGroup]) -> dict[str, Any]:
    return {
        "groups": [
            {
                "currency": group.currency,
                "network": group.network,
                "addresses": [address_json(view) for view in group.addresses],
            }
            for group in groups
        ]
    }


def bulk_json(results: list[BulkResult]) -> list[dict[str, Any]]:
    """Addresses are read together, for what is said of them."""
    made = [result.address for result in results if result.address is not None]
    shown = {view.address.pk: address_json(view) for view in views_of_addresses(made)}
    return [
        {
            "id": str(result.address_id) if result.address_id else None,
            "ok": result.error is None,
            "address": shown[result.address.pk] if result.address else None,
            "error": _error_json(result.error) if result.error else None,
        }
        for result in results
    ]


def _error_json(error: BourseError) -> dict[str, Any]:
    return {"code": error.code, "message": error.text, "details": error.details}


def activity_json(activity: AddressActivityLog) -> dict[str, Any]:
    """Where somebody else did it from is theirs to know."""
    by = EXCHANGE if activity.actor_id is None else USER if activity.actor_id == activity.user_id else STAFF
    return {
        "id": str(activity.pk),
        "action": activity.action,
        "by": by,
        "old_values": activity.old_values,
        "new_values": activity.new_values,
        "ip_address": activity.ip_address if by == USER else None,
        "user_agent": activity.user_agent if by == USER else "",
        "at": rfc3339(activity.at),
    }
