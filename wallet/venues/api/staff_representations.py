"""Exchange accounts and syncs as staff see them, as JSON objects."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from wallet.venues.api.account_representations import account_json, moment
from wallet.venues.contents import sync_content
from wallet.venues.models import AddressStatus, AddressSyncLog, SyncStatus
from wallet.venues.selectors.accounts import AccountView
from wallet.venues.selectors.figures import errors_by_code, failure_rate_percent, syncs_by_day
from wallet.venues.selectors.syncs import ExchangeFigures, SyncFigures


def staff_account_json(view: AccountView) -> dict[str, Any]:
    """`account.user` was read with the row. What users note about their accounts is theirs."""
    user = view.account.user
    owner = {"id": str(user.pk), "username": user.username, "email": user.email}
    return account_json(view) | {"user": owner, "failures": view.account.failures, "metadata": {}}


def staff_sync_json(sync: AddressSyncLog) -> dict[str, Any]:
    """`account`, its exchange and its user were read with the row."""
    account = sync.account
    return sync_content(sync) | {
        "account_name": account.name,
        "exchange": account.exchange_id,
        "username": account.user.username,
    }


def sync_status_json(figures: SyncFigures, exchanges: list[ExchangeFigures]) -> dict[str, Any]:
    return {
        "queued": figures.queued,
        "running": figures.running,
        "oldest_queued_at": moment(figures.oldest_queued_at),
        "success_24h": figures.success_24h,
        "partial_24h": figures.partial_24h,
        "failed_24h": figures.failed_24h,
        "due": figures.due,
        "exchanges": [asdict(one) for one in exchanges],
        "recent": [staff_sync_json(sync) for sync in figures.recent],
    }


def analytics_json(figures: dict[str, Any], *, at: datetime) -> dict[str, Any]:
    """`figures` as `wallet.venues.selectors.syncs.analytics` gives them."""
    accounts, addresses, week = figures["accounts"], figures["addresses"], figures["syncs_7d"]
    ended = week["success"] + week["partial"] + week["failed"]
    return {
        "accounts": {name: accounts[name] for name in ("total", "users", "active")}
        | {"by_status": {status.value: accounts[status.value] for status in SyncStatus}},
        "addresses": {name: addresses[name] for name in ("total", "active", "manual")}
        | {"by_status": {status.value: addresses[status.value] for status in AddressStatus}},
        "syncs_7d": week | {"failure_rate_percent": failure_rate_percent(failed=week["failed"], ended=ended)},
        "exchanges": [asdict(one) for one in figures["exchanges"]],
        "days": [
            {"day": one.day.isoformat(), "success": one.success, "partial": one.partial, "failed": one.failed}
            for one in syncs_by_day(at=at)
        ],
        "errors": [asdict(one) for one in errors_by_code(at=at)],
        "currencies": figures["currencies"],
    }
