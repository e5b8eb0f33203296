"""Telling users what became of their accounts and addresses: mails, numbered events, and progress of syncs."""

import logging
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from ledger.selectors import AccountMissing, account_id_of
from wallet.announcing import announce_transient
from wallet.notices import mail_user, tell_user
from wallet.venues.contents import sync_content
from wallet.venues.models import AddressSyncLog, DepositAddress, ExchangeAccount

log = logging.getLogger(__name__)


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


def tell_changed(
    account: ExchangeAccount, pairs: Sequence[tuple[DepositAddress | None, DepositAddress | None]]
) -> None:
    """Say that an exchange gives other addresses: one mail, and an event for each. `pairs`: the old and the new one."""
    if not pairs:
        return
    mail_about_account(
        account,
        template="exchange_addresses_changed",
        changes=[
            {
                "currency": (new or old).currency,  # type: ignore[union-attr]
                "network": (new or old).network,  # type: ignore[union-attr]
                "old": _written(old),
                "new": _written(new),
            }
            for old, new in pairs
        ],
    )
    try:
        ledger_account_id = account_id_of(account.user_id)
    except AccountMissing:
        return
    for old, new in pairs:
        row = new or old
        tell_user(
            account_id=ledger_account_id,
            cause_id=_next_id(),
            event="address_changed",
            content={
                "account_id": str(account.pk),
                "exchange": account.exchange_id,
                "currency": row.currency,  # type: ignore[union-attr]
                "network": row.network,  # type: ignore[union-attr]
                "old_address_id": str(old.pk) if old else None,
                "new_address_id": str(new.pk) if new else None,
            },
        )


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


def _written(address: DepositAddress | None) -> str:
    if address is None:
        return ""
    return f"{address.address} (tag {address.tag})" if address.tag else address.address


def _next_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT bourse_next_id()")
        return int(cursor.fetchone()[0])
