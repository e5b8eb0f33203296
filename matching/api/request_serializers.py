"""How requests about orders look in JSON; the description that clients read. `matching.api.body` reads them."""

from rest_framework import serializers

from ledger.api.serializers import AmountField
from matching.api.change_bodies import LONGEST_COUNTDOWN_MS
from matching.api.serializers import ORDER_TYPES, PREVENTIONS, SIDES, TIMES_IN_FORCE
from matching.services import MOST_TOGETHER

RESPONSES = ["RESULT", "ACK"]
CLIENT_ORDER_ID = r"^[A-Za-z0-9_.:-]{1,64}$"


class BatchedOrderSerializer(serializers.Serializer[None]):
    """An order of many; how it is answered the request says once for all."""

    symbol = serializers.CharField(help_text="BTC-USDT or BTC/USDT")
    side = serializers.ChoiceField(SIDES)
    type = serializers.ChoiceField(ORDER_TYPES)
    time_in_force = serializers.ChoiceField(
        TIMES_IN_FORCE, required=False, allow_null=True, help_text="IOC for MARKET and GTC for all others if left out"
    )
    post_only = serializers.BooleanField(required=False, allow_null=True, help_text="Refuse rather than take.")
    price = AmountField(required=False, allow_null=True, help_text="The limit, of types that have one.")
    quantity = AmountField(required=False, allow_null=True, help_text="In the base asset.")
    quote_amount = AmountField(
        required=False,
        allow_null=True,
        help_text="Of types without a limit, instead of quantity: what to spend, or (MARKET only) to receive.",
    )
    client_order_id = serializers.RegexField(
        CLIENT_ORDER_ID,
        required=False,
        allow_null=True,
        help_text="My own id, unique for 24 hours. A repeat returns the first order.",
    )
    display_quantity = AmountField(required=False, allow_null=True, help_text="ICEBERG: what it shows at a time.")
    trigger_price = AmountField(
        required=False, allow_null=True, help_text="Of stop and take-profit orders: what ends the waiting."
    )
    trailing_delta = AmountField(
        required=False,
        allow_null=True,
        help_text='TRAILING_STOP: distance of the trigger, a part of the price with at most 6 decimals: "0.015".',
    )
    good_till = serializers.DateTimeField(required=False, allow_null=True, help_text="GTD: when the order expires.")
    self_trade_prevention = serializers.ChoiceField(
        PREVENTIONS, required=False, allow_null=True, help_text="The account's default if left out."
    )


class NewOrderSerializer(BatchedOrderSerializer):
    response = serializers.ChoiceField(
        RESPONSES, required=False, allow_null=True, help_text="RESULT waits for the match; ACK does not."
    )
    validate_only = serializers.BooleanField(required=False, allow_null=True, help_text="Check all, write nothing.")


class OrderRequestSerializer(NewOrderSerializer):
    replaces = serializers.CharField(
        required=False, allow_null=True, help_text="My open order that is cancelled if this one comes in."
    )


class OcoRequestSerializer(serializers.Serializer[None]):
    symbol = serializers.CharField(help_text="BTC-USDT or BTC/USDT")
    side = serializers.ChoiceField(SIDES)
    quantity = AmountField(help_text="In the base asset, of either order.")
    price = AmountField(help_text="Limit of the order that rests; it is post-only.")
    trigger_price = AmountField(help_text="The last price that turns the other order into a limit or market order.")
    stop_price = AmountField(
        required=False, allow_null=True, help_text="Limit of the order that waits; left out: it takes what there is."
    )
    self_trade_prevention = serializers.ChoiceField(
        PREVENTIONS, required=False, allow_null=True, help_text="The account's default if left out."
    )
    client_order_id = serializers.RegexField(
        CLIENT_ORDER_ID, required=False, allow_null=True, help_text="My own id of the pair, unique for 24 hours."
    )
    response = serializers.ChoiceField(
        RESPONSES, required=False, allow_null=True, help_text="RESULT waits for the match; ACK does not."
    )
    validate_only = serializers.BooleanField(required=False, allow_null=True, help_text="Check all, write nothing.")


class AmendRequestSerializer(serializers.Serializer[None]):
    price = AmountField(required=False, allow_null=True, help_text="Left out: as it is.")
    quantity = AmountField(
        required=False, allow_null=True, help_text="The whole quantity, what has traded included. Left out: as it is."
    )
    response = serializers.ChoiceField(
        RESPONSES, required=False, allow_null=True, help_text="RESULT waits for the engine; ACK does not."
    )


class BatchSerializer(serializers.Serializer[None]):
    orders = serializers.ListField(child=BatchedOrderSerializer(), min_length=1, max_length=MOST_TOGETHER)
    response = serializers.ChoiceField(
        RESPONSES, required=False, allow_null=True, help_text="RESULT waits for the matches; ACK does not."
    )


class CancelBatchSerializer(serializers.Serializer[None]):
    order_ids = serializers.ListField(
        child=serializers.CharField(), required=False, allow_null=True, max_length=MOST_TOGETHER
    )
    client_order_ids = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        allow_null=True,
        max_length=MOST_TOGETHER,
        help_text="At most 100 together with order_ids.",
    )
    response = serializers.ChoiceField(
        RESPONSES, required=False, allow_null=True, help_text="RESULT waits for the engine; ACK does not."
    )


class CountdownRequestSerializer(serializers.Serializer[None]):
    timeout_ms = serializers.IntegerField(
        help_text="From 1000 to 86400000; 0 ends the countdown.", min_value=0, max_value=LONGEST_COUNTDOWN_MS
    )
    symbol = serializers.CharField(required=False, allow_null=True, help_text="Left out: all markets.")
    response = serializers.ChoiceField(
        RESPONSES, required=False, allow_null=True, help_text="RESULT waits for the engine; ACK does not."
    )
