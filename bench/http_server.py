"""The web process of `bench.http`: the real application and one more view to compare with.

The bare view has the same middleware, signature check, rate limit and database connections as the orders view, and does
one INSERT. What the orders view is slower than that is the price of an exchange.
"""

import bench.setup  # noqa: F401

# isort: split

from typing import Any, cast

from django.db import connection
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exchange import urls
from exchange.wsgi import application
from matching.services.command_log import run_statement

__all__ = ["application"]

BARE_PATH = "/api/v1/bench/insert"
TABLE = "bench_insert"
_INSERT = f"INSERT INTO {TABLE} (symbol, price, quantity) VALUES (%(symbol)s, %(price)s, %(quantity)s) RETURNING id"  # noqa: S608  a constant


class BareInsertView(APIView):
    """Parse, insert a row, answer its id."""

    def post(self, request: Request) -> Response:
        data = cast("dict[str, Any]", request.data)
        row = run_statement(_INSERT, {key: data.get(key) for key in ("symbol", "price", "quantity")})
        assert row is not None
        return Response({"id": str(row[0])}, status=201)


def make_table() -> None:
    """Make the bare view's table; as the owner."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE {TABLE} (id bigserial PRIMARY KEY, symbol text, price text, quantity text);"
            f"GRANT INSERT, SELECT ON {TABLE} TO PUBLIC; GRANT USAGE ON SEQUENCE {TABLE}_id_seq TO PUBLIC"
        )


urls.urlpatterns.append(path(BARE_PATH.lstrip("/"), BareInsertView.as_view()))
