"""POST /api/v1/wallet/faucet: money to play with, in a demo."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.body import validated
from accounts.api.schema import refusals
from kernel.units import plain
from ledger.api.holder import account_of, user_of
from ledger.api.parameters import Query
from ledger.selectors import asset_by_symbol
from wallet.api.idempotency import KEY_PARAMETER, idempotency_key
from wallet.services.faucet import pour_from_faucet


class FaucetRequestSerializer(serializers.Serializer[Any]):
    request_id = serializers.CharField(max_length=100, required=False)
    asset = serializers.CharField(max_length=12)


class GiftSerializer(serializers.Serializer[Any]):
    asset = serializers.CharField()
    network = serializers.CharField()
    amount = serializers.CharField()
    address = serializers.CharField(help_text="Mine; it arrives as a deposit.")
    external_tx_id = serializers.CharField()


class FaucetView(APIView):
    @extend_schema(
        operation_id="pour_from_faucet",
        tags=["funds"],
        parameters=[KEY_PARAMETER],
        request=FaucetRequestSerializer,
        responses={201: GiftSerializer, **refusals(404, 409, 429, 503)},
    )
    def post(self, request: Request) -> Response:
        """Have some of an asset sent to me over the simulated chain. Only in a demo."""
        Query(request)
        account_of(request)
        asked = validated(FaucetRequestSerializer, request.data)
        gift = pour_from_faucet(
            user=user_of(request),
            asset=asset_by_symbol(asked["asset"]),
            request_id=idempotency_key(request, asked),
        )
        return Response(
            {
                "asset": gift.asset,
                "network": gift.network,
                "amount": plain(gift.amount),
                "address": gift.address,
                "external_tx_id": gift.external_tx_id,
            },
            status=201,
        )
