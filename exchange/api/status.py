"""The state of everything at one look: the exchange, each market, each asset and its networks, and what staff say."""

from collections import defaultdict
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exchange.api.health import exchange_health
from exchange.notices.api.representations import notice_json
from exchange.notices.api.serializers import NoticeSerializer
from exchange.notices.models import NoticeKind, NoticeSeverity
from exchange.notices.selectors import NoticeView, Phase, current_notices
from ledger.api.parameters import Query, rfc3339
from ledger.models import Asset
from matching.api.serializers import STATES
from matching.engine.types import MarketState
from matching.selectors.cache import ShortCache
from matching.selectors.markets import MarketView, list_markets
from wallet.selectors.networks import NetworkView, list_networks

KEEP_SECONDS = 1.0

OPERATIONAL, DEGRADED, MAINTENANCE, UNAVAILABLE = EXCHANGE_STATES = [
    "OPERATIONAL",
    "DEGRADED",
    "MAINTENANCE",
    "UNAVAILABLE",
]
ENABLED, SUSPENDED, NOT_OFFERED = SERVICE_STATES = ["ENABLED", "SUSPENDED", "NOT_OFFERED"]


class NetworkStatusSerializer(serializers.Serializer[None]):
    network = serializers.CharField()
    deposits = serializers.ChoiceField(SERVICE_STATES)
    withdrawals = serializers.ChoiceField(SERVICE_STATES)


class AssetStatusSerializer(serializers.Serializer[None]):
    asset = serializers.CharField()
    name = serializers.CharField()
    trading = serializers.ChoiceField(
        SERVICE_STATES, help_text="SUSPENDED: listed, but none of its markets trades at the moment."
    )
    deposits = serializers.ChoiceField(SERVICE_STATES, help_text="ENABLED where it is so on at least one network.")
    withdrawals = serializers.ChoiceField(SERVICE_STATES)
    networks = NetworkStatusSerializer(many=True)


class MarketStatusSerializer(serializers.Serializer[None]):
    symbol = serializers.CharField()
    state = serializers.ChoiceField(STATES)
    reason = serializers.CharField(allow_blank=True)


class ExchangeStatusSerializer(serializers.Serializer[None]):
    status = serializers.ChoiceField(
        EXCHANGE_STATES,
        help_text="UNAVAILABLE: orders cannot be placed or matched. MAINTENANCE: announced, of the whole exchange. "
        "DEGRADED: there is an incident, or a market is halted.",
    )
    at = serializers.DateTimeField()
    markets = MarketStatusSerializer(many=True)
    assets = AssetStatusSerializer(many=True)
    notices = NoticeSerializer(many=True)


class StatusView(APIView):
    """GET /api/v1/status"""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(operation_id="status", tags=["Exchange"], responses=ExchangeStatusSerializer, auth=[])
    def get(self, request: Request) -> Response:
        """How the exchange, its markets and its assets are, and what is announced; at most two seconds old."""
        Query(request)
        now = timezone.now()
        markets, notices = list_markets(), current_notices()
        active = [notice for notice in notices if notice.phase_at(now) is Phase.ACTIVE]
        return Response(
            {
                "status": _status(markets, active),
                "at": rfc3339(now),
                "markets": [
                    {"symbol": market.symbol, "state": market.state.name, "reason": market.state_reason}
                    for market in markets
                ],
                "assets": _assets(markets),
                "notices": [notice_json(notice, now=now) for notice in notices],
            }
        )


def _status(markets: list[MarketView], active: list[NoticeView]) -> str:
    if not exchange_health().is_usable:
        return UNAVAILABLE
    if any(one.kind is NoticeKind.MAINTENANCE and not one.markets and not one.assets for one in active):
        return MAINTENANCE
    is_disturbed = any(one.kind is NoticeKind.INCIDENT and one.severity != NoticeSeverity.INFO for one in active)
    is_halted = any(market.state is MarketState.HALTED for market in markets)
    return DEGRADED if is_disturbed or is_halted else OPERATIONAL


def _assets(markets: list[MarketView]) -> list[dict[str, Any]]:
    """Each asset with what can be done with it."""
    networks: dict[int, list[NetworkView]] = defaultdict(list)
    for network in _networks.get("networks", list_networks):
        networks[network.asset_id].append(network)
    trades: dict[int, list[bool]] = defaultdict(list)
    for market in markets:
        for asset in (market.base, market.quote):
            trades[asset.id].append(market.state is MarketState.TRADING)
    return [
        {
            "asset": symbol,
            "name": name,
            "trading": _trading(trades[asset_id], is_enabled),
            "deposits": _offered([network.deposits_open for network in networks[asset_id]]),
            "withdrawals": _offered([network.withdrawals_open for network in networks[asset_id]]),
            "networks": [
                {
                    "network": network.network,
                    "deposits": _offered([network.deposits_open]),
                    "withdrawals": _offered([network.withdrawals_open]),
                }
                for network in networks[asset_id]
            ],
        }
        for asset_id, symbol, name, is_enabled in _cache.get("assets", _read_assets)
    ]


def _trading(markets_trade: list[bool], is_enabled: bool) -> str:
    if not markets_trade:
        return NOT_OFFERED
    return ENABLED if is_enabled and any(markets_trade) else SUSPENDED


def _offered(networks_open: list[bool]) -> str:
    """ENABLED where it is so on at least one network."""
    if not networks_open:
        return NOT_OFFERED
    return ENABLED if any(networks_open) else SUSPENDED


_networks: ShortCache[list[NetworkView]] = ShortCache(seconds=KEEP_SECONDS)
_cache: ShortCache[list[tuple[int, str, str, bool]]] = ShortCache(seconds=KEEP_SECONDS)


def _read_assets() -> list[tuple[int, str, str, bool]]:
    return list(Asset.objects.order_by("symbol").values_list("id", "symbol", "name", "is_enabled"))
