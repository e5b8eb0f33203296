"""What a request may do. Closed by default: a view is public only if it says so.

A view names what its methods need in `required_scopes`, e.g. `{"POST": Scope.TRADE}`; what it does not name needs
`read` for reads and `trade` for writes. A person with a session has every scope.
"""

from collections.abc import Mapping
from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.api.passage import READ_METHODS, passage_of
from accounts.credentials import Credential
from accounts.errors import AccountClosed, AuthenticationRequired, ScopeMissing, SessionRequired
from accounts.models import AccountState, Scope
from kernel.errors import BourseError


class HasScope(BasePermission):
    """Signed in or signed, with the scope the method needs; a closed account only reads."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Raises AuthenticationRequired, ScopeMissing, AccountClosed; otherwise True."""
        user: Any = request.user
        if not user.is_authenticated:
            _refuse(request, view, AuthenticationRequired())
        scope = scope_of(view, request.method or "")
        if isinstance(request.auth, Credential) and scope not in request.auth.scopes:
            _refuse(request, view, ScopeMissing(details={"scope": str(scope)}))
        if user.state == AccountState.CLOSED and request.method not in READ_METHODS:
            _refuse(request, view, AccountClosed())
        return True


class IsPerson(BasePermission):
    """Signed in on the page: what no key may do."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Raises AuthenticationRequired, SessionRequired, AccountClosed; otherwise True."""
        user: Any = request.user
        if not user.is_authenticated:
            _refuse(request, view, AuthenticationRequired())
        if request.auth is not None:
            _refuse(request, view, SessionRequired())
        if user.state == AccountState.CLOSED and request.method not in READ_METHODS:
            _refuse(request, view, AccountClosed())
        return True


def scope_of(view: Any, method: str) -> Scope:
    """The scope that a method of a view needs."""
    named: Mapping[str, Scope] = getattr(view, "required_scopes", {})
    return named.get(method) or (Scope.READ if method in READ_METHODS else Scope.TRADE)


def _refuse(request: Request, view: Any, error: BourseError) -> None:
    """Refusals are counted too, or they would be a way around the limit."""
    passage_of(request, view).count_address()
    raise error
