"""The throttle of every view that does not name another: the edge of `accounts.admission`."""

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.addresses import counted_address
from accounts.admission import admit
from accounts.api.passage import passage_of
from accounts.credentials import Credential


class EdgeThrottle(BaseThrottle):
    """Runs after authentication and permission, before the view: the last step before anything can be written."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Raises RateLimited, SignatureReplayed, ServiceUnavailable; otherwise True."""
        passage_of(request, view).count(_holder(request))
        return True


def count_further(request: Request, weight: int) -> None:
    """Count the things that a request carries beyond the one it was let in for.

    Raises RateLimited, and ServiceUnavailable without Redis; nothing may have been written before.
    """
    if weight <= 0:
        return
    passage = passage_of(request)
    passage.window = admit(
        rate_class=passage.rate_class,
        weight=weight,
        is_write=True,
        address=counted_address(passage.address),
        holder=_holder(request),
    )


def _holder(request: Request) -> str | None:
    auth: Any = request.auth
    if isinstance(auth, Credential):
        return auth.key
    return f"user {request.user.pk}" if request.user.is_authenticated else None
