"""One error shape for everything that can go wrong under /api/, whoever raised it."""

import logging
from typing import Any

import psycopg
from django.core.exceptions import (
    ObjectDoesNotExist,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils import timezone
from redis.exceptions import RedisError
from rest_framework import exceptions as drf
from rest_framework.response import Response
from rest_framework.views import set_rollback

from accounts.errors import AuthenticationRequired, FieldInvalid, ServiceUnavailable
from accounts.signing import DEFAULT_SCHEME
from exchange.errors import (
    BodyTooLarge,
    InternalError,
    JsonMalformed,
    MediaTypeUnsupported,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    PermissionDenied,
    RequestMalformed,
)
from kernel.errors import BourseError
from ledger.api.parameters import rfc3339

logger = logging.getLogger(__name__)


_OUT_OF_REACH = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError, RedisError)

_TOLD = frozenset({502, 503, 504})
"""Server errors that are about something outside, and whose texts and details are meant for clients."""

_BY_STATUS: dict[int, type[BourseError]] = {
    error.status: error
    for error in (
        RequestMalformed,
        AuthenticationRequired,
        PermissionDenied,
        NotFound,
        MethodNotAllowed,
        NotAcceptable,
        BodyTooLarge,
        MediaTypeUnsupported,
        ServiceUnavailable,
    )
}


def error_of(exception: BaseException) -> BourseError:
    """The error a client is told about, whatever was raised."""
    match exception:
        case BourseError():
            return exception
        case drf.ParseError():
            return JsonMalformed()
        case drf.ValidationError():
            return FieldInvalid(details=_field_details(exception.detail))
        case drf.NotAuthenticated() | drf.AuthenticationFailed():
            return AuthenticationRequired()
        case drf.PermissionDenied() | DjangoPermissionDenied():
            return PermissionDenied()
        case drf.APIException():
            return error_of_status(exception.status_code)
        case Http404() | ObjectDoesNotExist():
            return NotFound()
        case RequestDataTooBig():
            return BodyTooLarge()
        case SuspiciousOperation():
            return RequestMalformed()
        case _ if isinstance(exception, _OUT_OF_REACH):
            return ServiceUnavailable()
        case _:
            return InternalError()


def error_of_status(status: int) -> BourseError:
    """The error for an answer of which only the status is known."""
    if status in _BY_STATUS:
        return _BY_STATUS[status]()
    return RequestMalformed() if status < 500 else InternalError()


def error_body(error: BourseError, request_id: str) -> dict[str, Any]:
    """The one shape. `retry_after` (seconds) is there only where a repeat makes sense."""
    is_told = error.status < 500 or error.status in _TOLD
    body: dict[str, Any] = {
        "code": error.code,
        # What a server error says may name internals; its class does not.
        "message": error.text if is_told else error.message,
        "details": error.details if is_told else {},
        "request_id": request_id,
        "timestamp": rfc3339(timezone.now()),
    }
    if error.retry_after is not None:
        body["retry_after"] = error.retry_after
    return {"error": body}


def error_headers(error: BourseError) -> dict[str, str]:
    """The HTTP headers that belong to an error."""
    headers: dict[str, str] = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if error.status == 401:
        headers["WWW-Authenticate"] = DEFAULT_SCHEME
    return headers


def handle_exception(exception: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler: every exception of a view becomes an answer, and ours are written to the log."""
    request_id = getattr(context["request"]._request, "request_id", "")
    error = error_of(exception)
    if error.status == 500:
        logger.error("a request failed", exc_info=exception, extra={"request_id": request_id})
    elif isinstance(exception, _OUT_OF_REACH):
        out_of_reach = type(exception).__name__
        logger.warning("a service is out of reach", extra={"request_id": request_id, "problem": out_of_reach})
    set_rollback()
    headers = error_headers(error)
    if isinstance(exception, drf.MethodNotAllowed) and "view" in context:
        headers["Allow"] = ", ".join(context["view"].allowed_methods)
    return Response(error_body(error, request_id), status=error.status, headers=headers)


def _field_details(detail: Any) -> dict[str, Any]:
    """DRF's nested messages as one list of sentences per field path."""
    found: dict[str, Any] = {}

    def walk(path: str, node: Any) -> None:
        if isinstance(node, dict):
            for name, child in node.items():
                walk(f"{path}.{name}" if path else str(name), child)
        elif isinstance(node, list):
            if all(isinstance(child, str) for child in node):
                found[path or "body"] = [str(child) for child in node]
            else:
                for index, child in enumerate(node):
                    walk(f"{path}.{index}" if path else str(index), child)
        else:
            found[path or "body"] = [str(node)]

    walk("", detail)
    return found
