"""How deposits look in JSON, and what rails send to report them; the description that clients read."""

from typing import Any

from rest_framework import serializers

from wallet.core.states import DepositState
from wallet.models import ClaimState

DEPOSIT_STATES = [str(state) for state in DepositState]
CLAIM_STATES = [str(state.value) for state in ClaimState]
PARTY_TYPES = ["blockchain", "bank_transfer"]


class DepositSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    asset = serializers.CharField()
    network = serializers.CharField()
    amount = serializers.CharField()
    state = serializers.ChoiceField(
        DEPOSIT_STATES,
        help_text="PENDING: not confirmed often enough. SUSPENSE: we are looking at it. HELD: its block is gone.",
    )
    reason = serializers.CharField(
        allow_blank=True, help_text="A code; why it is not credited yet, or how it was decided."
    )
    external_tx_id = serializers.CharField()
    output_index = serializers.IntegerField()
    address = serializers.CharField(allow_blank=True)
    tag = serializers.CharField(allow_blank=True)
    confirmations = serializers.IntegerField()
    required_confirmations = serializers.IntegerField()
    seen_at = serializers.DateTimeField()
    credited_at = serializers.DateTimeField(allow_null=True)


class DepositsSerializer(serializers.Serializer[Any]):
    items = DepositSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class SourceSerializer(serializers.Serializer[Any]):
    """Where the money came from."""

    type = serializers.ChoiceField(PARTY_TYPES)
    chain = serializers.CharField(max_length=20, required=False, default="")
    address = serializers.CharField(max_length=128, required=False, default="")
    tag = serializers.CharField(max_length=64, required=False, default="")
    reference = serializers.CharField(max_length=140, required=False, default="")
    account = serializers.CharField(max_length=34, required=False, default="")


class DepositReportSerializer(serializers.Serializer[Any]):
    """What a rail says has come in. The recipient is `user`, or whoever `address` and `tag` belong to."""

    request_id = serializers.CharField(max_length=100, required=False)
    asset = serializers.CharField(max_length=12)
    amount = serializers.CharField(max_length=60, help_text='Plain decimal text such as "12.5".')
    external_tx_id = serializers.RegexField(r"^[\x21-\x7e]{1,128}\Z", help_text="The rail's id of the transaction.")
    output_index = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False, default=0)
    user = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    address = serializers.CharField(max_length=128, required=False, default="", allow_blank=True)
    tag = serializers.CharField(max_length=64, required=False, default="", allow_blank=True)
    confirmations = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False, default=0)
    source = SourceSerializer(required=False)  # type: ignore[assignment]

    def validate(self, fields: dict[str, Any]) -> dict[str, Any]:
        if bool(fields["user"]) == bool(fields["address"]):
            raise serializers.ValidationError({"user": ["Either user or address says whose it is."]})
        return fields


class ConfirmationSerializer(serializers.Serializer[Any]):
    request_id = serializers.CharField(max_length=100, required=False)
    output_index = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False, default=0)
    confirmations = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, required=False, help_text="Left out: often enough."
    )


class DepositAddressSerializer(serializers.Serializer[Any]):
    """Where to send an asset. `address` is null where the network does not answer; ask again later."""

    asset = serializers.CharField()
    network = serializers.CharField()
    kind = serializers.CharField(help_text="What stands behind it: a chain, a bank, an exchange.")
    address = serializers.CharField(allow_null=True)
    tag = serializers.CharField(allow_blank=True, help_text="Tag, memo or reference; without it money goes astray.")
    recipient = serializers.CharField(allow_blank=True, help_text="Whose account it is; empty but with a bank.")
    bic = serializers.CharField(allow_blank=True, help_text="Of the recipient's bank; empty but with a bank.")
    needs_tag = serializers.BooleanField()
    needs_claim = serializers.BooleanField(help_text="Many users share the address: claim what you have sent.")
    min_deposit = serializers.CharField()
    required_confirmations = serializers.IntegerField()


class DepositAddressesSerializer(serializers.Serializer[Any]):
    items = DepositAddressSerializer(many=True)


class ClaimRequestSerializer(serializers.Serializer[Any]):
    request_id = serializers.CharField(max_length=100, required=False)
    asset = serializers.CharField(max_length=12)
    network = serializers.CharField(max_length=20)
    external_tx_id = serializers.RegexField(r"^[\x21-\x7e]{1,128}\Z", help_text="The id of the chain's transaction.")
    note = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class ClaimSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    asset = serializers.CharField()
    network = serializers.CharField()
    external_tx_id = serializers.CharField()
    state = serializers.ChoiceField(CLAIM_STATES)
    claimed_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class ClaimsSerializer(serializers.Serializer[Any]):
    items = ClaimSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)
