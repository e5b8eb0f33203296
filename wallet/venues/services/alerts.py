"""What staff should look at: addresses that change, accounts and exchanges that fail. Each is a risk event."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from accounts.models import User
from ledger.selectors import AccountMissing, account_id_of
from risk.models import RiskEventType, Severity
from risk.services import record_risk_event
from wallet.venues.models import Activity, AddressActivityLog, DepositAddress, ExchangeAccount, SupportedExchange

WINDOW = timedelta(hours=1)
GRAVE = (
    Activity.ACCOUNT_KEYS_CHANGED,
    Activity.ADDRESS_CHANGED,
    Activity.ADDRESS_CONFIRMED,
    Activity.ADDRESS_DELETED,
)
"""What hardly anybody does often in an hour."""


def watch_activity(user: User, *, at: datetime) -> None:
    """Have staff look where many addresses change or vanish in a short time. In the transaction of the last of them."""
    recent = AddressActivityLog.objects.filter(user=user, at__gt=at - WINDOW, action__in=GRAVE)
    count = recent.count()
    if count < settings.VENUE_UNUSUAL_CHANGES:
        return
    _record(
        severity=Severity.MEDIUM,
        fingerprint=f"venues:activity:{user.pk}",
        description=f"{count} changes and deletions of deposit addresses and keys within an hour",
        at=at,
        user=user,
    )


def raise_changed(
    account: ExchangeAccount, *, old: Sequence[DepositAddress], new: Sequence[DepositAddress], at: datetime
) -> None:
    """An exchange gives another address than it did. `old` and `new` are of one currency on one network."""
    currency, network = new[0].currency, new[0].network
    _record(
        severity=Severity.HIGH,
        # One question to staff for an account, however many of its addresses have changed.
        fingerprint=f"venues:changed:{account.pk}",
        description=f"{account.exchange_id} gives another deposit address than before: {currency} on {network}",
        at=at,
        user=account.user,
        asset=currency[:12],
        metadata={
            "exchange_account": [str(account.pk)],
            "old_addresses": [row.address for row in old],
            "new_addresses": [row.address for row in new],
        },
    )


def raise_blocked(account: ExchangeAccount, address: DepositAddress, *, at: datetime) -> None:
    """An exchange gives an address that is on a block list."""
    _record(
        severity=Severity.HIGH,
        fingerprint=f"venues:blocked:{address.pk}",
        description=f"{account.exchange_id} gives a blocked deposit address of {address.currency} on {address.network}",
        at=at,
        user=account.user,
        asset=address.currency[:12],
        metadata={"exchange_account": [str(account.pk)], "addresses": [address.address]},
    )


def watch_failures(account: ExchangeAccount, *, at: datetime) -> None:
    """Have staff look at an account whose syncs fail one after the other."""
    if account.failures < settings.VENUE_FAILURES_TO_ALERT:
        return
    _record(
        severity=Severity.LOW,
        fingerprint=f"venues:failing:{account.pk}",
        description=f"{account.failures} syncs in a row of an account at {account.exchange_id} have failed",
        at=at,
        user=account.user,
        metadata={"exchange_account": [str(account.pk)], "errors": [account.error_code]},
    )


def raise_exchange_trouble(
    exchange: SupportedExchange, *, failing: int, accounts: int, is_left_alone: bool, at: datetime
) -> None:
    """Most accounts at an exchange fail, or it is in such trouble that it is left alone."""
    what = "is in trouble and is left alone for a while" if is_left_alone else "fails"
    _record(
        severity=Severity.MEDIUM,
        fingerprint=f"venues:exchange:{exchange.pk}",
        description=f"{exchange.name} {what}: {failing} of {accounts} accounts failed at their last sync",
        at=at,
    )


def _record(
    *,
    severity: Severity,
    fingerprint: str,
    description: str,
    at: datetime,
    user: User | None = None,
    asset: str = "",
    metadata: dict[str, Any] | None = None,
) -> None:
    accounts = []
    if user is not None:
        try:
            accounts = [account_id_of(user.pk)]
        except AccountMissing:
            accounts = []
    record_risk_event(
        event_type=RiskEventType.SUSPICIOUS_ACTIVITY if user is not None else RiskEventType.DEPOSIT,
        severity=severity,
        fingerprint=fingerprint,
        description=description,
        first_seen_at=at,
        last_seen_at=at,
        user=user,
        accounts=accounts,
        asset=asset,
        metadata=metadata or {},
    )
