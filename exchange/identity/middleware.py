"""Keeps the sign-in flows answering in our one error shape when something they need is away."""

from collections.abc import Callable

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.csrf import csrf_failure as django_csrf_failure

from accounts.errors import CsrfFailed
from exchange.api.errors import error_body, error_headers, error_of
from exchange.api.middleware import API_PREFIX, IDENTITY_PREFIX
from kernel.errors import BourseError


class IdentityErrors:
    """Without Redis nobody counts attempts, so nobody signs in: 503. Mistakes of ours are 500; nothing is HTML."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not request.path_info.startswith(IDENTITY_PREFIX):
            return None
        error = error_of(exception)
        if error.status == 500:
            # Django logs it with its traceback; ApiMiddleware gives the answer its shape.
            return None
        return error_answer(request, error)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's answer to a write that does not come from our page; JSON where programs read it."""
    if request.path_info.startswith((API_PREFIX, IDENTITY_PREFIX)):
        return error_answer(request, CsrfFailed())
    return django_csrf_failure(request, reason=reason)


def error_answer(request: HttpRequest, error: BourseError) -> HttpResponse:
    """The one error shape, outside DRF."""
    return HttpResponse(
        orjson.dumps(error_body(error, getattr(request, "request_id", ""))),
        status=error.status,
        content_type="application/json",
        headers=error_headers(error),
    )
