"""Who is at the other end of a private socket, and whether that still holds.

By signature (in the headers of the handshake, or in the first frame) or by the page's session, verified by the code
that REST uses. A socket lives long, so what it was opened with is looked up again every few seconds, all sockets in
a handful of queries: who signs out, loses a key or is disabled loses the socket.

Everything here blocks and runs in a thread.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from accounts.addresses import client_address, counted_address
from accounts.admission import admit
from accounts.api.authentication import (
    KEY_HEADER,
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    WINDOW_HEADER,
    verify_signature,
)
from accounts.api.passage import Passage
from accounts.errors import (
    AccountClosed,
    AccountInactive,
    ApiKeyRevoked,
    AuthenticationRequired,
    ScopeMissing,
    SignatureMissing,
)
from accounts.models import AccountState, ApiKey, Scope, User
from kernel.errors import BourseError
from ledger.selectors import account_id_of

USER_PATH = "/ws/v1/user"
"""What a signature for the socket is made over: GET, this path, no body."""

_HEADERS = {
    "key": KEY_HEADER,
    "timestamp": TIMESTAMP_HEADER,
    "signature": SIGNATURE_HEADER,
    "window": WINDOW_HEADER,
}


@dataclass(slots=True, eq=False)
class Identity:
    """A user, and the key or the session that speaks for them; `state` and `scopes` are kept up to date."""

    user_id: int
    username: str
    account_id: int
    state: str
    scopes: frozenset[str]
    address: str
    """As the rate limit counts it."""
    key: str | None = field(default=None, repr=False)
    session_key: str | None = field(default=None, repr=False)
    session_hash: str = field(default="", repr=False)
    """Changes with the password."""

    @property
    def rate_holder(self) -> str:
        """Under which name the rate limit counts, as for REST."""
        return self.key or f"user {self.user_id}"

    def require(self, scope: Scope) -> None:
        """Raises ScopeMissing, and AccountClosed for what changes something."""
        if scope not in self.scopes:
            raise ScopeMissing(details={"scope": str(scope)})
        if scope is not Scope.READ and self.state == AccountState.CLOSED:
            raise AccountClosed


def address_of(scope: Mapping[str, Any]) -> str:
    """The client's address as limits count it."""
    return counted_address(client_address(_request(scope)))


def header_of(scope: Mapping[str, Any], name: str) -> str | None:
    """A header of the handshake, by its lower-case name."""
    for given, value in scope["headers"]:
        if given == name.encode():
            return str(value.decode("latin1"))
    return None


def is_signed(scope: Mapping[str, Any]) -> bool:
    """Whether the handshake has a signature. Then its session is not looked at."""
    return any(header_of(scope, f"x-bourse-{name}") is not None for name in ("key", "timestamp", "signature"))


def identify_by_headers(scope: Mapping[str, Any]) -> Identity:
    """Raises what a signed REST request raises."""
    return _identify_by_signature(
        scope, {name: value for name in _HEADERS if (value := header_of(scope, f"x-bourse-{name}")) is not None}
    )


def identify_by_frame(scope: Mapping[str, Any], frame: Mapping[str, Any]) -> Identity:
    """The signature is in the fields of an `auth` frame; numbers are taken as well as texts."""
    claim: dict[str, str] = {}
    for name in _HEADERS:
        value = frame.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if value is not None and not isinstance(value, str):
            raise SignatureMissing("An auth frame carries key, timestamp and signature, and may carry window.")
        if value is not None:
            claim[name] = value
    return _identify_by_signature(scope, claim)


def identify_by_session(scope: Mapping[str, Any], session_key: str) -> Identity:
    """Raises AuthenticationRequired for a session that has ended or is nobody's; RateLimited."""
    admit(rate_class="reads", weight=1, is_write=False, address=address_of(scope))
    request = _request(scope)
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    if not isinstance(user, User):
        raise AuthenticationRequired
    identity = _identity(user, frozenset(Scope), scope)
    identity.session_key = session_key
    identity.session_hash = user.get_session_auth_hash()
    return identity


def _identify_by_signature(scope: Mapping[str, Any], claim: Mapping[str, str]) -> Identity:
    request = _request(scope)
    request.method = "GET"
    request.path = USER_PATH
    request._body = b""
    request.META |= {_HEADERS[name]: value for name, value in claim.items()}
    # A socket can place orders, so without Redis a signature that might be a repeat does not open one.
    passage = Passage(address=client_address(request), rate_class="reads", weight=1, is_write=True)
    try:
        credential = verify_signature(request, passage)
    except BourseError:
        passage.count_address()
        raise
    passage.count(credential.key)
    identity = _identity(credential.user, credential.scopes, scope)
    identity.key = credential.key
    return identity


def _identity(user: User, scopes: frozenset[str], scope: Mapping[str, Any]) -> Identity:
    return Identity(
        user_id=user.pk,
        username=user.username,
        account_id=account_id_of(user.pk),
        state=user.state,
        scopes=scopes,
        address=address_of(scope),
    )


def _request(scope: Mapping[str, Any]) -> HttpRequest:
    """The handshake as the code for HTTP requests knows one."""
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = (scope.get("client") or [""])[0]
    forwarded = header_of(scope, "x-forwarded-for")
    if forwarded is not None:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    query = scope.get("query_string") or b""
    request.META["QUERY_STRING"] = query.decode("latin1")
    return request


def check_again(identities: Sequence[Identity]) -> list[BourseError | None]:
    """Why each identity no longer holds, or None; what may have changed in one that holds is updated."""
    users = User.objects.in_bulk([identity.user_id for identity in identities])
    keys = {
        key: (revoked_at, frozenset(scopes))
        for key, revoked_at, scopes in ApiKey.objects.filter(
            key__in=[identity.key for identity in identities if identity.key]
        ).values_list("key", "revoked_at", "scopes")
    }
    sessions = set(
        Session.objects.filter(
            session_key__in=[identity.session_key for identity in identities if identity.session_key],
            expire_date__gt=timezone.now(),
        ).values_list("session_key", flat=True)
    )
    return [_check(identity, users.get(identity.user_id), keys, sessions) for identity in identities]


def _check(
    identity: Identity, user: User | None, keys: Mapping[str, tuple[Any, frozenset[str]]], sessions: set[str]
) -> BourseError | None:
    if user is None or not user.is_active:
        return AccountInactive()
    if identity.key is not None:
        revoked_at, scopes = keys.get(identity.key, (True, frozenset()))
        if revoked_at is not None:
            return ApiKeyRevoked()
        identity.scopes = scopes
    elif identity.session_key not in sessions or identity.session_hash != user.get_session_auth_hash():
        return AuthenticationRequired()
    identity.state = user.state
    return None
