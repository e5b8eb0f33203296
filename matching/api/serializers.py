"""How markets, orders and trades look in JSON; the description that clients read."""

from rest_framework import serializers

from ledger.api.serializers import AmountField
from matching.engine.types import MarketState, OrderType, Side, TimeInForce
from matching.models import OrderStatus

SIDES = [side.name for side in Side]
ORDER_TYPES = [order_type.name for order_type in OrderType]
TIMES_IN_FORCE = [time_in_force.name for time_in_force in TimeInForce]
STATUSES = [status.name for status in OrderStatus]
STATES = [state.name for state in MarketState]


class MarketSerializer(serializers.Serializer[None]):
    symbol = serializers.CharField()
    base = serializers.CharField()
    quote = serializers.CharField()
    state = serializers.ChoiceField(STATES)
    state_reason = serializers.CharField()
    tick_size = AmountField(help_text="Prices are multiples of it.")
    lot_size = AmountField(help_text="Quantities are multiples of it.")
    min_quantity = AmountField(allow_null=True, help_text="null: no limit, here and below")
    max_quantity = AmountField(allow_null=True)
    min_notional = AmountField(allow_null=True)
    max_order_value = AmountField(allow_null=True)
    max_open_orders = serializers.IntegerField(allow_null=True)
    price_band = AmountField(allow_null=True, help_text="Greatest distance from the last price, as a part of it.")
    last_price = AmountField(allow_null=True)


class MarketsSerializer(serializers.Serializer[None]):
    items = MarketSerializer(many=True)


class OrderRequestSerializer(serializers.Serializer[None]):
    symbol = serializers.CharField(help_text="BTC-USDT or BTC/USDT")
    side = serializers.ChoiceField(SIDES)
    type = serializers.ChoiceField(ORDER_TYPES)
    time_in_force = serializers.ChoiceField(
        TIMES_IN_FORCE, required=False, allow_null=True, help_text="GTC for LIMIT and IOC for MARKET if left out"
    )
    post_only = serializers.BooleanField(required=False, allow_null=True, help_text="Refuse rather than take.")
    price = AmountField(required=False, allow_null=True, help_text="LIMIT only")
    quantity = AmountField(required=False, allow_null=True, help_text="In the base asset.")
    quote_amount = AmountField(
        required=False, allow_null=True, help_text="MARKET only, instead of quantity: what to spend, or to receive."
    )
    client_order_id = serializers.RegexField(
        r"^[A-Za-z0-9_.:-]{1,64}$", required=False, allow_null=True, help_text="A repeat returns the first order."
    )
    response = serializers.ChoiceField(
        ["RESULT", "ACK"], required=False, allow_null=True, help_text="RESULT waits for the match; ACK does not."
    )
    validate_only = serializers.BooleanField(required=False, allow_null=True, help_text="Check all, write nothing.")


class OrderSerializer(serializers.Serializer[None]):
    id = serializers.CharField()
    client_order_id = serializers.CharField(allow_null=True)
    symbol = serializers.CharField()
    side = serializers.ChoiceField(SIDES)
    type = serializers.ChoiceField(ORDER_TYPES)
    time_in_force = serializers.ChoiceField(TIMES_IN_FORCE)
    post_only = serializers.BooleanField()
    price = AmountField(allow_null=True)
    quantity = AmountField(allow_null=True)
    quote_amount = AmountField(allow_null=True)
    filled_quantity = AmountField()
    filled_quote = AmountField()
    average_price = AmountField(allow_null=True)
    status = serializers.ChoiceField(STATUSES, help_text="PENDING: accepted, not yet matched.")
    reason = serializers.CharField(help_text="Code of why it was rejected, cancelled or expired; else empty.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class FillSerializer(serializers.Serializer[None]):
    trade_id = serializers.CharField()
    price = AmountField()
    quantity = AmountField()
    fee = AmountField()
    fee_asset = serializers.CharField()


class PlacedOrderSerializer(OrderSerializer):
    fills = FillSerializer(many=True, required=False, help_text="In the answer to the request that placed the order.")


class ValidatedSerializer(serializers.Serializer[None]):
    is_acceptable = serializers.BooleanField()


class OrdersSerializer(serializers.Serializer[None]):
    items = OrderSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class CancelledOrdersSerializer(serializers.Serializer[None]):
    symbol = serializers.CharField()
    command_id = serializers.CharField()
    cancelled = serializers.ListField(
        child=serializers.CharField(),
        allow_null=True,
        help_text="Ids; null while the engine has not answered.",
    )


class TradeSerializer(serializers.Serializer[None]):
    id = serializers.CharField()
    order_id = serializers.CharField()
    client_order_id = serializers.CharField(allow_null=True)
    symbol = serializers.CharField()
    side = serializers.ChoiceField(SIDES)
    role = serializers.ChoiceField(["MAKER", "TAKER"])
    price = AmountField()
    quantity = AmountField()
    quote_amount = AmountField()
    fee = AmountField()
    fee_asset = serializers.CharField()
    order_average_price = AmountField(allow_null=True, help_text="Of all fills of the order so far.")
    executed_at = serializers.DateTimeField()


class TradesSerializer(serializers.Serializer[None]):
    items = TradeSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)
