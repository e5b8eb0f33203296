"""What is not about trading: the time, the state of the exchange, and the answer for unknown addresses."""

from datetime import UTC, datetime

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.schema import refusals
from exchange.api.health import exchange_health
from ledger.api.parameters import rfc3339

_STATE = ["ok", "unavailable"]

TimeAnswer = inline_serializer(
    "Time",
    {
        "time": serializers.DateTimeField(help_text="RFC 3339, UTC, microseconds."),
        "unix_ms": serializers.IntegerField(help_text="Milliseconds since the Unix epoch."),
    },
)

HealthAnswer = inline_serializer(
    "Health",
    {
        "status": serializers.ChoiceField(choices=_STATE, help_text="Whether orders can be placed and matched."),
        "database": serializers.ChoiceField(choices=_STATE),
        "redis": serializers.ChoiceField(choices=_STATE),
        "matching": serializers.ChoiceField(choices=_STATE),
        "books": serializers.ChoiceField(
            ["proven", "unproven", "wrong"],
            help_text="What the last check of the books found, `unproven` where it was more than five minutes ago; "
            "while they are wrong nothing is paid out.",
        ),
        "pending_commands": serializers.IntegerField(allow_null=True),
        "worker_lag_ms": serializers.IntegerField(allow_null=True, help_text="Age of the oldest pending command."),
        "heartbeat_age_ms": serializers.DictField(
            child=serializers.IntegerField(allow_null=True), help_text="By shard; null where no worker ever ran."
        ),
    },
)


class TimeView(APIView):
    """GET /api/v1/time"""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(operation_id="time", tags=["Exchange"], responses={200: TimeAnswer, **refusals(429)})
    def get(self, request: Request) -> Response:
        """The server's clock, by which timestamps of signatures are judged."""
        now = datetime.now(UTC)
        return Response({"time": rfc3339(now), "unix_ms": int(now.timestamp() * 1000)})


class HealthView(APIView):
    """GET /api/v1/health; neither counted nor signed, so it answers whatever else is away."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = []

    @extend_schema(operation_id="health", tags=["Exchange"], responses={200: HealthAnswer, 503: HealthAnswer})
    def get(self, request: Request) -> Response:
        """Whether the exchange is usable: 200, or 503 with the same body."""
        health = exchange_health()
        return Response(health.body, status=200 if health.is_usable else 503)
