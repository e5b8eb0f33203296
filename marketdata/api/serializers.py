"""How market data looks in JSON; the description that clients read."""

from rest_framework import serializers

from ledger.api.serializers import AmountField
from marketdata.selectors.summaries import PERIODS
from matching.engine.types import Side


class DepthSerializer(serializers.Serializer[None]):
    symbol = serializers.CharField()
    update_id = serializers.IntegerField(
        allow_null=True, help_text="Grows with the book; null where the cache is away and the database answered."
    )
    bids = serializers.ListField(child=serializers.ListField(child=AmountField(), min_length=2, max_length=2))
    asks = serializers.ListField(child=serializers.ListField(child=AmountField(), min_length=2, max_length=2))


class PublicTradeSerializer(serializers.Serializer[None]):
    id = serializers.CharField()
    number = serializers.IntegerField(help_text="Gapless within the market, from 1.")
    price = AmountField()
    quantity = AmountField()
    quote_amount = AmountField()
    taker_side = serializers.ChoiceField([side.name for side in Side])
    is_house = serializers.BooleanField(help_text="Both sides trade for the exchange itself.")
    is_busted = serializers.BooleanField(help_text="The exchange has undone it; candles and volumes keep it.")
    executed_at = serializers.DateTimeField()


class PublicTradesSerializer(serializers.Serializer[None]):
    items = PublicTradeSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True, help_text="Where older trades go on; null at the end.")
    next_number = serializers.IntegerField(
        allow_null=True, help_text="With from_number: where newer trades go on, whether there are any yet or not."
    )


class CandleSerializer(serializers.Serializer[None]):
    opened_at = serializers.DateTimeField()
    open = AmountField()
    high = AmountField()
    low = AmountField()
    close = AmountField()
    volume = AmountField(help_text="In the base asset.")
    quote_volume = AmountField()
    trades = serializers.IntegerField()
    house_volume = AmountField(help_text="The part of volume that house accounts traded with each other.")
    house_quote_volume = AmountField()
    house_trades = serializers.IntegerField()


class CandlesSerializer(serializers.Serializer[None]):
    symbol = serializers.CharField()
    interval = serializers.CharField()
    items = CandleSerializer(many=True)


class PeriodSerializer(serializers.Serializer[None]):
    open = AmountField(allow_null=True, help_text="The period's first price.")
    high = AmountField(allow_null=True)
    low = AmountField(allow_null=True)
    last = AmountField(allow_null=True)
    volume = AmountField(help_text="In the base asset.")
    quote_volume = AmountField()
    trades = serializers.IntegerField()
    house_volume = AmountField(help_text="The part of volume that house accounts traded with each other.")
    house_quote_volume = AmountField()
    house_trades = serializers.IntegerField()
    change = AmountField(allow_null=True)
    change_percent = AmountField(allow_null=True)


class BestPricesSerializer(serializers.Serializer[None]):
    best_bid = AmountField(allow_null=True)
    best_bid_quantity = AmountField(allow_null=True)
    best_ask = AmountField(allow_null=True)
    best_ask_quantity = AmountField(allow_null=True)


class AuctionSerializer(serializers.Serializer[None]):
    price = AmountField(allow_null=True, help_text="null: nothing would trade.")
    quantity = AmountField(help_text="That would trade, hidden parts included.")
    surplus_side = serializers.ChoiceField(
        [side.name for side in Side], allow_null=True, help_text="Whose orders would find nobody at that price."
    )
    surplus_quantity = AmountField()


class TickerSerializer(PeriodSerializer, BestPricesSerializer):
    """Sums are of the last 24 hours."""

    symbol = serializers.CharField()
    auction = AuctionSerializer(
        allow_null=True, help_text="While orders are collected: what the auction would come to now. Else null."
    )


class NamedPeriodSerializer(PeriodSerializer):
    period = serializers.ChoiceField(list(PERIODS))


class StatisticsSerializer(BestPricesSerializer):
    symbol = serializers.CharField()
    periods = NamedPeriodSerializer(many=True)
    spread = AmountField(allow_null=True, help_text="Best ask less best bid; null while a side is empty.")
    spread_percent = AmountField(allow_null=True, help_text="Of the price in the middle.")


class TickersSerializer(serializers.Serializer[None]):
    items = TickerSerializer(many=True)
