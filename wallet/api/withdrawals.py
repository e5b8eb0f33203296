"""My withdrawals: asked for, confirmed with the second factor, stopped, and looked at."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.body import validated
from accounts.api.schema import refusals
from accounts.models import Scope
from kernel.units import parse_positive
from ledger.api.holder import account_of, user_of
from ledger.api.parameters import PAGE_PARAMETERS, PERIOD_PARAMETERS, Query, paginated, parameter, parse_id
from ledger.selectors import asset_by_symbol
from wallet.api.idempotency import KEY_PARAMETER, idempotency_key
from wallet.api.withdrawal_representations import withdrawal_json
from wallet.api.withdrawal_serializers import (
    WITHDRAWAL_STATES,
    CodeSerializer,
    WithdrawalRequestSerializer,
    WithdrawalSerializer,
    WithdrawalsSerializer,
)
from wallet.core.states import WithdrawalState
from wallet.errors import WithdrawalNotFound
from wallet.selectors.withdrawals import WithdrawalFilter, get_withdrawal, list_withdrawals
from wallet.services.withdrawal_requests import WithdrawalRequest, request_withdrawal
from wallet.services.withdrawals import cancel_withdrawal, verify_withdrawal

RATE_CLASS = "funds"
WRITES = {"POST": Scope.WITHDRAW, "DELETE": Scope.WITHDRAW}
_STATES = {state: WithdrawalState(state) for state in WITHDRAWAL_STATES}


class AskingView(APIView):
    """What changes where money goes needs the scope of withdrawals, and is counted apart from orders."""

    required_scopes = WRITES

    @property
    def rate_class(self) -> str | None:
        return RATE_CLASS if self.request.method in WRITES else None


class RequestWithdrawal(AskingView):
    """POST /api/v1/withdraw, which is POST /api/v1/wallet/withdrawals."""

    @extend_schema(
        operation_id="withdraw",
        tags=["funds"],
        parameters=[KEY_PARAMETER],
        request=WithdrawalRequestSerializer,
        responses={
            200: OpenApiResponse(WithdrawalSerializer, "A repeat: the withdrawal that was asked for before."),
            201: WithdrawalSerializer,
            **refusals(403, 404, 409, 422, 503),
        },
    )
    def post(self, request: Request) -> Response:
        """Ask for a withdrawal. Nothing is locked until it is confirmed with the second factor (verify)."""
        Query(request)
        asked = validated(WithdrawalRequestSerializer, request.data)
        withdrawal, is_new = request_withdrawal(
            user=user_of(request),
            account_id=account_of(request),
            request=WithdrawalRequest(
                request_id=idempotency_key(request, asked),
                asset=asked["asset"],
                network=asked["network"],
                amount=parse_positive(asked["amount"], field="amount"),
                address=asked["address"],
                tag=asked["tag"],
                address_id=(parse_id(asked["address_id"]) or 0) if asked["address_id"] else None,
                travel_rule=asked.get("travel_rule", {}),
            ),
        )
        return Response(withdrawal_json(withdrawal), status=201 if is_new else 200)


class WithdrawalsView(RequestWithdrawal):
    """GET and POST /api/v1/wallet/withdrawals"""

    @extend_schema(
        operation_id="list_withdrawals",
        tags=["funds"],
        parameters=[
            parameter("asset", "Only this asset, e.g. BTC."),
            parameter("state", "Only those in this state.", choices=_STATES),
            *PERIOD_PARAMETERS,
            *PAGE_PARAMETERS,
        ],
        responses=WithdrawalsSerializer,
    )
    def get(self, request: Request) -> Response:
        """My withdrawals, newest first."""
        query = Query(request, "asset", "state", "from", "to", "limit", "cursor")
        page, asset = query.page(), query.text("asset")
        first_id, before_id = query.id_range(page)
        wanted = WithdrawalFilter(
            asset_id=asset_by_symbol(asset).pk if asset else None,
            state=query.choice("state", _STATES),
            first_id=first_id,
            before_id=before_id,
        )
        rows = list_withdrawals(account_id=account_of(request), wanted=wanted, limit=page.limit + 1)
        return Response(paginated(rows, page, lambda row: row.pk, withdrawal_json))

    @extend_schema(
        operation_id="request_withdrawal",
        tags=["funds"],
        parameters=[KEY_PARAMETER],
        request=WithdrawalRequestSerializer,
        responses={
            200: OpenApiResponse(WithdrawalSerializer, "A repeat: the withdrawal that was asked for before."),
            201: WithdrawalSerializer,
            **refusals(403, 404, 409, 422, 503),
        },
    )
    def post(self, request: Request) -> Response:
        """Ask for a withdrawal. Nothing is locked until it is confirmed with the second factor (verify)."""
        return super().post(request)


class WithdrawalView(AskingView):
    """GET and DELETE /api/v1/wallet/withdrawals/{id}"""

    @extend_schema(operation_id="get_withdrawal", tags=["funds"], responses=WithdrawalSerializer)
    def get(self, request: Request, withdrawal_id: str) -> Response:
        """One of my withdrawals."""
        Query(request)
        found = get_withdrawal(account_id=account_of(request), withdrawal_id=_id(withdrawal_id))
        return Response(withdrawal_json(found))

    @extend_schema(
        operation_id="cancel_withdrawal",
        tags=["funds"],
        responses={
            200: WithdrawalSerializer,
            202: OpenApiResponse(WithdrawalSerializer, "Accepted, not carried out yet."),
            **refusals(409),
        },
    )
    def delete(self, request: Request, withdrawal_id: str) -> Response:
        """Stop a withdrawal while it has not gone out. What was locked for it is free again."""
        Query(request)
        stopped = cancel_withdrawal(
            user=user_of(request), account_id=account_of(request), withdrawal_id=_id(withdrawal_id)
        )
        return Response(withdrawal_json(stopped), status=200 if stopped.state == WithdrawalState.CANCELLED else 202)


class VerifyWithdrawalView(APIView):
    """POST /api/v1/wallet/withdrawals/{id}/verify"""

    required_scopes = WRITES
    rate_class = RATE_CLASS

    @extend_schema(
        operation_id="verify_withdrawal",
        tags=["funds"],
        request=CodeSerializer,
        responses={
            200: OpenApiResponse(WithdrawalSerializer, "As it stands now; it may have been rejected."),
            202: OpenApiResponse(WithdrawalSerializer, "Confirmed; it is checked in a moment."),
            **refusals(403, 409, 422, 429),
        },
    )
    def post(self, request: Request, withdrawal_id: str) -> Response:
        """Confirm a withdrawal with the second factor. It is checked, and its amount and fee are locked."""
        Query(request)
        asked: dict[str, Any] = validated(CodeSerializer, request.data)
        withdrawal = verify_withdrawal(
            user=user_of(request),
            account_id=account_of(request),
            withdrawal_id=_id(withdrawal_id),
            code=asked["code"],
            email_code=asked["email_code"],
        )
        is_decided = withdrawal.state != WithdrawalState.VERIFIED
        return Response(withdrawal_json(withdrawal), status=200 if is_decided else 202)


def _id(text: str) -> int:
    """The id in an address. Raises WithdrawalNotFound."""
    found = parse_id(text)
    if found is None:
        raise WithdrawalNotFound
    return found
