"""What clients send about exchange accounts, and how the answers look. Keys come in and never go out."""

import json
from collections.abc import Iterator
from typing import Any

from rest_framework import serializers

from wallet.venues.models import AccountKind, SyncOutcome, SyncStatus, SyncTrigger, SyncType

ACCOUNT_KINDS = [str(kind.value) for kind in AccountKind]
SYNC_STATUSES = [str(status.value) for status in SyncStatus]
SYNC_OUTCOMES = [str(outcome.value) for outcome in SyncOutcome]
SYNC_TYPES = [str(kind.value) for kind in SyncType]
SYNC_TRIGGERS = [str(trigger.value) for trigger in SyncTrigger]
MOST_METADATA_BYTES = 4096
GREATEST_NUMBER = 2**53
MOST_ACCOUNTS_AT_ONCE = 100
MOST_CURRENCIES_AT_ONCE = 100

ONE_LINE = r"^[^\x00-\x1f\x7f]*\Z"
_NAME = r"^[^\x00-\x1f\x7f]{1,60}\Z"
EXCHANGE_ID = r"^[a-z0-9_-]{1,40}\Z"
CURRENCY = r"^[A-Za-z0-9][A-Za-z0-9._$-]{0,19}\Z"
NETWORK = r"^[A-Za-z0-9][A-Za-z0-9 ._()/-]{0,39}\Z"
UUID = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\Z"
_PASSWORD = {"input_type": "password"}


class MetadataField(serializers.DictField):
    """A JSON object of one's own, of at most 4 KiB; with numbers that every reader of JSON reads alike."""

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        if len(json.dumps(value, ensure_ascii=False).encode()) > MOST_METADATA_BYTES:
            raise serializers.ValidationError(f"At most {MOST_METADATA_BYTES} bytes of JSON.")
        if any(abs(number) > GREATEST_NUMBER for number in _numbers(value)):
            raise serializers.ValidationError("Greater numbers are written as text.")
        return value


def _numbers(value: Any) -> Iterator[int | float]:
    if isinstance(value, int | float):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _numbers(part)


def key_field(**options: Any) -> serializers.RegexField:
    """What it is given goes to the exchange in a header, so it has no space and no letters beyond ASCII."""
    return serializers.RegexField(
        r"^[\x21-\x7e]{1,512}\Z", write_only=True, style=_PASSWORD, help_text="Never shown again.", **options
    )


def secret_field(**options: Any) -> serializers.RegexField:
    """May be a key in PEM form, which has line ends."""
    return serializers.RegexField(
        r"^[\x20-\x7e\r\n]{1,4096}\Z", write_only=True, style=_PASSWORD, help_text="Never shown again.", **options
    )


def passphrase_field(**options: Any) -> serializers.RegexField:
    return serializers.RegexField(
        r"^[\x20-\x7e]{0,256}\Z",
        write_only=True,
        style=_PASSWORD,
        allow_blank=True,
        trim_whitespace=False,
        help_text="Where the exchange has one. Never shown again.",
        **options,
    )


class NewExchangeAccountSerializer(serializers.Serializer[Any]):
    exchange = serializers.RegexField(EXCHANGE_ID, help_text="Its id of GET /wallet/exchanges/supported.")
    name = serializers.RegexField(_NAME, help_text="Yours for it; one may have several accounts at an exchange.")
    kind = serializers.ChoiceField(ACCOUNT_KINDS, required=False, default=AccountKind.SPOT)
    api_key = key_field()
    api_secret = secret_field()
    passphrase = passphrase_field(required=False, default="")
    is_sandbox = serializers.BooleanField(
        required=False, default=False, help_text="The exchange's own place for trying things out."
    )
    keys_expire_at = serializers.DateTimeField(
        required=False, allow_null=True, default=None, help_text="Where the keys have an end; you are warned before."
    )
    metadata = MetadataField(required=False, default=dict)


class ExchangeAccountChangesSerializer(serializers.Serializer[Any]):
    """What is left out stays as it is. New keys come together."""

    name = serializers.RegexField(_NAME, required=False)
    is_active = serializers.BooleanField(required=False)
    api_key = key_field(required=False)
    api_secret = secret_field(required=False)
    passphrase = passphrase_field(required=False)
    keys_expire_at = serializers.DateTimeField(required=False, allow_null=True)
    metadata = MetadataField(required=False)

    def validate(self, fields: dict[str, Any]) -> dict[str, Any]:
        if ("api_key" in fields) != ("api_secret" in fields):
            raise serializers.ValidationError({"api_secret": ["A new key and its secret come together."]})
        if "passphrase" in fields and "api_key" not in fields:
            raise serializers.ValidationError({"passphrase": ["It comes together with a new key and its secret."]})
        return fields


class SyncRequestSerializer(serializers.Serializer[Any]):
    account_ids = serializers.ListField(
        child=serializers.RegexField(UUID),
        required=False,
        allow_empty=False,
        max_length=MOST_ACCOUNTS_AT_ONCE,
        help_text="Left out: all of mine that are active.",
    )
    currencies = serializers.ListField(
        child=serializers.RegexField(CURRENCY),
        required=False,
        allow_empty=False,
        max_length=MOST_CURRENCIES_AT_ONCE,
        help_text="Left out: those that the type of sync means.",
    )
    type = serializers.ChoiceField(
        SYNC_TYPES,
        required=False,
        help_text="full: every currency that takes deposits. incremental: those I have addresses of. "
        "single_currency: those of `currencies`, which is what it is anyway where they are named.",
    )


class NoticeOfTroubleSerializer(serializers.Serializer[Any]):
    """Something to know about an account or an address before it is used."""

    code = serializers.CharField()
    message = serializers.CharField()


class SyncErrorSerializer(serializers.Serializer[Any]):
    currency = serializers.CharField(allow_blank=True, help_text="Empty: it was about all of them.")
    code = serializers.CharField()
    message = serializers.CharField()


class AddressSyncSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    account_id = serializers.UUIDField()
    type = serializers.ChoiceField(SYNC_TYPES)
    trigger = serializers.ChoiceField(SYNC_TRIGGERS)
    status = serializers.ChoiceField(SYNC_OUTCOMES)
    done = serializers.IntegerField(help_text="Currencies that have been asked for, of `total`.")
    total = serializers.IntegerField()
    added = serializers.IntegerField()
    updated = serializers.IntegerField()
    removed = serializers.IntegerField()
    changed = serializers.IntegerField(help_text="Addresses that came in place of others; a part of `added`.")
    errors = SyncErrorSerializer(many=True)  # type: ignore[assignment]
    started_at = serializers.DateTimeField()
    expected_end_at = serializers.DateTimeField(
        allow_null=True, help_text="While it runs; later where the exchange lets itself be asked seldom."
    )
    finished_at = serializers.DateTimeField(allow_null=True)
    duration_ms = serializers.IntegerField(allow_null=True)


class AddressSyncsSerializer(serializers.Serializer[Any]):
    syncs = AddressSyncSerializer(many=True)


class KeyPermissionsSerializer(serializers.Serializer[Any]):
    """What the key may do; null where the exchange does not tell."""

    read = serializers.BooleanField(allow_null=True)
    trade = serializers.BooleanField(allow_null=True)
    withdraw = serializers.BooleanField(allow_null=True)


class ExchangeAccountSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    exchange = serializers.CharField()
    exchange_name = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(ACCOUNT_KINDS)
    key_hint = serializers.CharField(help_text="The key's first and last characters; the rest is never shown.")
    is_sandbox = serializers.BooleanField()
    is_active = serializers.BooleanField()
    permissions = KeyPermissionsSerializer(help_text="As the last test found them.")
    warnings = NoticeOfTroubleSerializer(many=True)
    keys_changed_at = serializers.DateTimeField()
    keys_expire_at = serializers.DateTimeField(allow_null=True)
    sync_status = serializers.ChoiceField(
        SYNC_STATUSES, help_text="blocked: the exchange refuses the keys, and nothing is asked until there are others."
    )
    last_sync_at = serializers.DateTimeField(allow_null=True)
    next_sync_at = serializers.DateTimeField(allow_null=True)
    error = NoticeOfTroubleSerializer(allow_null=True, help_text="Why the last sync failed, where it did.")
    sync = AddressSyncSerializer(allow_null=True, help_text="The latest.")
    addresses = serializers.IntegerField(help_text="How many there are of this account.")
    metadata = serializers.DictField()
    created_at = serializers.DateTimeField()


class ExchangeAccountsSerializer(serializers.Serializer[Any]):
    items = ExchangeAccountSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class ConnectionTestSerializer(serializers.Serializer[Any]):
    permissions = KeyPermissionsSerializer()
    warnings = NoticeOfTroubleSerializer(many=True)
    latency_ms = serializers.IntegerField()
    server_skew_ms = serializers.IntegerField(
        allow_null=True, help_text="The exchange's clock minus ours, where it tells the time."
    )
    tested_at = serializers.DateTimeField()
