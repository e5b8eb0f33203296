"""What I pay."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.api.holder import account_of, user_of
from ledger.api.parameters import Query, rfc3339
from ledger.api.serializers import AmountField
from matching.api.representations import rate
from matching.fees.selectors import FeeStanding, MarketFees, fee_standing
from matching.models import FeeTier

ORIGINS = ["TIER", "MARKET", "USER", "USER_IN_MARKET"]


class FeeTierSerializer(serializers.Serializer[None]):
    tier = serializers.IntegerField()
    maker = AmountField(help_text='Part of what a trade brings: "0.001" is 0.1 %.')
    taker = AmountField()
    min_volume = AmountField(help_text="The 30-day volume from which on a user is in this tier.")


class NextTierSerializer(serializers.Serializer[None]):
    tier = serializers.IntegerField()
    min_volume = AmountField()
    missing_volume = AmountField(help_text="What is still to be traded.")


class MarketFeesSerializer(serializers.Serializer[None]):
    symbol = serializers.CharField()
    maker = AmountField()
    taker = AmountField()
    origin = serializers.ChoiceField(ORIGINS, help_text="Whose rates hold: the tier's, or an exception's.")
    expires_at = serializers.DateTimeField(allow_null=True, help_text="When the exception is over.")


class FeesSerializer(serializers.Serializer[None]):
    tier = serializers.IntegerField()
    maker = AmountField(help_text="What I pay where `markets` names nothing else; a part of what a trade brings.")
    taker = AmountField()
    is_tier_fixed = serializers.BooleanField(help_text="I am held in this tier, whatever my volume.")
    tier_fixed_until = serializers.DateTimeField(allow_null=True)
    volume_30d = AmountField(
        help_text="Of the last 30 full days (UTC), in `volume_asset`; docs/fees.md says what counts."
    )
    volume_asset = serializers.CharField()
    volume_from = serializers.DateField(help_text="The first day that counts.")
    volume_to = serializers.DateField(help_text="The last one.")
    next_tier = NextTierSerializer(allow_null=True)
    markets = MarketFeesSerializer(many=True)
    tiers = FeeTierSerializer(many=True)


class FeesView(APIView):
    @extend_schema(operation_id="get_fees", tags=["money"], responses=FeesSerializer)
    def get(self, request: Request) -> Response:
        """What I pay in each market and why, my volume, and the whole table."""
        Query(request)
        standing = fee_standing(user=user_of(request), account_id=account_of(request), now=timezone.now())
        return Response(fees_json(standing))


def fees_json(standing: FeeStanding) -> dict[str, Any]:
    following = standing.next_step
    return {
        "tier": standing.tier,
        "maker": rate(standing.rates.maker_ppm),
        "taker": rate(standing.rates.taker_ppm),
        "is_tier_fixed": standing.is_tier_fixed,
        "tier_fixed_until": rfc3339(standing.tier_fixed_until) if standing.tier_fixed_until else None,
        "volume_30d": standing.volume,
        "volume_asset": standing.volume_asset,
        "volume_from": standing.volume_days[0].isoformat(),
        "volume_to": standing.volume_days[1].isoformat(),
        "next_tier": None
        if following is None
        else {
            "tier": following.tier,
            "min_volume": following.min_volume,
            "missing_volume": standing.missing,
        },
        "markets": [_market_json(market) for market in standing.markets],
        "tiers": [_tier_json(tier) for tier in standing.tiers],
    }


def _market_json(market: MarketFees) -> dict[str, Any]:
    return {
        "symbol": market.symbol,
        "maker": rate(market.rates.maker_ppm),
        "taker": rate(market.rates.taker_ppm),
        "origin": market.source,
        "expires_at": rfc3339(market.expires_at) if market.expires_at else None,
    }


def _tier_json(tier: FeeTier) -> dict[str, Any]:
    return {
        "tier": tier.tier,
        "maker": rate(tier.maker_ppm),
        "taker": rate(tier.taker_ppm),
        "min_volume": tier.min_volume,
    }
