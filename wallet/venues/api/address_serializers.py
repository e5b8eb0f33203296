"""What clients send about deposit addresses at other exchanges, and how the answers look."""

from typing import Any

from rest_framework import serializers

from wallet.api.withdrawal_serializers import StrictSerializer
from wallet.venues.api.account_serializers import (
    ACCOUNT_KINDS,
    CURRENCY,
    NETWORK,
    ONE_LINE,
    UUID,
    MetadataField,
    NoticeOfTroubleSerializer,
)
from wallet.venues.models import Activity, AddressStatus, Listing

ADDRESS_STATUSES = [str(status.value) for status in AddressStatus]
LISTINGS = [str(listing.value) for listing in Listing]
ACTIVITIES = [str(activity.value) for activity in Activity]
ACTORS = ["user", "staff", "exchange"]
BULK_ACTIONS = ["create", "update", "activate", "deactivate", "confirm", "allow", "block", "unlist", "delete"]
MOST_AT_ONCE = 100
_ADDRESS = r"^[\x21-\x7e]{1,128}\Z"
_TAG = r"^[\x20-\x7e]*\Z"
_ADDRESS_HELP = "Left out: the exchange is asked for it now. Else it is entered by hand, and counts as such."


def _line(longest: int, **options: Any) -> serializers.RegexField:
    return serializers.RegexField(ONE_LINE, max_length=longest, required=False, allow_blank=True, **options)


class NewExchangeAddressSerializer(StrictSerializer):
    account_id = serializers.RegexField(UUID)
    currency = serializers.RegexField(CURRENCY)
    network = serializers.RegexField(NETWORK, help_text="Always named: a coin sent over another network is lost.")
    address = serializers.RegexField(_ADDRESS, required=False, allow_blank=True, default="", help_text=_ADDRESS_HELP)
    tag = serializers.RegexField(_TAG, max_length=64, required=False, allow_blank=True, default="")
    label = _line(60, default="")  # type: ignore[assignment]
    description = _line(200, default="")
    user_metadata = MetadataField(required=False, default=dict)


class ExchangeAddressChangesSerializer(serializers.Serializer[Any]):
    """What is left out stays as it is. Label and list hold wherever the same address occurs."""

    label = _line(60)  # type: ignore[assignment]
    description = _line(200)
    listing = serializers.ChoiceField(LISTINGS, required=False, help_text="Empty: on no list.")
    is_active = serializers.BooleanField(required=False)
    confirm = serializers.BooleanField(
        required=False, help_text="True: I have compared this changed address with what the exchange itself shows."
    )
    user_metadata = MetadataField(required=False)

    def validate_confirm(self, value: bool) -> bool:
        if not value:
            raise serializers.ValidationError("It can only be true.")
        return value


class BulkItemSerializer(StrictSerializer):
    """For `create` like POST /wallet/addresses; for `update` an id and what is to change."""

    id = serializers.RegexField(UUID, required=False)
    account_id = serializers.RegexField(UUID, required=False)
    currency = serializers.RegexField(CURRENCY, required=False)
    network = serializers.RegexField(NETWORK, required=False)
    address = serializers.RegexField(_ADDRESS, required=False, allow_blank=True)
    tag = serializers.RegexField(_TAG, max_length=64, required=False, allow_blank=True)
    label = _line(60)  # type: ignore[assignment]
    description = _line(200)
    listing = serializers.ChoiceField(LISTINGS, required=False)
    is_active = serializers.BooleanField(required=False)
    user_metadata = MetadataField(required=False)


class BulkSerializer(serializers.Serializer[Any]):
    action = serializers.ChoiceField(BULK_ACTIONS)
    ids = serializers.ListField(
        child=serializers.RegexField(UUID), required=False, allow_empty=False, max_length=MOST_AT_ONCE
    )
    items = serializers.ListField(
        child=BulkItemSerializer(), required=False, allow_empty=False, max_length=MOST_AT_ONCE
    )

    def validate(self, fields: dict[str, Any]) -> dict[str, Any]:
        needed, other = ("items", "ids") if fields["action"] in ("create", "update") else ("ids", "items")
        if needed not in fields:
            raise serializers.ValidationError({needed: [f"This action needs {needed}."]})
        if other in fields:
            raise serializers.ValidationError({other: [f"This action takes {needed}."]})
        return fields


class ExchangeAddressSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    account_id = serializers.UUIDField()
    account_name = serializers.CharField()
    exchange = serializers.CharField()
    currency = serializers.CharField()
    network = serializers.CharField()
    address = serializers.CharField()
    tag = serializers.CharField(allow_blank=True)
    type = serializers.ChoiceField(ACCOUNT_KINDS, help_text="The kind of account at the exchange that it leads to.")
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    description = serializers.CharField(allow_blank=True)
    listing = serializers.ChoiceField(LISTINGS, help_text="On which of my lists it is; empty: on none.")
    is_blocked = serializers.BooleanField(help_text="On my block list, or on that of the staff: not to be used.")
    status = serializers.ChoiceField(
        ADDRESS_STATUSES,
        help_text="changed: the exchange gives it in place of another, and it is not to be used before it is "
        "confirmed. replaced: what it came in place of. gone: the exchange no longer reports it.",
    )
    is_active = serializers.BooleanField()
    is_manual = serializers.BooleanField(help_text="Entered by hand, and not seen at the exchange yet.")
    is_format_checked = serializers.BooleanField(
        help_text="Whether the form of addresses on this network is known here, and this one has it."
    )
    needs_tag = serializers.BooleanField(help_text="Whether deposits over this network are lost without a tag.")
    replaces = serializers.UUIDField(allow_null=True)
    replaced_by = serializers.UUIDField(allow_null=True)
    first_seen_at = serializers.DateTimeField()
    last_verified_at = serializers.DateTimeField(
        allow_null=True, help_text="When the exchange gave this very address last."
    )
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    exchange_metadata = serializers.DictField()
    user_metadata = serializers.DictField()
    warnings = NoticeOfTroubleSerializer(many=True)


class AddressGroupSerializer(serializers.Serializer[Any]):
    """The addresses of one currency on one network, at whichever exchanges."""

    currency = serializers.CharField()
    network = serializers.CharField()
    addresses = ExchangeAddressSerializer(many=True)


class AddressGroupsSerializer(serializers.Serializer[Any]):
    groups = AddressGroupSerializer(many=True)


class ExchangeAddressesSerializer(serializers.Serializer[Any]):
    """A list has `items` and `next_cursor`; with group_by it has `groups` instead."""

    items = ExchangeAddressSerializer(many=True, required=False)
    next_cursor = serializers.CharField(allow_null=True, required=False)
    groups = AddressGroupSerializer(many=True, required=False)


class BulkErrorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()
    details = serializers.DictField()


class BulkResultSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(allow_null=True, help_text="Null where nothing was made.")
    ok = serializers.BooleanField()
    address = ExchangeAddressSerializer(allow_null=True)
    error = BulkErrorSerializer(allow_null=True)


class BulkResultsSerializer(serializers.Serializer[Any]):
    results = BulkResultSerializer(many=True)


class AddressActivitySerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    action = serializers.ChoiceField(ACTIVITIES)
    by = serializers.ChoiceField(ACTORS, help_text="exchange: nobody but a sync.")
    old_values = serializers.DictField()
    new_values = serializers.DictField()
    ip_address = serializers.CharField(allow_null=True, help_text="Of what I did myself.")
    user_agent = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()


class AddressHistorySerializer(serializers.Serializer[Any]):
    items = AddressActivitySerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)
