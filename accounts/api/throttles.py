"""The throttle of every view that does not name another: the edge of `accounts.admission`."""

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.api.passage import passage_of
from accounts.credentials import Credential


class EdgeThrottle(BaseThrottle):
    """Runs after authentication and permission, before the view: the last step before anything can be written."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Raises RateLimited, SignatureReplayed, ServiceUnavailable; otherwise True."""
        passage_of(request, view).count(_holder(request))
        return True


def _holder(request: Request) -> str | None:
    auth: Any = request.auth
    if isinstance(auth, Credential):
        return auth.key
    return f"user {request.user.pk}" if request.user.is_authenticated else None
