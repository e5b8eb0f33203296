"""One measurement and one line per request of the web process.

Every request is measured. Orders that succeed have their line at level DEBUG, because they are many and are in the
command log with their request id anyway; whatever was refused, was slow, or came from a browser has it at INFO. The
query is never written: reset links, cursors and who knows what else stand there.
"""

import logging
import re
import time

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import LazyObject
from prometheus_client import Histogram

from exchange.observability.formatting import HARMLESS
from exchange.observability.redaction import MASK, redact_text

SLOW_SECONDS = 1.0
HEADERS_OF_PROGRAMS = "HTTP_X_BOURSE_SIGNATURE"
QUIET_PATHS = ("/api/v1/health", "/metrics", "/static/")
"""Asked for by machines every few seconds, or with every page."""

log = logging.getLogger("access")

REQUESTS = Histogram(
    "bourse_http_request_seconds",
    "Time until the answer of the web process, by route and status.",
    ["method", "route", "status"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_by_labels: dict[tuple[str, str, int], Histogram] = {}

# A part of a path that nobody made up by hand: the key of a mail's link.
_KEY_IN_PATH = re.compile(r"(?<=/)(?=[^/]*\d)(?=[^/]*[A-Za-z])[^/]{20,}(?=/|$)")


def note_request(request: HttpRequest, response: HttpResponseBase, started_ns: int, request_id: str) -> None:
    """Measure a request that began at `started_ns` of `time.perf_counter_ns`, and write its line."""
    seconds = (time.perf_counter_ns() - started_ns) / 1e9
    match = request.resolver_match
    method = request.method if request.method in _METHODS else "other"
    labels = (method or "other", match.route if match else "none", response.status_code)
    measured = _by_labels.get(labels)
    if measured is None:
        measured = _by_labels[labels] = REQUESTS.labels(*labels)
    measured.observe(seconds)
    level = _level(request, response.status_code, seconds)
    if log.isEnabledFor(level):
        log.log(
            level,
            "request",
            extra={
                HARMLESS: {
                    "method": labels[0],
                    "path": redact_text(_KEY_IN_PATH.sub(MASK, request.path)),
                    "status": response.status_code,
                    "duration_ms": round(seconds * 1000, 2),
                    "user_id": _user_id(request),
                    "request_id": request_id,
                }
            },
        )


def _level(request: HttpRequest, status: int, seconds: float) -> int:
    if status >= 400 or seconds >= SLOW_SECONDS:
        return logging.INFO
    if HEADERS_OF_PROGRAMS in request.META or request.path_info.startswith(QUIET_PATHS):
        return logging.DEBUG
    return logging.INFO


def _user_id(request: HttpRequest) -> int | None:
    """Who asked, if that is known already: a line of a log must not cost a query."""
    user = request.__dict__.get("user")
    if isinstance(user, LazyObject):
        user = request.__dict__.get("_cached_user")
    return getattr(user, "pk", None)
