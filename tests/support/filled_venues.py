"""At least one row of everything that has to do with exchange accounts."""

from django.utils import timezone

from accounts.models import User
from tests.support.venues import FIRST, SECOND, address_of, connected
from wallet.venues.models import (
    AddressMark,
    AddressStatus,
    AddressSyncLog,
    ExchangeAccount,
    SyncOutcome,
    SyncTrigger,
    SyncType,
)
from wallet.venues.origin import Origin
from wallet.venues.services.addresses import update_address
from wallet.venues.services.forms import AddressChanges
from wallet.venues.services.marks import block_for_everybody


def fill_venues(user: User, staff: User) -> ExchangeAccount:
    """An account with a sync that failed in part, a changed address, labels and a block of the staff."""
    account = connected(user, is_sandbox=False)
    address = address_of(account)
    address_of(account, SECOND, status=AddressStatus.CHANGED, replaces=None)
    update_address(
        user=user, origin=Origin(actor=user), address_id=address.pk, changes=AddressChanges(label="the main one")
    )
    now = timezone.now()
    AddressSyncLog.objects.create(
        account=account,
        type=SyncType.FULL,
        trigger=SyncTrigger.SCHEDULE,
        currencies=["USDT", "XRP"],
        total=2,
        done=2,
        added=1,
        status=SyncOutcome.PARTIAL,
        errors={"XRP": {"code": "EXCHANGE_TIMEOUT", "message": "The exchange took too long to answer."}},
        started_at=now,
        finished_at=now,
        duration_ms=1_200,
    )
    block_for_everybody(staff=staff, network="ERC20", address=FIRST.lower(), reason="test")
    assert AddressMark.objects.filter(user=None).exists()
    return account
