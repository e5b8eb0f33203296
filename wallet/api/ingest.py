"""What rails and payment processors report, by a key that staff have bound to one rail."""

from collections.abc import Mapping
from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.body import validated
from accounts.api.schema import refusals
from accounts.credentials import Credential
from accounts.models import Scope
from kernel.units import parse_positive
from ledger.api.parameters import Query
from wallet.api.deposit_representations import deposit_json
from wallet.api.deposit_serializers import ConfirmationSerializer, DepositReportSerializer, DepositSerializer
from wallet.api.idempotency import KEY_PARAMETER, idempotency_key
from wallet.core.operations import Party
from wallet.rails.errors import DepositNotFound, IngestNotGranted
from wallet.services.ingest import DepositReport, confirm_deposit, report_deposit

_LONGEST_ID = 128


class ReportDeposit(APIView):
    required_scopes = {"POST": Scope.INGEST}

    @extend_schema(
        operation_id="report_deposit",
        tags=["rails"],
        parameters=[KEY_PARAMETER],
        request=DepositReportSerializer,
        responses={201: DepositSerializer, **refusals(404, 409, 422, 503)},
    )
    def post(self, request: Request) -> Response:
        """Report a deposit. Only for rails and payment processors; no user can credit anybody."""
        Query(request)
        key = _key_of(request)
        asked = validated(DepositReportSerializer, request.data)
        report = DepositReport(
            asset=asked["asset"],
            amount=parse_positive(_sent(request)["amount"], field="amount"),
            external_tx_id=asked["external_tx_id"],
            output_index=asked["output_index"],
            user=asked["user"],
            address=asked["address"],
            tag=asked["tag"],
            confirmations=asked["confirmations"],
            source=_source(asked),
        )
        deposit = report_deposit(key=key, request_id=idempotency_key(request, asked), report=report)
        return Response(deposit_json(deposit), status=201)


class ReportDepositShort(ReportDeposit):
    """POST /api/v1/deposit: the same."""

    @extend_schema(
        operation_id="report_deposit_short",
        tags=["rails"],
        parameters=[KEY_PARAMETER],
        request=DepositReportSerializer,
        responses={201: DepositSerializer, **refusals(404, 409, 422, 503)},
    )
    def post(self, request: Request) -> Response:
        """The same as POST /wallet/deposits."""
        return super().post(request)


class ConfirmDepositView(APIView):
    required_scopes = {"POST": Scope.INGEST}

    @extend_schema(
        operation_id="confirm_deposit",
        tags=["rails"],
        parameters=[KEY_PARAMETER],
        request=ConfirmationSerializer,
        responses={200: DepositSerializer, **refusals(404, 409, 503)},
    )
    def post(self, request: Request, deposit_id: str) -> Response:
        """Say that a reported deposit is confirmed; `deposit_id` is ours, or the rail's id of the transaction."""
        Query(request)
        key = _key_of(request)
        asked = validated(ConfirmationSerializer, request.data)
        if len(deposit_id) > _LONGEST_ID or "\x00" in deposit_id:
            raise DepositNotFound
        deposit = confirm_deposit(
            key=key,
            request_id=idempotency_key(request, asked),
            deposit=deposit_id,
            output_index=asked["output_index"],
            confirmations=asked.get("confirmations"),
        )
        return Response(deposit_json(deposit))


def _key_of(request: Request) -> str:
    """The key that signed. A session has every scope of its user, and this is none of them. Raises IngestNotGranted."""
    if not isinstance(request.auth, Credential) or Scope.INGEST not in request.auth.scopes:
        raise IngestNotGranted
    return request.auth.key


def _sent(request: Request) -> Mapping[str, Any]:
    """The body as it was sent: the serializer takes a number for its text, and an amount is a text."""
    return cast("dict[str, Any]", request.data)


def _source(asked: dict[str, Any]) -> Party:
    return Party(**asked["source"]) if "source" in asked else Party("blockchain")
