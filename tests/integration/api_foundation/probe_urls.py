"""Addresses that only these tests have: a view that writes a row, and views that fail in all ways."""

from collections.abc import Callable

import psycopg
from django.contrib.auth.models import Group
from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from redis.exceptions import ConnectionError as RedisConnectionError
from rest_framework import exceptions as drf
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Scope
from kernel.errors import invariant
from kernel.units import parse_positive


class Probe(APIView):
    """Says who asks; a POST writes a row, so a test can see whether a refusal came first."""

    required_scopes = {"DELETE": Scope.WITHDRAW}

    def get(self, request: Request) -> Response:
        return Response({"user": request.user.username})

    def post(self, request: Request) -> Response:
        body = request.data
        Group.objects.create(name=f"written {Group.objects.count()}")
        return Response(body, status=201)

    def delete(self, request: Request) -> Response:
        Group.objects.create(name=f"deleted {Group.objects.count()}")
        return Response(status=204)


class HeavyProbe(Probe):
    rate_class = "orders"
    rate_weight = 4


class AmountProbe(Probe):
    def post(self, request: Request) -> Response:
        parse_positive(dict(request.data).get("amount"), field="amount")
        return super().post(request)


def _raise(error: BaseException) -> None:
    raise error


FAILURES: dict[str, Callable[[], None]] = {
    "unexpected": lambda: _raise(ZeroDivisionError("secret-of-the-house")),
    "invariant": lambda: invariant(False, "secret-of-the-house"),
    "database": lambda: _raise(OperationalError("secret-of-the-house")),
    "driver": lambda: _raise(psycopg.OperationalError("secret-of-the-house")),
    "redis": lambda: _raise(RedisConnectionError("secret-of-the-house")),
    "absent": lambda: _raise(Http404()),
    "validation": lambda: _raise(drf.ValidationError({"a": {"b": ["wrong"]}, "c": [{"d": ["bad"]}]})),
    "suspicious": lambda: _raise(SuspiciousOperation("secret-of-the-house")),
    "denied": lambda: _raise(drf.PermissionDenied()),
    "throttled-elsewhere": lambda: _raise(drf.APIException()),
}


class FailingView(APIView):
    permission_classes = [AllowAny]

    def get(self, request: Request, kind: str) -> Response:
        FAILURES[kind]()
        return Response()


def failing_plain_view(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("secret-of-the-house")


urlpatterns = [
    path("api/v1/probe", Probe.as_view()),
    path("api/v1/probe/heavy", HeavyProbe.as_view()),
    path("api/v1/probe/amount", AmountProbe.as_view()),
    path("api/v1/probe/<path:symbol>/path", Probe.as_view(http_method_names=["put"])),
    path("api/v1/fails/<str:kind>", FailingView.as_view()),
    path("api/v1/fails-plainly", failing_plain_view),
    path("", include("exchange.urls")),
]
