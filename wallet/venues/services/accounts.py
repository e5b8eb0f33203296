"""Connecting accounts at other exchanges, changing them, testing their keys, and letting go of them.

Keys are stored encrypted and are never shown again: what tells two keys apart is `key_hint`. Deleting an account wipes
its keys at once; its addresses and the log of what was done stay for the audit.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import FieldInvalid
from accounts.models import User
from kernel.errors import BourseError
from wallet.venues.core.fetched import ConnectionReport, Credentials, KeyPermissions
from wallet.venues.errors import (
    ExchangeAccountExists,
    ExchangeApiError,
    ExchangeFeatureMissing,
    ExchangeKeysExpired,
    ExchangeNotSupported,
    TooManyExchangeAccounts,
)
from wallet.venues.models import AccountKind, Activity, DepositAddress, ExchangeAccount, SupportedExchange, SyncStatus
from wallet.venues.origin import Origin
from wallet.venues.selectors.accounts import KEYS
from wallet.venues.services.activity import Done, log_account, log_addresses, shown
from wallet.venues.services.alerts import watch_activity
from wallet.venues.services.asking import probe_connection
from wallet.venues.services.blocking import block_account, lift_block
from wallet.venues.services.finding import found_account, is_same_owner_of_keys, locked_account
from wallet.venues.services.forms import AccountChanges, Unset
from wallet.venues.services.sync_states import end_open_syncs
from wallet.venues.services.telling import mail_about_account

LONGEST_NAME = 60
LONGEST_KEY = 4_096
MOST_METADATA_BYTES = 4_096


def connect_account(
    *,
    user: User,
    origin: Origin,
    exchange_id: str,
    name: str,
    credentials: Credentials,
    kind: AccountKind = AccountKind.SPOT,
    is_sandbox: bool = False,
    keys_expire_at: datetime | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> ExchangeAccount:
    """Keep an account and its keys; its first full sync follows by itself, at once. Nothing is asked here.

    Raises ExchangeNotSupported, ExchangeFeatureMissing (no futures or no sandbox there), ExchangeAccountExists,
    TooManyExchangeAccounts, FieldInvalid.
    """
    exchange = SupportedExchange.objects.filter(pk=exchange_id, is_active=True, has_addresses=True).first()
    if exchange is None:
        raise ExchangeNotSupported
    if kind == AccountKind.FUTURES and not exchange.has_futures:
        raise ExchangeFeatureMissing.at(exchange.pk)
    if is_sandbox and not exchange.has_sandbox and not settings.VENUE_SANDBOX_URL:
        raise ExchangeFeatureMissing.at(exchange.pk)
    credentials = read_credentials(credentials, exchange)
    at = timezone.now()
    name, metadata = read_name(name, credentials), read_metadata(metadata or {}, credentials)
    require_future(keys_expire_at, at)
    with transaction.atomic():
        # The user's row is locked so that two requests at once cannot both be the last that is allowed.
        User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)
        mine = ExchangeAccount.objects.filter(user=user, deleted_at=None)
        if mine.filter(exchange=exchange, name=name).exists():
            raise ExchangeAccountExists
        if mine.count() >= settings.VENUE_MAX_ACCOUNTS:
            raise TooManyExchangeAccounts(details={"limit": settings.VENUE_MAX_ACCOUNTS})
        account = ExchangeAccount.objects.create(
            user=user,
            exchange=exchange,
            name=name,
            kind=kind,
            api_key=credentials.api_key,
            api_secret=credentials.api_secret,
            passphrase=credentials.passphrase,
            key_hint=key_hint(credentials.api_key),
            keys_changed_at=at,
            keys_expire_at=keys_expire_at,
            is_sandbox=is_sandbox,
            metadata=metadata,
            next_sync_at=at,
        )
        log_account(account, Activity.ACCOUNT_CREATED, origin=origin, new=_told(account))
        mail_about_account(account, template="exchange_account_connected")
    return account


def update_account(*, user: User, origin: Origin, account_id: UUID, changes: AccountChanges) -> ExchangeAccount:
    """Change what is given. With other keys the account is asked anew, from the beginning.

    Raises ExchangeAccountNotFound, ExchangeAccountExists, FieldInvalid.
    """
    at = timezone.now()
    with transaction.atomic():
        account = locked_account(user_id=user.pk, account_id=account_id)
        before = _told(account)
        given = changes.credentials and read_credentials(changes.credentials, account.exchange)
        known = given or Credentials(account.api_key, account.api_secret, account.passphrase)
        if changes.name is not None:
            account.name = read_name(changes.name, known)
        if changes.metadata is not None:
            account.metadata = read_metadata(changes.metadata, known)
        if not isinstance(changes.keys_expire_at, Unset):
            require_future(changes.keys_expire_at, at)
            account.keys_expire_at = changes.keys_expire_at
            if account.error_code == ExchangeKeysExpired.code:
                lift_block(account)
                account.next_sync_at = at
        elif given is not None:
            account.keys_expire_at = None
        if changes.is_active is not None:
            account.is_active = changes.is_active
        if given is not None:
            _exchange_keys(account, given, at)
        elif account.is_active and not before["is_active"]:
            account.next_sync_at = at
        if given is not None or not account.is_active:
            end_open_syncs(account, at=at)
        try:
            with transaction.atomic():
                account.save()
        except IntegrityError as error:
            raise ExchangeAccountExists from error
        after = _told(account)
        changed = [field for field in after if after[field] != before[field] and field != "key_hint"]
        if changed:
            log_account(
                account,
                Activity.ACCOUNT_UPDATED,
                origin=origin,
                old={field: before[field] for field in changed},
                new={field: after[field] for field in changed},
            )
        if given is not None:
            hints = {"key_hint": before["key_hint"]}, {"key_hint": account.key_hint}
            log_account(account, Activity.ACCOUNT_KEYS_CHANGED, origin=origin, old=hints[0], new=hints[1])
            mail_about_account(account, template="exchange_keys_changed")
            watch_activity(account.user, at=at)
    return account


def delete_account(*, user: User, origin: Origin, account_id: UUID) -> ExchangeAccount:
    """Wipe the keys, end what is under way, and take the account and its addresses out of every list.

    Raises ExchangeAccountNotFound.
    """
    at = timezone.now()
    with transaction.atomic():
        account = locked_account(user_id=user.pk, account_id=account_id)
        before = _told(account)
        _set_keys(account, Credentials("", "", ""))
        account.is_active, account.deleted_at, account.next_sync_at = False, at, None
        end_open_syncs(account, at=at)
        account.save()
        rows = DepositAddress.objects.select_for_update(no_key=True).filter(account=account, deleted_at=None)
        addresses = list(rows.order_by("pk"))
        DepositAddress.objects.filter(pk__in=[row.pk for row in addresses]).update(
            deleted_at=at, is_active=False, updated_at=at
        )
        log_account(account, Activity.ACCOUNT_DELETED, origin=origin, old=before, new={"addresses": len(addresses)})
        log_addresses(
            account, [Done(Activity.ADDRESS_DELETED, row, old=shown(row)) for row in addresses], origin=origin
        )
        mail_about_account(account, template="exchange_account_deleted")
    return account


def test_account(*, user: User, origin: Origin, account_id: UUID) -> ConnectionReport:
    """Ask the exchange whether it lets these keys in, and what they may do; within 5 seconds.

    Of an account that is blocked or switched off too: a test is how its user finds out, and one that succeeds ends the
    block. Raises ExchangeAccountNotFound, ExchangeKeysExpired, and what the exchange's failure is
    (`wallet.venues.errors`).
    """
    account = found_account(user_id=user.pk, account_id=account_id)
    at = timezone.now()
    if account.keys_expire_at is not None and account.keys_expire_at <= at:
        raise ExchangeKeysExpired.at(account.exchange_id)
    try:
        report = probe_connection(account)
    except ExchangeApiError as error:
        _keep_test(account, origin=origin, error=error)
        raise
    _keep_test(account, origin=origin, report=report)
    return report


def read_credentials(given: Credentials, exchange: SupportedExchange) -> Credentials:
    """Keys without the spaces that come along when they are copied. Raises FieldInvalid, which repeats nothing."""
    keys = Credentials(given.api_key.strip(), given.api_secret.strip(), given.passphrase.strip())
    wrong = {}
    for field, text, may_be_empty in (
        ("api_key", keys.api_key, False),
        ("api_secret", keys.api_secret, False),
        ("passphrase", keys.passphrase, not exchange.needs_passphrase),
    ):
        if not text and not may_be_empty:
            wrong[field] = ["This field is required."]
        # Secrets of some exchanges are keys in PEM form, of several lines.
        elif len(text) > LONGEST_KEY or not _is_plain(text):
            wrong[field] = [f"At most {LONGEST_KEY} characters, letters, digits and signs without accents."]
    if wrong:
        raise FieldInvalid(details=wrong)
    return keys


def _is_plain(text: str) -> bool:
    return text.isascii() and text.replace("\n", "").replace("\r", "").isprintable()


def read_name(name: str, credentials: Credentials) -> str:
    """Raises FieldInvalid."""
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise FieldInvalid(details={"name": [f"1 to {LONGEST_NAME} characters."]})
    _refuse_keys_in(name, "name", credentials)
    return name


def read_metadata(metadata: Mapping[str, Any], credentials: Credentials) -> dict[str, Any]:
    """Raises FieldInvalid for what is too much, or has a key in it: metadata is shown and keys never are."""
    try:
        text = json.dumps(dict(metadata), allow_nan=False, ensure_ascii=False)
    except (TypeError, ValueError) as error:
        raise FieldInvalid(details={"metadata": ["A JSON object."]}) from error
    if len(text.encode()) > MOST_METADATA_BYTES:
        raise FieldInvalid(details={"metadata": [f"At most {MOST_METADATA_BYTES} bytes."]})
    _refuse_keys_in(text, "metadata", credentials)
    return dict(metadata)


def require_future(keys_expire_at: datetime | None, at: datetime) -> None:
    """Raises FieldInvalid."""
    if keys_expire_at is not None and keys_expire_at <= at:
        raise FieldInvalid(details={"keys_expire_at": ["A moment that is still to come."]})


def key_hint(api_key: str) -> str:
    """First and last characters; of a short key nothing."""
    return f"{api_key[:3]}…{api_key[-3:]}" if len(api_key) >= 16 else "…"


def _refuse_keys_in(text: str, field: str, credentials: Credentials) -> None:
    secrets = (credentials.api_key, credentials.api_secret, credentials.passphrase)
    if any(len(secret) >= 8 and secret in text for secret in secrets):
        raise FieldInvalid(details={field: ["Do not write keys here: this is shown."]})


def _exchange_keys(account: ExchangeAccount, credentials: Credentials, at: datetime) -> None:
    _set_keys(account, credentials)
    account.key_hint, account.keys_changed_at = key_hint(credentials.api_key), at
    account.permissions, account.next_sync_at, account.last_full_sync_at = {}, at, None
    lift_block(account)


def _set_keys(account: ExchangeAccount, credentials: Credentials) -> None:
    for field in KEYS:
        setattr(account, field, getattr(credentials, field))


def _keep_test(
    asked_with: ExchangeAccount,
    *,
    origin: Origin,
    report: ConnectionReport | None = None,
    error: BourseError | None = None,
) -> None:
    at = timezone.now()
    with transaction.atomic():
        account = locked_account(user_id=asked_with.user_id, account_id=asked_with.pk)
        told: dict[str, Any] = {"error": error.code} if error else {}
        if report is not None:
            told = {"permissions": permissions_content(report.permissions), "latency_ms": report.latency_ms}
        log_account(account, Activity.ACCOUNT_TESTED, origin=origin, new=told)
        if not is_same_owner_of_keys(asked_with, account):
            return
        if report is not None:
            account.permissions = permissions_content(report.permissions)
            if account.sync_status == SyncStatus.BLOCKED:
                lift_block(account)
                account.next_sync_at = at
            account.save(
                update_fields=[
                    *("permissions", "sync_status", "failures", "error_code", "error_message", "next_sync_at")
                ]
            )
        elif isinstance(error, ExchangeApiError) and error.blocks_account:
            block_account(account, error=error, origin=origin, at=at)


def permissions_content(permissions: KeyPermissions) -> dict[str, bool | None]:
    """How an account keeps what its key may do."""
    return {"read": permissions.can_read, "trade": permissions.can_trade, "withdraw": permissions.can_withdraw}


def _told(account: ExchangeAccount) -> dict[str, Any]:
    return {
        "exchange": account.exchange_id,
        "name": account.name,
        "kind": account.kind,
        "key_hint": account.key_hint,
        "is_sandbox": account.is_sandbox,
        "is_active": account.is_active,
        "keys_expire_at": account.keys_expire_at.isoformat() if account.keys_expire_at else None,
        "metadata": account.metadata,
    }
