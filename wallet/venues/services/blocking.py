"""Accounts whose keys an exchange refuses: left alone until their user has done something about it."""

from datetime import datetime

from kernel.errors import BourseError
from wallet.venues.models import Activity, ExchangeAccount, SyncStatus
from wallet.venues.origin import Origin
from wallet.venues.services.activity import log_account
from wallet.venues.services.sync_states import end_open_syncs
from wallet.venues.services.telling import mail_about_account


def block_account(account: ExchangeAccount, *, error: BourseError, origin: Origin, at: datetime) -> None:
    """Ask nothing more in the name of a locked account, and tell its user why; once."""
    was_blocked = account.sync_status == SyncStatus.BLOCKED
    account.sync_status = SyncStatus.BLOCKED
    account.error_code, account.error_message = error.code[:40], error.text[:200]
    account.next_sync_at = None
    account.save(update_fields=["sync_status", "error_code", "error_message", "next_sync_at"])
    if was_blocked:
        return
    end_open_syncs(account, at=at, error=error)
    log_account(account, Activity.ACCOUNT_BLOCKED, origin=origin, new={"error": error.code})
    mail_about_account(account, template="exchange_account_blocked", reason=error.text)


def lift_block(account: ExchangeAccount) -> None:
    """Forget what failed; the caller saves the account, which it has locked."""
    account.sync_status = SyncStatus.NEVER if account.last_sync_at is None else SyncStatus.OK
    account.failures, account.error_code, account.error_message = 0, "", ""
