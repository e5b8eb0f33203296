"""What clients send about withdrawals, transfers and the address book, and how the answers look."""

from typing import Any

from rest_framework import serializers

from accounts.errors import UnknownField
from accounts.models import KycStatus
from kernel.errors import NumberMalformed
from wallet.core.states import WithdrawalState

WITHDRAWAL_STATES = [str(state) for state in WithdrawalState]
_AMOUNT = 'Plain decimal text such as "12.5".'
_TEXT = r"^[^\x00-\x1f\x7f]*\Z"
"""One line."""


class AmountText(serializers.CharField):
    """An amount as text. A JSON number would have been a float on its way, so it is refused."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise NumberMalformed(details={"field": str(self.field_name)})
        return str(super().to_internal_value(data))


class StrictSerializer(serializers.Serializer[Any]):
    """A part of a body that refuses names it does not have, as whole bodies do."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = sorted(str(name)[:40] for name in data.keys() - self.fields.keys())
            if unknown:
                raise UnknownField(details={"fields": unknown[:20]})
        return super().to_internal_value(data)


class OriginatorSerializer(StrictSerializer):
    name = serializers.RegexField(_TEXT, max_length=140, help_text="Who sends: the account's owner.")
    address = serializers.RegexField(_TEXT, max_length=200, required=False, default="", allow_blank=True)


class BeneficiarySerializer(StrictSerializer):
    name = serializers.RegexField(_TEXT, max_length=140, help_text="Who receives.")
    institution = serializers.RegexField(
        _TEXT, max_length=140, required=False, default="", allow_blank=True, help_text="Who keeps the address for them."
    )
    is_self = serializers.BooleanField(required=False, default=False, help_text="Whether it is the user's own address.")


class TravelRuleSerializer(StrictSerializer):
    """Needed above the value that GET /wallet/limits tells."""

    originator = OriginatorSerializer(required=False)
    beneficiary = BeneficiarySerializer(required=False)
    purpose = serializers.RegexField(_TEXT, max_length=140, required=False, default="", allow_blank=True)


class WithdrawalRequestSerializer(serializers.Serializer[Any]):
    request_id = serializers.CharField(max_length=100, required=False)
    asset = serializers.CharField(max_length=12)
    network = serializers.CharField(max_length=20)
    amount = AmountText(max_length=60, help_text=f"What arrives; the fee comes on top. {_AMOUNT}")
    address_id = serializers.RegexField(
        r"^[0-9]{1,19}\Z", required=False, default="", help_text="Of the address book; or name an address of it."
    )
    address = serializers.CharField(max_length=128, required=False, default="", allow_blank=True)
    tag = serializers.CharField(max_length=64, required=False, default="", allow_blank=True)
    travel_rule = TravelRuleSerializer(required=False)

    def validate(self, fields: dict[str, Any]) -> dict[str, Any]:
        if bool(fields["address_id"]) == bool(fields["address"].strip()):
            raise serializers.ValidationError({"address": ["Either address_id or address says where it goes."]})
        if fields["address_id"] and fields["tag"]:
            raise serializers.ValidationError({"tag": ["The tag is that of the address book."]})
        return fields


class CodeSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=40, help_text="Of the authenticator app, or a recovery code.")
    email_code = serializers.CharField(
        max_length=40, required=False, default="", allow_blank=True, help_text="Where one by e-mail is asked for, too."
    )


class EmailCodeRequestSerializer(serializers.Serializer[Any]):
    """Either of them."""

    withdrawal_id = serializers.RegexField(
        r"^[0-9]{1,19}\Z", required=False, help_text="The withdrawal that the code is to confirm."
    )
    transfer_request_id = serializers.RegexField(
        r"^[\x21-\x7e]{1,100}\Z", required=False, help_text="The request_id of the transfer that it is to go with."
    )

    def validate(self, fields: dict[str, Any]) -> dict[str, Any]:
        if len(fields) != 1:
            raise serializers.ValidationError("Either withdrawal_id or transfer_request_id says what it is for.")
        return fields


class EmailCodeSerializer(serializers.Serializer[Any]):
    expires_at = serializers.DateTimeField()


class WithdrawalSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    state = serializers.ChoiceField(
        WITHDRAWAL_STATES,
        help_text="REQUESTED: waits for the second factor, nothing is locked. REVIEW: people look at it. "
        "UNKNOWN: the network is being asked what became of it. Ends: CONFIRMED, REJECTED, FAILED, CANCELLED.",
    )
    asset = serializers.CharField()
    network = serializers.CharField(allow_blank=True)
    amount = serializers.CharField()
    fee = serializers.CharField()
    address = serializers.CharField()
    tag = serializers.CharField(allow_blank=True)
    external_tx_id = serializers.CharField(allow_blank=True)
    confirmations = serializers.IntegerField()
    reason = serializers.CharField(allow_blank=True, help_text="Why it ended without a payout: a code or a text.")
    reason_text = serializers.CharField(allow_blank=True)
    can_be_cancelled = serializers.BooleanField()
    requested_at = serializers.DateTimeField()
    verified_at = serializers.DateTimeField(allow_null=True)
    sent_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class WithdrawalsSerializer(serializers.Serializer[Any]):
    items = WithdrawalSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class TransferRequestSerializer(serializers.Serializer[Any]):
    request_id = serializers.CharField(max_length=100, required=False)
    asset = serializers.CharField(max_length=12)
    amount = AmountText(max_length=60, help_text=_AMOUNT)
    to = serializers.CharField(max_length=40, help_text="The user name of who receives it.")
    note = serializers.RegexField(_TEXT, max_length=140, required=False, default="", allow_blank=True)
    code = serializers.CharField(
        max_length=40,
        required=False,
        default="",
        allow_blank=True,
        help_text="Of the authenticator app, or a recovery code; a repeat needs none.",
    )
    email_code = serializers.CharField(
        max_length=40, required=False, allow_blank=True, help_text="Where one by e-mail is asked for, too."
    )


class TransferSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    asset = serializers.CharField()
    amount = serializers.CharField()
    to = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    is_done = serializers.BooleanField(help_text="False: accepted, and done in a moment.")
    accepted_at = serializers.DateTimeField()


class TransferEntrySerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    asset = serializers.CharField()
    amount = serializers.CharField()
    direction = serializers.ChoiceField(["SENT", "RECEIVED"])
    counterparty = serializers.CharField(help_text="The user name of who received or sent it.")
    note = serializers.CharField(allow_blank=True)
    done_at = serializers.DateTimeField()


class TransfersSerializer(serializers.Serializer[Any]):
    items = TransferEntrySerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class NewAddressSerializer(serializers.Serializer[Any]):
    asset = serializers.CharField(max_length=12, help_text="The address is checked for this asset and network.")
    network = serializers.CharField(max_length=20)
    label = serializers.RegexField(_TEXT, max_length=60, required=False, default="", allow_blank=True)  # type: ignore[assignment]
    address = serializers.CharField(max_length=128)
    tag = serializers.CharField(max_length=64, required=False, default="", allow_blank=True)
    beneficiary = BeneficiarySerializer(required=False)


class NetworkOfAddressSerializer(serializers.Serializer[Any]):
    asset = serializers.CharField()
    network = serializers.CharField()


class SavedAddressSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    address = serializers.CharField()
    tag = serializers.CharField(allow_blank=True)
    beneficiary_name = serializers.CharField(allow_blank=True)
    networks = NetworkOfAddressSerializer(many=True, help_text="What can be sent to it.")
    usable_at = serializers.DateTimeField(help_text="From then on it can be used.")
    is_usable = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class SavedAddressesSerializer(serializers.Serializer[Any]):
    items = SavedAddressSerializer(many=True)
    cooling_off_hours = serializers.IntegerField(
        help_text="How long an address waits that is saved now; 0 for the first one of a new account."
    )


class LimitSerializer(serializers.Serializer[Any]):
    limit = serializers.CharField()
    used = serializers.CharField()
    left = serializers.CharField()


class HourlyLimitSerializer(serializers.Serializer[Any]):
    limit = serializers.IntegerField()
    used = serializers.IntegerField()
    left = serializers.IntegerField()


class LimitsSerializer(serializers.Serializer[Any]):
    reference_asset = serializers.CharField(help_text="In which the limits are told.")
    kyc_status = serializers.ChoiceField(KycStatus.choices)
    kyc_level = serializers.IntegerField()
    can_withdraw = serializers.BooleanField(help_text="Whether the identity and the account allow it at all.")
    daily = LimitSerializer(help_text="In any 24 hours.")
    monthly = LimitSerializer(help_text="In any 30 days.")
    hourly_count = HourlyLimitSerializer(help_text="Withdrawals in any 60 minutes.")
    travel_rule_above = serializers.CharField(help_text="A withdrawal worth more names sender, recipient and purpose.")
    needs_email_code = serializers.BooleanField(
        help_text="Whether withdrawals and transfers need a code by e-mail beside that of the authenticator app."
    )
    held_until = serializers.DateTimeField(
        allow_null=True, help_text="Until then withdrawals wait, after a change of the password or the second factor."
    )


class FeeSerializer(serializers.Serializer[Any]):
    asset = serializers.CharField()
    network = serializers.CharField()
    is_open = serializers.BooleanField(help_text="Whether withdrawals are taken at the moment.")
    fee = serializers.CharField(help_text="Comes on top of the amount, in the same asset. The network's own is in it.")
    min_withdrawal = serializers.CharField()
    decimals = serializers.IntegerField(help_text="How many decimals an amount may have.")
    needs_tag = serializers.BooleanField()
    confirmations = serializers.IntegerField(help_text="After which a payout is final.")


class WithdrawalFeesSerializer(serializers.Serializer[Any]):
    items = FeeSerializer(many=True)
