"""Telling users what became of their accounts and addresses: mails, numbered events, and progress of syncs."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from ledger.selectors import AccountMissing, account_id_of
from wallet.announcing import announce_transient
from wallet.notices import mail_user, tell_user
from wallet.venues.contents import sync_content
from wallet.venues.models import Activity, AddressActivityLog, AddressSyncLog, DepositAddress, ExchangeAccount
from wallet.venues.origin import Origin

MOST_IN_A_MAIL = 50


def mail_about_account(account: ExchangeAccount, *, template: str, **context: Any) -> None:
    """Call it in the database transaction of the change."""
    mail_user(
        user=account.user,
        template=template,
        context={
            "account_id": str(account.pk),
            "account": account.name,
            "exchange": account.exchange.name,
            "key_hint": account.key_hint,
            **context,
        },
    )


def tell_changed(account: ExchangeAccount, changed: Sequence[DepositAddress], *, origin: Origin) -> None:
    """Say that an exchange gives other addresses: an event for each, and a mail. `changed`: the new ones.

    A sync that finds many writes one mail, when it ends (`mail_changes_of`).
    """
    if origin.actor is not None:
        _mail_changes(account, changed)
    try:
        ledger_account_id = account_id_of(account.user_id)
    except AccountMissing:
        return
    for row in changed:
        tell_user(
            account_id=ledger_account_id,
            cause_id=_next_id(),
            event="address_changed",
            content={
                "account_id": str(account.pk),
                "exchange": account.exchange_id,
                "currency": row.currency,
                "network": row.network,
                "old_address_id": str(row.replaces_id) if row.replaces_id else None,
                "new_address_id": str(row.pk),
            },
        )


def mail_changes_of(account: ExchangeAccount, sync: AddressSyncLog) -> None:
    """One mail about all addresses that a sync found changed, in the transaction that ends it, however it ends."""
    found = AddressActivityLog.objects.filter(
        account=account, actor=None, action=Activity.ADDRESS_CHANGED, at__gte=sync.started_at
    )
    rows = DepositAddress.objects.filter(pk__in=found.values("address"), deleted_at=None).select_related("replaces")
    changed = list(rows.order_by("currency", "network", "created_at"))
    if changed:
        _mail_changes(account, changed)


def announce_sync(account_user_id: int, sync: AddressSyncLog) -> None:
    """Show how far a sync is to its user, if they are looking. After the commit; never raises."""
    content = {"type": "address_sync", "data": {"account_id": str(sync.account_id), "sync": sync_content(sync)}}
    transaction.on_commit(lambda: _announce(account_user_id, content))


def _announce(user_id: int, content: dict[str, Any]) -> None:
    try:
        account_id = account_id_of(user_id)
    except AccountMissing:
        return
    announce_transient(account_id, content)


def _mail_changes(account: ExchangeAccount, changed: Sequence[DepositAddress]) -> None:
    mail_about_account(
        account,
        template="exchange_addresses_changed",
        changes=[
            {
                "currency": row.currency,
                "network": row.network,
                "old": _written(row.replaces) if row.replaces is not None else "",
                "new": _written(row),
            }
            for row in changed[:MOST_IN_A_MAIL]
        ],
        more=max(len(changed) - MOST_IN_A_MAIL, 0),
    )


def _written(address: DepositAddress) -> str:
    return f"{address.address} (tag {address.tag})" if address.tag else address.address


def _next_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT bourse_next_id()")
        return int(cursor.fetchone()[0])
