"""Deposit addresses at other exchanges, and what was done with them, as JSON objects."""

from typing import Any

from kernel.errors import BourseError
from ledger.api.parameters import rfc3339
from wallet.venues.api.account_representations import warnings_json
from wallet.venues.models import AddressActivityLog
from wallet.venues.selectors.address_rows import AddressView
from wallet.venues.selectors.addresses import AddressGroup, get_addresses
from wallet.venues.services.forms import BulkResult

USER, STAFF, EXCHANGE = "user", "staff", "exchange"


def address_json(view: AddressView) -> dict[str, Any]:
    """Ids stay what they are: the renderer writes them faster than they become text here."""
    return {
        "id": view.id,
        "account_id": view.account_id,
        "account_name": view.account_name,
        "exchange": view.exchange_id,
        "currency": view.currency,
        "network": view.network,
        "address": view.address,
        "tag": view.tag,
        "type": view.type,
        "label": view.label,
        "description": view.description,
        "listing": view.listing,
        "is_blocked": view.is_blocked,
        "status": view.status,
        "is_active": view.is_active,
        "is_manual": view.is_manual,
        "is_format_checked": view.is_format_checked,
        "needs_tag": view.needs_tag,
        "replaces": view.replaces,
        "replaced_by": view.replaced_by,
        "first_seen_at": view.first_seen_at,
        "last_verified_at": view.last_verified_at,
        "created_at": view.created_at,
        "updated_at": view.updated_at,
        "exchange_metadata": view.exchange_metadata,
        "user_metadata": view.user_metadata,
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
    shown = get_addresses(address.pk for address in made)
    return [
        {
            "id": str(result.address_id) if result.address_id else None,
            "ok": result.error is None,
            "address": address_json(shown[result.address.pk]) if result.address else None,
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
