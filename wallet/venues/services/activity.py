"""The log of what is done to accounts and addresses, by whom and from where. Written with the change itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from wallet.venues.models import Activity, AddressActivityLog, DepositAddress, ExchangeAccount
from wallet.venues.origin import Origin

_LONGEST_AGENT = 200


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was done to an address."""

    action: Activity
    address: DepositAddress
    old: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, Any] = field(default_factory=dict)


def log_account(
    account: ExchangeAccount,
    action: Activity,
    *,
    origin: Origin,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
) -> None:
    """Call it in the database transaction that does it. No key is ever in `old` or `new`."""
    AddressActivityLog.objects.create(
        **_common(account, origin), action=action, old_values=dict(old or {}), new_values=dict(new or {})
    )


def log_addresses(
    account: ExchangeAccount, done: Sequence[Done], *, origin: Origin, at: datetime | None = None
) -> None:
    """The same for addresses of one account, in one statement."""
    common = _common(account, origin) | ({"at": at} if at else {})
    AddressActivityLog.objects.bulk_create(
        AddressActivityLog(
            **common, action=one.action, address=one.address, old_values=dict(one.old), new_values=dict(one.new)
        )
        for one in done
    )


def shown(address: DepositAddress) -> dict[str, Any]:
    """What the log keeps of an address when it comes or goes."""
    return {
        "currency": address.currency,
        "network": address.network,
        "address": address.address,
        "tag": address.tag,
        "status": address.status,
        "is_active": address.is_active,
    }


def _common(account: ExchangeAccount, origin: Origin) -> dict[str, Any]:
    return {
        "user_id": account.user_id,
        "account": account,
        "actor": origin.actor,
        "ip_address": origin.ip_address,
        "user_agent": origin.user_agent[:_LONGEST_AGENT],
        "at": timezone.now(),
    }
