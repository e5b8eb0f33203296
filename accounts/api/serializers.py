"""The JSON of API keys."""

from typing import Any

from rest_framework import serializers

from accounts.models import AccountState, ApiKey, KycStatus, Scope, User
from accounts.selectors import is_email_verified


class AccountSerializer(serializers.ModelSerializer[User]):
    """A user as the user may know it."""

    email_verified = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=AccountState.choices, read_only=True)
    kyc_status = serializers.ChoiceField(choices=KycStatus.choices, read_only=True)
    fee_tier = serializers.IntegerField(read_only=True, help_text="1 to 5; GET /fees says what it pays.")
    is_house = serializers.BooleanField(read_only=True, help_text="Trades for the exchange itself.")

    class Meta:
        model = User
        fields = [
            "username",
            "email",
            "email_verified",
            "state",
            "kyc_status",
            "fee_tier",
            "is_house",
            "is_staff",
            "joined_at",
        ]
        read_only_fields = fields

    def get_email_verified(self, user: User) -> bool:
        return is_email_verified(user=user)


class ApiKeySerializer(serializers.ModelSerializer[ApiKey]):
    """A key without its secret."""

    id = serializers.CharField(read_only=True)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices), read_only=True)
    ip_ranges = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="CIDR ranges; empty means anywhere."
    )

    class Meta:
        model = ApiKey
        fields = ["id", "label", "key", "scopes", "ip_ranges", "created_at", "revoked_at"]
        read_only_fields = fields


class NewApiKeySerializer(ApiKeySerializer):
    """A key with its secret, which is shown this once."""

    secret = serializers.CharField(read_only=True, help_text="Shown once. Keep it.")

    class Meta(ApiKeySerializer.Meta):
        fields = [*ApiKeySerializer.Meta.fields, "secret"]
        read_only_fields = fields


class ApiKeyRequestSerializer(serializers.Serializer[Any]):
    """What is asked for when a key is made."""

    label = serializers.CharField(max_length=60)  # type: ignore[assignment]
    scopes = serializers.ListField(
        child=serializers.CharField(max_length=10),
        help_text="One or more of read, trade, withdraw. A scope includes no other.",
    )
    ip_ranges = serializers.ListField(
        child=serializers.CharField(max_length=49),
        default=list,
        help_text="CIDR ranges or single addresses the key may be used from; none means anywhere.",
    )
