"""The outermost step of every request: its id, its line of the log, and the error shape where Django itself answers."""

import re
import secrets
import time
from collections.abc import Callable

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from accounts.api.passage import window_of
from exchange.api.errors import error_body, error_headers, error_of_status
from exchange.observability.access import note_request
from exchange.observability.context import request_id as request_id_at_hand

API_PREFIX = "/api/"
IDENTITY_PREFIX = "/_allauth/"
_SANE_ID = re.compile(r"[A-Za-z0-9_.:-]{8,64}")


class ApiMiddleware:
    """Sets `request.request_id`, answers it in X-Request-Id, adds X-RateLimit-*, keeps HTML from programs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started_ns = time.perf_counter_ns()
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if _SANE_ID.fullmatch(given) else secrets.token_hex(16)
        request.request_id = request_id  # type: ignore[attr-defined]
        token = request_id_at_hand.set(request_id)
        try:
            response = self.get_response(request)
        finally:
            request_id_at_hand.reset(token)
        if request.path_info.startswith((API_PREFIX, IDENTITY_PREFIX)):
            if response.status_code >= 400 and not _is_json(response):
                response = _error_response(response.status_code, request_id)
            window = window_of(request)
            if window is not None:
                response.headers["X-RateLimit-Limit"] = str(window.limit)
                response.headers["X-RateLimit-Remaining"] = str(window.remaining)
                response.headers["X-RateLimit-Reset"] = str(window.reset_seconds)
        response.headers["X-Request-Id"] = request_id
        note_request(request, response, started_ns, request_id)
        return response


def _is_json(response: HttpResponseBase) -> bool:
    return response.headers.get("Content-Type", "").startswith(("application/json", "application/vnd.oai"))


def _error_response(status: int, request_id: str) -> HttpResponse:
    """What Django answered as a page, said in the shape of the API."""
    error = error_of_status(status)
    return HttpResponse(
        orjson.dumps(error_body(error, request_id)),
        status=error.status,
        content_type="application/json",
        headers=error_headers(error),
    )
