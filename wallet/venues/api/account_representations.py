"""Exchange accounts as JSON objects. No key is in any of them: the fields are named one by one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings

from ledger.api.parameters import rfc3339
from wallet.venues.contents import sync_content
from wallet.venues.core.fetched import ConnectionReport, KeyPermissions
from wallet.venues.models import SupportedExchange
from wallet.venues.sandbox.demo import demo_credentials
from wallet.venues.selectors.accounts import AccountView
from wallet.venues.selectors.pace import full_sync_seconds
from wallet.venues.selectors.warnings import Warning, permission_warnings, permissions_of


def account_json(view: AccountView) -> dict[str, Any]:
    account = view.account
    return {
        "id": str(account.pk),
        "exchange": account.exchange_id,
        "exchange_name": account.exchange.name,
        "name": account.name,
        "kind": account.kind,
        "key_hint": account.key_hint,
        "is_sandbox": account.is_sandbox,
        "is_active": account.is_active,
        "permissions": permissions_json(permissions_of(account)),
        "warnings": warnings_json(view.warnings),
        "keys_changed_at": rfc3339(account.keys_changed_at),
        "keys_expire_at": moment(account.keys_expire_at),
        "sync_status": account.sync_status,
        "last_sync_at": moment(account.last_sync_at),
        "next_sync_at": moment(account.next_sync_at),
        "error": {"code": account.error_code, "message": account.error_message} if account.error_code else None,
        "sync": sync_content(view.latest_sync) if view.latest_sync else None,
        "addresses": view.addresses,
        "metadata": account.metadata,
        "created_at": rfc3339(account.created_at),
    }


def warnings_json(warnings: Iterable[Warning]) -> list[dict[str, str]]:
    return [{"code": warning.code, "message": warning.message} for warning in warnings]


def permissions_json(permissions: KeyPermissions) -> dict[str, bool | None]:
    return {"read": permissions.can_read, "trade": permissions.can_trade, "withdraw": permissions.can_withdraw}


def report_json(report: ConnectionReport, *, at: datetime) -> dict[str, Any]:
    return {
        "permissions": permissions_json(report.permissions),
        "warnings": warnings_json(permission_warnings(report.permissions)),
        "latency_ms": report.latency_ms,
        "server_skew_ms": report.server_skew_ms,
        "tested_at": rfc3339(at),
    }


def supported_json(exchange: SupportedExchange) -> dict[str, Any]:
    return {
        "id": exchange.pk,
        "name": exchange.name,
        "links": {name: str(link) for name, link in exchange.links.items() if isinstance(link, str)},
        "has_addresses": exchange.has_addresses,
        "needs_passphrase": exchange.needs_passphrase,
        "has_sandbox": exchange.has_sandbox,
        "has_futures": exchange.has_futures,
        "rate_limit_ms": exchange.rate_limit_ms,
        "full_sync_seconds": full_sync_seconds(exchange),
        "currencies": len(exchange.currencies),
        "currencies_at": moment(exchange.currencies_at),
    }


def exchange_info_json(exchange: SupportedExchange) -> dict[str, Any]:
    return supported_json(exchange) | {"metadata": exchange.metadata | _keys_to_try(exchange)}


def _keys_to_try(exchange: SupportedExchange) -> dict[str, Any]:
    """In the demo: keys of an account in the sandbox, which hold nothing and open nothing real."""
    key = demo_credentials(exchange.ccxt_id) if settings.DEMO and settings.VENUE_SANDBOX_URL else None
    if key is None:
        return {}
    offered = {"api_key": key.api_key, "api_secret": key.api_secret, "passphrase": key.passphrase}
    return {"demo_credentials": offered}


def currency_json(code: str, currency: dict[str, Any]) -> dict[str, Any]:
    networks: dict[str, dict[str, Any]] = currency.get("networks", {})
    return {
        "code": code,
        "name": str(currency.get("name") or code),
        "networks": [
            {"network": name, "can_deposit": bool(network.get("deposit")), "needs_tag": network.get("needs_tag")}
            for name, network in sorted(networks.items())
        ],
    }


def moment(at: datetime | None) -> str | None:
    return rfc3339(at) if at else None
