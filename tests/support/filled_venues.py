"""Rows of exchange accounts without any exchange: addresses as a sync leaves them, and one row of everything."""

from typing import Any

from django.utils import timezone

from accounts.models import User
from tests.support.told_venue import EVM, connected
from wallet.venues.models import (
    AddressStatus,
    AddressSyncLog,
    DepositAddress,
    ExchangeAccount,
    SyncOutcome,
    SyncTrigger,
    SyncType,
)
from wallet.venues.origin import Origin
from wallet.venues.services.addresses import update_address
from wallet.venues.services.forms import AddressChanges
from wallet.venues.services.marks import block_for_everybody


def address_of(
    account: ExchangeAccount, address: str = EVM[0], *, currency: str = "USDT", network: str = "ERC20", **fields: Any
) -> DepositAddress:
    """A row as a sync leaves it."""
    now = timezone.now()
    status = fields.setdefault("status", AddressStatus.CURRENT)
    fields.setdefault("is_active", status == AddressStatus.CURRENT)
    fields.setdefault("is_format_checked", True)
    return DepositAddress.objects.create(
        account=account,
        user=account.user,
        exchange=account.exchange,
        currency=currency,
        network=network,
        address=address,
        first_seen_at=now,
        last_verified_at=now,
        **fields,
    )


def sync_of(account: ExchangeAccount, **fields: Any) -> AddressSyncLog:
    """One that has ended, with an error about one of its currencies."""
    now = timezone.now()
    usual: dict[str, Any] = {
        "type": SyncType.FULL,
        "trigger": SyncTrigger.SCHEDULE,
        "currencies": ["USDT", "XRP"],
        "total": 2,
        "done": 2,
        "added": 1,
        "status": SyncOutcome.PARTIAL,
        "errors": {"XRP": {"code": "EXCHANGE_TIMEOUT", "message": "The exchange took too long to answer."}},
        "started_at": now,
        "finished_at": now,
        "duration_ms": 1_200,
    }
    return AddressSyncLog.objects.create(account=account, **usual | fields)


def fill_venues(user: User, staff: User) -> ExchangeAccount:
    """An account with a sync that failed in part, a changed address, a label, and a block of the staff."""
    account = connected(user)
    address = address_of(account)
    address_of(account, EVM[1], status=AddressStatus.CHANGED, replaces=address)
    update_address(
        user=user, origin=Origin(actor=user), address_id=address.pk, changes=AddressChanges(label="the main one")
    )
    sync_of(account)
    block_for_everybody(staff=staff, network="ERC20", address=EVM[2], reason="test")
    return account
