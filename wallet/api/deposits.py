"""My deposits, where to send what, and claims of what came without a name."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.body import validated
from accounts.api.schema import refusals
from ledger.api.holder import account_of, user_of
from ledger.api.parameters import PAGE_PARAMETERS, Query, paginated, parameter, parse_id
from ledger.selectors import asset_by_symbol
from wallet.api.deposit_representations import address_json, claim_json, claims_json, deposit_json, deposits_json
from wallet.api.deposit_serializers import (
    DEPOSIT_STATES,
    ClaimRequestSerializer,
    ClaimSerializer,
    ClaimsSerializer,
    DepositAddressesSerializer,
    DepositSerializer,
    DepositsSerializer,
)
from wallet.api.idempotency import KEY_PARAMETER, idempotency_key
from wallet.api.ingest import ReportDeposit
from wallet.core.states import DepositState
from wallet.selectors.deposits import get_deposit, list_claims, list_deposits
from wallet.services.claims import claim_deposit
from wallet.services.receiving import receiving_places

_STATES = {state: DepositState(state) for state in DEPOSIT_STATES}


class DepositsView(ReportDeposit):
    """GET for users, POST for rails."""

    @extend_schema(
        operation_id="list_deposits",
        tags=["funds"],
        parameters=[
            parameter("asset", "Only this asset, e.g. BTC."),
            parameter("state", "Only those in this state.", choices=_STATES),
            *PAGE_PARAMETERS,
        ],
        responses={200: DepositsSerializer, **refusals(404)},
    )
    def get(self, request: Request) -> Response:
        """My deposits, newest first, from the moment they are seen."""
        query = Query(request, "asset", "state", "limit", "cursor")
        page, asset = query.page(), query.text("asset")
        rows = list_deposits(
            account_id=account_of(request),
            asset=asset_by_symbol(asset) if asset else None,
            state=query.choice("state", _STATES),
            before_id=page.before_id,
            limit=page.limit + 1,
        )
        shown = deposits_json(rows)
        return Response(paginated(rows, page, lambda row: row.pk, lambda row: shown[row.pk]))


class DepositView(APIView):
    @extend_schema(operation_id="get_deposit", tags=["funds"], responses=DepositSerializer)
    def get(self, request: Request, deposit_id: str) -> Response:
        """One of my deposits."""
        Query(request)
        return Response(deposit_json(get_deposit(account_id=account_of(request), deposit_id=parse_id(deposit_id))))


class DepositAddressesView(APIView):
    @extend_schema(
        operation_id="list_deposit_addresses",
        tags=["funds"],
        parameters=[parameter("network", "Only this network, e.g. SIM.")],
        responses=DepositAddressesSerializer,
    )
    def get(self, request: Request, asset: str) -> Response:
        """Where I send an asset to, for each network; an address is made when it is asked for first."""
        query = Query(request, "network")
        account_of(request)
        places = receiving_places(user=user_of(request), asset=asset_by_symbol(asset), network=query.text("network"))
        return Response({"items": [address_json(place.terms, place.address, place.tag) for place in places]})


class ClaimsView(APIView):
    @extend_schema(
        operation_id="list_deposit_claims", tags=["funds"], parameters=PAGE_PARAMETERS, responses=ClaimsSerializer
    )
    def get(self, request: Request) -> Response:
        """My claims, newest first."""
        query = Query(request, "limit", "cursor")
        page = query.page()
        rows = list_claims(account_id=account_of(request), before_id=page.before_id, limit=page.limit + 1)
        shown = claims_json(rows)
        return Response(paginated(rows, page, lambda row: row.pk, lambda row: shown[row.pk]))

    @extend_schema(
        operation_id="claim_deposit",
        tags=["funds"],
        parameters=[KEY_PARAMETER],
        request=ClaimRequestSerializer,
        responses={201: ClaimSerializer, **refusals(404, 409, 422)},
    )
    def post(self, request: Request) -> Response:
        """Say that I have sent a transaction to an address that many users share. People look into it."""
        Query(request)
        asked = validated(ClaimRequestSerializer, request.data)
        claim = claim_deposit(
            account_id=account_of(request),
            request_id=idempotency_key(request, asked),
            asset=asked["asset"],
            network=asked["network"],
            external_tx_id=asked["external_tx_id"],
            note=asked["note"],
        )
        return Response(claim_json(claim), status=201)
