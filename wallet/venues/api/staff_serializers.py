"""What staff send about exchange accounts, and what they see: never a key, and nobody's addresses."""

from typing import Any

from rest_framework import serializers

from wallet.venues.api.account_serializers import (
    MOST_ACCOUNTS_AT_ONCE,
    ONE_LINE,
    UUID,
    AddressSyncSerializer,
    ExchangeAccountSerializer,
)

MOST_REASON = 200


class AccountOwnerSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    username = serializers.CharField()
    email = serializers.CharField()


class StaffExchangeAccountSerializer(ExchangeAccountSerializer):
    user = AccountOwnerSerializer()
    failures = serializers.IntegerField(help_text="Syncs that failed since the last that did not.")


class StaffExchangeAccountsSerializer(serializers.Serializer[Any]):
    items = StaffExchangeAccountSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class StaffSyncSerializer(AddressSyncSerializer):
    account_name = serializers.CharField()
    exchange = serializers.CharField()
    username = serializers.CharField()


class ExchangeFiguresSerializer(serializers.Serializer[Any]):
    exchange = serializers.CharField()
    name = serializers.CharField()
    accounts = serializers.IntegerField()
    active = serializers.IntegerField()
    failing = serializers.IntegerField(help_text="Active, and the last sync failed.")
    blocked = serializers.IntegerField(help_text="Active, and the exchange refuses the keys.")
    addresses = serializers.IntegerField()
    syncs_24h = serializers.IntegerField()
    failed_24h = serializers.IntegerField()
    average_ms_24h = serializers.IntegerField(allow_null=True)


class SyncStatusSerializer(serializers.Serializer[Any]):
    queued = serializers.IntegerField()
    running = serializers.IntegerField()
    oldest_queued_at = serializers.DateTimeField(allow_null=True)
    success_24h = serializers.IntegerField()
    partial_24h = serializers.IntegerField()
    failed_24h = serializers.IntegerField()
    due = serializers.IntegerField(help_text="Accounts whose time has come and that wait for the next round.")
    exchanges = ExchangeFiguresSerializer(many=True)
    recent = StaffSyncSerializer(many=True)


class ForceSyncSerializer(serializers.Serializer[Any]):
    account_ids = serializers.ListField(
        child=serializers.RegexField(UUID), allow_empty=False, max_length=MOST_ACCOUNTS_AT_ONCE
    )
    reason = serializers.RegexField(
        ONE_LINE, max_length=MOST_REASON, help_text="Kept with your name for as long as the exchange exists."
    )


class AccountFiguresSerializer(serializers.Serializer[Any]):
    total = serializers.IntegerField()
    users = serializers.IntegerField()
    active = serializers.IntegerField()
    by_status = serializers.DictField(child=serializers.IntegerField())


class AddressFiguresSerializer(serializers.Serializer[Any]):
    total = serializers.IntegerField()
    active = serializers.IntegerField()
    manual = serializers.IntegerField()
    by_status = serializers.DictField(
        child=serializers.IntegerField(), help_text="changed: they wait for their users to confirm them."
    )


class SyncSumsSerializer(serializers.Serializer[Any]):
    total = serializers.IntegerField()
    success = serializers.IntegerField()
    partial = serializers.IntegerField()  # type: ignore[assignment]
    failed = serializers.IntegerField()
    failure_rate_percent = serializers.CharField(help_text="Of those that have ended.")
    average_ms = serializers.IntegerField(allow_null=True)
    longest_ms = serializers.IntegerField(allow_null=True)
    added = serializers.IntegerField()
    updated = serializers.IntegerField()
    removed = serializers.IntegerField()
    changed = serializers.IntegerField()


class DayOfSyncsSerializer(serializers.Serializer[Any]):
    day = serializers.DateField()
    success = serializers.IntegerField()
    partial = serializers.IntegerField()  # type: ignore[assignment]
    failed = serializers.IntegerField()


class ErrorCountSerializer(serializers.Serializer[Any]):
    exchange = serializers.CharField()
    code = serializers.CharField()
    count = serializers.IntegerField(help_text="Syncs in which it happened.")


class CurrencyCountSerializer(serializers.Serializer[Any]):
    currency = serializers.CharField()
    network = serializers.CharField()
    addresses = serializers.IntegerField()


class AnalyticsSerializer(serializers.Serializer[Any]):
    accounts = AccountFiguresSerializer()
    addresses = AddressFiguresSerializer()
    syncs_7d = SyncSumsSerializer()
    exchanges = ExchangeFiguresSerializer(many=True)
    days = DayOfSyncsSerializer(many=True, help_text="The last 14 days that had any, by UTC.")
    errors = ErrorCountSerializer(many=True, help_text="Of the last 7 days.")  # type: ignore[assignment]
    currencies = CurrencyCountSerializer(many=True, help_text="Of active addresses; the most frequent.")
