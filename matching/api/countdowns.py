"""The dead man's switch: orders end unless their owner says in time that they are still wanted."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.schema import refusals
from accounts.api.throttles import count_further
from ledger.api.holder import account_of
from ledger.api.parameters import Query, rfc3339
from matching.api import representations, request_serializers, serializers
from matching.api.change_bodies import read_countdown_body
from matching.api.entry import accepted, body_of, request_id_of, symbols_of
from matching.selectors.countdowns import countdowns_of
from matching.selectors.markets import list_markets
from matching.services import CountdownCommand, carry_out


class CountdownView(APIView):
    @extend_schema(operation_id="get_countdowns", tags=["orders"], responses=serializers.CountdownsSerializer)
    def get(self, request: Request) -> Response:
        """Where a countdown runs, and when all my orders there end."""
        Query(request)
        running = countdowns_of(account_id=account_of(request))
        return Response(
            {"markets": [{"symbol": market.symbol, "deadline": rfc3339(deadline)} for market, deadline in running]}
        )

    @extend_schema(
        operation_id="cancel_all_after",
        tags=["orders"],
        request=request_serializers.CountdownRequestSerializer,
        responses={
            200: OpenApiResponse(serializers.SetCountdownsSerializer, "It runs, or has ended, everywhere."),
            202: OpenApiResponse(serializers.SetCountdownsSerializer, "Accepted, not carried out yet everywhere."),
            **refusals(404),
        },
    )
    def post(self, request: Request) -> Response:
        """Let all my orders end after a time, unless this is said again before; 0 ends the countdown.

        Counts against the limits as one for each market.
        """
        Query(request)
        body, account_id = read_countdown_body(body_of(request)), account_of(request)
        symbols = [body.symbol] if body.symbol is not None else symbols_of(list_markets())
        count_further(request, len(symbols) - 1)
        countdown_us = body.timeout_ms * 1000
        commands = [CountdownCommand(account_id, symbol, countdown_us, request_id_of(request)) for symbol in symbols]
        done = carry_out(commands, wait=body.wait)
        status = 200 if all(one.answer is not None for one in done) else 202
        markets = [representations.countdown_json(accepted(one), one.answer) for one in done]
        return Response({"markets": markets}, status=status)
