"""How the exchanges that can be connected look in JSON."""

from typing import Any

from rest_framework import serializers


class SupportedExchangeSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="As in `exchange` of an account, and in addresses of the API.")
    name = serializers.CharField()
    links = serializers.DictField(child=serializers.CharField(), help_text="www, doc, fees and the like.")
    has_addresses = serializers.BooleanField(help_text="Whether deposit addresses can be fetched there.")
    needs_passphrase = serializers.BooleanField()
    has_sandbox = serializers.BooleanField()
    has_futures = serializers.BooleanField()
    rate_limit_ms = serializers.IntegerField(help_text="Between two requests of one user.")
    full_sync_seconds = serializers.IntegerField(
        help_text="About how long a sync of all it takes deposits of lasts: some let themselves be asked seldom."
    )
    currencies = serializers.IntegerField(help_text="How many it knows; 0 before it has been asked.")
    currencies_at = serializers.DateTimeField(allow_null=True, help_text="When it was asked for them last.")


class SupportedExchangesSerializer(serializers.Serializer[Any]):
    items = SupportedExchangeSerializer(many=True)


class ExchangeInfoSerializer(SupportedExchangeSerializer):
    metadata = serializers.DictField(help_text="Versions, countries, and what its client can do.")


class CurrencyNetworkSerializer(serializers.Serializer[Any]):
    network = serializers.CharField()
    can_deposit = serializers.BooleanField()
    needs_tag = serializers.BooleanField(allow_null=True, help_text="Null where nobody says.")


class ExchangeCurrencySerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    networks = CurrencyNetworkSerializer(many=True)


class ExchangeCurrenciesSerializer(serializers.Serializer[Any]):
    items = ExchangeCurrencySerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)
