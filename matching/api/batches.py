"""Many orders, or many cancels, in one request: accepted in one commit, each with a result of its own."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.throttles import count_further
from ledger.api.holder import account_of
from ledger.api.parameters import Query
from matching.api import batch_results, request_serializers, serializers
from matching.api.change_bodies import read_batch_body, read_cancel_batch_body
from matching.api.entry import body_of, request_id_of, trading_account
from matching.services import carry_out

_RESULTS = {200: OpenApiResponse(serializers.BatchResultsSerializer, "A result for each, in the order of the request.")}


class _DeleteWithBody(AutoSchema):
    """drf-spectacular describes no body of a DELETE, because most have none."""

    def _get_request_body(self, direction: str = "request") -> Any:
        method, self.method = self.method, "POST"
        try:
            return super()._get_request_body(direction)
        finally:
            self.method = method


class OrderBatchView(APIView):
    schema = _DeleteWithBody()

    @extend_schema(
        operation_id="place_orders", tags=["orders"], request=request_serializers.BatchSerializer, responses=_RESULTS
    )
    def post(self, request: Request) -> Response:
        """Place up to 100 orders. One that is refused keeps none of the others back; each counts against the limits."""
        Query(request)
        trading_account(request)
        body, account_id = read_batch_body(body_of(request)), account_of(request)
        count_further(request, len(body.orders) - 1)
        commands = batch_results.place_commands(account_id, body.orders, request_id_of(request))
        done = carry_out(commands, wait=body.wait)
        return Response({"results": batch_results.placed_results(account_id, body.orders, done, wait=body.wait)})

    @extend_schema(
        operation_id="cancel_orders",
        tags=["orders"],
        request=request_serializers.CancelBatchSerializer,
        responses=_RESULTS,
    )
    def delete(self, request: Request) -> Response:
        """Cancel up to 100 orders, by their ids, by my own, or both; those named by their ids come first."""
        Query(request)
        body, account_id = read_cancel_batch_body(body_of(request)), account_of(request)
        names = batch_results.names_of(body.order_ids, body.client_order_ids)
        count_further(request, len(names) - 1)
        done = carry_out(batch_results.cancel_commands(account_id, names, request_id_of(request)), wait=body.wait)
        return Response({"results": batch_results.cancelled_results(account_id, names, done)})
