"""Every write to users and their API keys. Each one leaves an `AccountChange` in the same database transaction."""

import ipaddress
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.credentials import forget_credentials
from accounts.errors import (
    AccountDataInvalid,
    AccountExists,
    AddressRangeInvalid,
    ApiKeyLimitReached,
    ApiKeyNotFound,
    ReasonMissing,
    ScopeUnknown,
)
from accounts.models import AccountChange, AccountState, ApiKey, KycStatus, Scope, SelfTradeGroup, User

KEY_BYTES = 16
SECRET_BYTES = 32
MAX_ADDRESS_RANGES = 20
MAX_KYC_LEVEL = 9


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key just made. This is the only time its secret leaves the service."""

    api_key: ApiKey
    secret: str = field(repr=False)


def register_user(
    *,
    email: str,
    username: str,
    password: str,
    by: User | None = None,
    kyc_status: KycStatus = KycStatus.PENDING,
    fee_tier: int = 1,
) -> User:
    """Make a user. Whoever calls it opens the ledger account in the same database transaction.

    Raises AccountExists, AccountDataInvalid.
    """
    try:
        validate_password(password, User(email=email, username=username))
    except ValidationError as error:
        raise AccountDataInvalid(details={"password": error.messages}) from error
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, username, password, kyc_status=kyc_status, fee_tier=fee_tier)
            _note(user=user, by=by, changed="user", old="", new="registered", reason="")
            return user
    except ValidationError as error:
        if User.objects.filter(Q(email__iexact=email) | Q(username__iexact=username)).exists():
            raise AccountExists from error
        raise AccountDataInvalid(details={name: list(texts) for name, texts in error.message_dict.items()}) from error
    except IntegrityError as error:
        raise AccountExists from error


def change_account_state(*, user: User, state: AccountState, by: User | None, reason: str) -> User:
    """Freeze, unfreeze, close or reopen an account. Raises ReasonMissing."""
    return _change_user(user=user, changed="state", value=AccountState(state), by=by, reason=reason)


def change_kyc_status(*, user: User, kyc_status: KycStatus, by: User | None, reason: str) -> User:
    """Record what the check of a person's identity found. Raises ReasonMissing."""
    return _change_user(user=user, changed="kyc_status", value=KycStatus(kyc_status), by=by, reason=reason)


def change_kyc_level(*, user: User, kyc_level: int, by: User | None, reason: str) -> User:
    """Say how well a person's identity is known; markets may ask for a level. Raises ReasonMissing,
    AccountDataInvalid."""
    if not 0 <= kyc_level <= MAX_KYC_LEVEL:
        raise AccountDataInvalid(details={"kyc_level": [f"A KYC level is a number from 0 to {MAX_KYC_LEVEL}."]})
    return _change_user(user=user, changed="kyc_level", value=kyc_level, by=by, reason=reason)


def change_self_trade_group(
    *, user: User, self_trade_group: SelfTradeGroup | None, by: User | None, reason: str
) -> User:
    """Put a user into a group whose members do not trade with each other; None: alone again. Raises ReasonMissing."""
    return _change_user(user=user, changed="self_trade_group", value=self_trade_group, by=by, reason=reason)


def change_fee_tier(*, user: User, fee_tier: int, by: User | None, reason: str) -> User:
    """Move a user to tier 1 to 5. Raises ReasonMissing, AccountDataInvalid."""
    if not 1 <= fee_tier <= 5:
        raise AccountDataInvalid(details={"fee_tier": ["A fee tier is a number from 1 to 5."]})
    return _change_user(user=user, changed="fee_tier", value=fee_tier, by=by, reason=reason)


def change_house_mark(*, user: User, is_house: bool, by: User | None, reason: str) -> User:
    """Say whether a user trades for the exchange itself.

    Volumes that are summed up already keep the mark they were counted with until `rebuild_candles`.
    Raises ReasonMissing.
    """
    return _change_user(user=user, changed="is_house", value=is_house, by=by, reason=reason)


def change_password(*, user: User, password: str, by: User | None) -> User:
    """Give a user a new password; every session signed in with the old one ends. Raises AccountDataInvalid."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise AccountDataInvalid(details={"password": error.messages}) from error
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        _note(user=user, by=by, changed="password", old="", new="", reason="changed")
    return user


def create_api_key(
    *, user: User, label: str, scopes: Collection[str], ip_ranges: Collection[str] = (), by: User | None = None
) -> NewApiKey:
    """Make a key and its secret for a user.

    `ip_ranges` are CIDR ranges or single addresses; none means anywhere. A scope includes no other. A key that reports
    deposits is made by staff for somebody else, and may do nothing else.
    Raises ScopeUnknown, AddressRangeInvalid, AccountDataInvalid, ApiKeyLimitReached.
    """
    wanted = set(scopes)
    if not wanted or not wanted <= set(Scope.values):
        raise ScopeUnknown
    if Scope.INGEST in wanted and (wanted != {Scope.INGEST} or by is None or not by.is_staff or by.pk == user.pk):
        raise ScopeUnknown
    ranges = _normal_ranges(ip_ranges)
    if not label.strip() or len(label) > 60:
        raise AccountDataInvalid(details={"label": ["A label has 1 to 60 characters."]})
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        # The lock makes two simultaneous requests count each other's key.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if user.api_keys.filter(revoked_at=None).count() >= settings.MAX_API_KEYS_PER_USER:
            raise ApiKeyLimitReached(details={"maximum": settings.MAX_API_KEYS_PER_USER})
        api_key = ApiKey.objects.create(
            user=user,
            label=label.strip(),
            key=f"bk_{secrets.token_hex(KEY_BYTES)}",
            secret=secret,
            scopes=[scope for scope in Scope.values if scope in wanted],
            ip_ranges=ranges,
        )
        _note(
            user=user,
            by=by or user,
            changed="api_key",
            old="",
            new=f"{api_key.pk} {','.join(api_key.scopes)}",
            reason="created",
        )
        transaction.on_commit(forget_credentials)
    return NewApiKey(api_key=api_key, secret=secret)


def revoke_api_key(*, user: User, api_key_id: UUID, by: User | None = None, reason: str = "") -> ApiKey:
    """End a user's key for good; a key that is revoked already stays as it is.

    Raises ApiKeyNotFound for a key that is not this user's.
    """
    with transaction.atomic():
        api_key = ApiKey.objects.select_for_update(no_key=True).filter(pk=api_key_id, user=user).first()
        if api_key is None:
            raise ApiKeyNotFound
        if api_key.revoked_at is None:
            api_key.revoked_at = timezone.now()
            api_key.save(update_fields=["revoked_at"])
            _note(user=user, by=by or user, changed="api_key", old=str(api_key.pk), new="", reason=reason or "revoked")
            transaction.on_commit(forget_credentials)
    return api_key


def _change_user(
    *, user: User, changed: str, value: str | int | SelfTradeGroup | None, by: User | None, reason: str
) -> User:
    """Set one field and write down who did it and why; nothing is written where the value is the same."""
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        old = getattr(locked, changed)
        setattr(user, changed, value)
        if old == value:
            return user
        user.save(update_fields=[changed])
        _note(user=user, by=by, changed=changed, old=str(old), new=str(value), reason=reason.strip())
        transaction.on_commit(forget_credentials)
    return user


def _note(*, user: User, by: User | None, changed: str, old: str, new: str, reason: str) -> None:
    AccountChange.objects.create(user=user, by=by, field=changed, old=old, new=new, reason=reason[:200])


def _normal_ranges(ip_ranges: Collection[str]) -> list[str]:
    if len(ip_ranges) > MAX_ADDRESS_RANGES:
        raise AddressRangeInvalid(details={"maximum": MAX_ADDRESS_RANGES})
    try:
        return [str(ipaddress.ip_network(text.strip())) for text in ip_ranges]
    except ValueError as error:
        raise AddressRangeInvalid from error
