"""What a browser may load and run, by what is shown: our page nothing that we have not built, the staff's pages more.

The page gets no inline script and no inline style. django-unfold (Alpine.js) and Swagger UI cannot do without, so
their addresses, and only theirs, allow it. JSON needs no policy.
"""

from collections.abc import Awaitable
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase

from exchange.api.middleware import API_PREFIX, IDENTITY_PREFIX

ADMIN_PREFIX = "/admin/"
DOCS_PREFIX = "/api/v1/docs/"

PAGE = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "manifest-src": [SELF],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}
DOCS = {**PAGE, "script-src": [SELF, UNSAFE_INLINE], "style-src": [SELF, UNSAFE_INLINE]}
ADMIN = {**DOCS, "script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL], "font-src": [SELF, "data:"]}


class ContentSecurityPolicy(CSPMiddleware):
    """django-csp with a policy by address; the API passes it by."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        path = request.path_info
        if path.startswith((API_PREFIX, IDENTITY_PREFIX)) and not path.startswith(DOCS_PREFIX):
            return self.get_response(request)
        answer: HttpResponseBase | Awaitable[HttpResponseBase] = super().__call__(request)
        return answer

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        if report_only:
            return PolicyParts()
        if request.path_info.startswith(ADMIN_PREFIX):
            return PolicyParts(config=ADMIN)
        if request.path_info.startswith(DOCS_PREFIX):
            return PolicyParts(config=DOCS)
        return PolicyParts(config=PAGE, update={"connect-src": [stream_origin(request)]})


def stream_origin(request: HttpRequest) -> str:
    """Where this visitor's browser finds the WebSockets: the name it knows us by, at the streams' port."""
    scheme = "wss" if request.is_secure() else "ws"
    if not settings.STREAM_PORT:
        return f"{scheme}://{request.get_host()}"
    domain, _ = split_domain_port(request.get_host())
    return f"{scheme}://{domain}:{settings.STREAM_PORT}"


def stream_url(request: HttpRequest) -> str:
    """What the page is told: empty where the streams are at its own address."""
    return stream_origin(request) if settings.STREAM_PORT else ""


def page_config(request: HttpRequest, version: str) -> dict[str, Any]:
    """What the page must know before it asks anything."""
    return {
        "streamUrl": stream_url(request),
        "demo": settings.DEMO,
        "version": version,
        # Without the cookie nobody is signed in, and the page need not ask who is.
        "hasSession": settings.SESSION_COOKIE_NAME in request.COOKIES,
    }
