"""How markets, orders and trades look in JSON; the description that clients read."""

from rest_framework import serializers

from ledger.api.serializers import AmountField
from matching.engine.types import MarketState, OrderType, SelfTradePrevention, Side, TimeInForce
from matching.models import OrderStatus

SIDES = [side.name for side in Side]
ORDER_TYPES = [order_type.name for order_type in OrderType]
TIMES_IN_FORCE = [time_in_force.name for time_in_force in TimeInForce]
STATUSES = [status.name for status in OrderStatus]
STATES = [state.name for state in MarketState]
PREVENTIONS = [mode.name for mode in SelfTradePrevention]


class CircuitBreakerSerializer(serializers.Serializer[None]):
    move = AmountField(help_text="A greater move within the window halts the market: a part of the price.")
    window_seconds = serializers.IntegerField()
    halt_seconds = serializers.IntegerField()
    auction_seconds = serializers.IntegerField(help_text="How long the auction that follows collects orders.")


class MarketSerializer(serializers.Serializer[None]):
    symbol = serializers.CharField()
    base = serializers.CharField()
    quote = serializers.CharField()
    state = serializers.ChoiceField(STATES)
    state_reason = serializers.CharField()
    state_until = serializers.DateTimeField(allow_null=True, help_text="When it goes on by itself.")
    tick_size = AmountField(help_text="Prices are multiples of it.")
    lot_size = AmountField(help_text="Quantities are multiples of it.")
    min_quantity = AmountField(allow_null=True, help_text="null: no limit, here and below")
    max_quantity = AmountField(allow_null=True)
    min_notional = AmountField(allow_null=True)
    max_order_value = AmountField(allow_null=True)
    max_open_orders = serializers.IntegerField(allow_null=True, help_text="Of one account, waiting ones included.")
    max_stop_orders = serializers.IntegerField(allow_null=True, help_text="Waiting ones of one account.")
    max_order_rate = serializers.IntegerField(
        allow_null=True, help_text="Orders and amendments of one account in 10 seconds."
    )
    min_kyc_level = serializers.IntegerField(help_text="How well one's identity must be known to trade here.")
    price_band = AmountField(allow_null=True, help_text="Greatest distance from the last price, as a part of it.")
    static_band = AmountField(allow_null=True, help_text="The same from the static reference.")
    static_reference = AmountField(allow_null=True, help_text="The last auction's price, or the initial one.")
    initial_price = AmountField(allow_null=True, help_text="Stands for the last price until the first trade.")
    protection = AmountField(
        allow_null=True, help_text="How far from the best price a market order goes, as a part of it."
    )
    circuit_breaker = CircuitBreakerSerializer(allow_null=True)
    last_price = AmountField(allow_null=True)


class MarketsSerializer(serializers.Serializer[None]):
    items = MarketSerializer(many=True)


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
    trigger_price = AmountField(allow_null=True, help_text="That of a trailing stop follows the price.")
    trailing_delta = AmountField(allow_null=True)
    display_quantity = AmountField(allow_null=True)
    visible_quantity = AmountField(allow_null=True, help_text="Of an iceberg in the book: what it shows now.")
    protection_price = AmountField(
        allow_null=True, help_text="Worst price of a purchase that waits and has no limit; it locks at it."
    )
    good_till = serializers.DateTimeField(allow_null=True)
    self_trade_prevention = serializers.ChoiceField(PREVENTIONS)
    other_leg_id = serializers.CharField(
        allow_null=True, help_text="The order of which this one cancels, or cancelled, the other."
    )
    filled_quantity = AmountField()
    filled_quote = AmountField()
    average_price = AmountField(allow_null=True)
    prevented_quantity = AmountField(help_text="Taken off by self-trade prevention.")
    remaining_quantity = AmountField(
        allow_null=True, help_text="quantity - filled - prevented; null of an order by quote_amount"
    )
    is_waiting = serializers.BooleanField(help_text="Waits for its trigger; it is not in the book.")
    triggered_at = serializers.DateTimeField(allow_null=True)
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
    fills = FillSerializer(
        many=True, required=False, help_text="What this very request made the order trade; a repeat does not say."
    )


class OcoPairSerializer(serializers.Serializer[None]):
    legs = OrderSerializer(many=True, help_text="That with the limit first, then that which waits.")


class OneErrorSerializer(serializers.Serializer[None]):
    code = serializers.CharField()
    message = serializers.CharField()
    details = serializers.DictField()
    retry_after = serializers.IntegerField(required=False)


class BatchResultSerializer(serializers.Serializer[None]):
    status = serializers.IntegerField(help_text="That of the answer if it had been asked for alone.")
    order = PlacedOrderSerializer(required=False)
    error = OneErrorSerializer(required=False, help_text="Instead of the order, where it was refused.")


class BatchResultsSerializer(serializers.Serializer[None]):
    results = BatchResultSerializer(many=True)


class CountdownSerializer(serializers.Serializer[None]):
    symbol = serializers.CharField()
    deadline = serializers.DateTimeField(help_text="When all my orders in this market end.")


class CountdownsSerializer(serializers.Serializer[None]):
    markets = CountdownSerializer(many=True)


class SetCountdownSerializer(serializers.Serializer[None]):
    symbol = serializers.CharField()
    command_id = serializers.CharField()
    deadline = serializers.DateTimeField(
        allow_null=True, help_text="null: there is none, or (with status 202) the engine has not answered."
    )


class SetCountdownsSerializer(serializers.Serializer[None]):
    markets = SetCountdownSerializer(many=True)


class PreferencesSerializer(serializers.Serializer[None]):
    self_trade_prevention = serializers.ChoiceField(PREVENTIONS, help_text="Of orders that name none.")


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


class CancelledEverywhereSerializer(serializers.Serializer[None]):
    markets = CancelledOrdersSerializer(many=True)


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
    is_busted = serializers.BooleanField(help_text="The exchange has undone it: what it moved has gone back.")


class TradesSerializer(serializers.Serializer[None]):
    items = TradeSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)
