"""Who asks: an API key by its signature, or a person by a session.

The checks go from cheap to dear, and nothing about a key is told to who cannot sign with it: an unknown key and a
wrong signature have one answer and cost one HMAC each. Header values never reach a log or an answer.
"""

import hashlib
import time

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.authentication import SessionAuthentication as StockSessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from accounts.addresses import is_inside
from accounts.admission import SignatureUse
from accounts.api.passage import Passage, passage_of
from accounts.credentials import Credential, cached_credential, load_credential
from accounts.errors import (
    AccountInactive,
    AddressNotAllowed,
    ApiKeyRevoked,
    CsrfFailed,
    SignatureInvalid,
    SignatureMissing,
    TimestampStale,
)
from accounts.models import User
from accounts.signing import DEFAULT_SCHEME, FUTURE_TOLERANCE_MS, MAX_WINDOW_MS, is_fresh, is_same, sign, spellings

KEY_HEADER = "HTTP_X_BOURSE_KEY"
TIMESTAMP_HEADER = "HTTP_X_BOURSE_TIMESTAMP"
SIGNATURE_HEADER = "HTTP_X_BOURSE_SIGNATURE"
WINDOW_HEADER = "HTTP_X_BOURSE_WINDOW"

_REFUSALS = (SignatureMissing, TimestampStale, SignatureInvalid, ApiKeyRevoked, AccountInactive, AddressNotAllowed)

_NOBODYS_SECRET = hashlib.sha256(b"no key has this secret").hexdigest()


class SignatureAuthentication(BaseAuthentication):
    """`request.user` is the key's user, `request.auth` its Credential."""

    def authenticate(self, request: Request) -> tuple[User, Credential] | None:
        """None for a request without signature headers.

        Raises SignatureMissing, TimestampStale, SignatureInvalid, ApiKeyRevoked, AccountInactive, AddressNotAllowed;
        RateLimited for who fails too often.
        """
        headers = request._request.META
        if not (KEY_HEADER in headers or SIGNATURE_HEADER in headers or TIMESTAMP_HEADER in headers):
            return None
        passage = passage_of(request)
        try:
            credential = verify_signature(request._request, passage)
        except (*_REFUSALS, RequestDataTooBig):
            passage.count_address()
            raise
        return credential.user, credential

    def authenticate_header(self, request: Request) -> str:
        return DEFAULT_SCHEME


class SessionAuthentication(StockSessionAuthentication):
    """Django's session of the page; writes carry the CSRF token."""

    def enforce_csrf(self, request: Request) -> None:
        """Raises CsrfFailed; RateLimited for who fails too often."""
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            passage_of(request).count_address()
            raise CsrfFailed from error


def verify_signature(request: HttpRequest, passage: Passage) -> Credential:
    """Whose signature the request's headers carry; its use is noted in the passage, and spent when that is counted.

    Raises what `SignatureAuthentication.authenticate` raises.
    """
    key = request.META.get(KEY_HEADER)
    timestamp = request.META.get(TIMESTAMP_HEADER)
    signature = request.META.get(SIGNATURE_HEADER)
    if not key or not timestamp or not signature or not _is_count(timestamp, 15):
        raise SignatureMissing
    window = request.META.get(WINDOW_HEADER)
    if window is not None and not (_is_count(window, 5) and 1 <= int(window) <= MAX_WINDOW_MS):
        raise SignatureMissing(f"X-Bourse-Window is a number of milliseconds from 1 to {MAX_WINDOW_MS}.")
    timestamp_ms = int(timestamp)
    window_ms = int(window) if window is not None else settings.SIGNATURE_WINDOW_MS
    now_ms = time.time_ns() // 1_000_000
    if not is_fresh(timestamp_ms, now_ms=now_ms, window_ms=window_ms):
        raise TimestampStale(details={"server_time_ms": now_ms, "window_ms": window_ms})

    is_known, credential = cached_credential(key)
    if not is_known:
        passage.count_address()
        credential = load_credential(key)
    secret = credential.secret if credential else _NOBODYS_SECRET
    query = request.META.get("QUERY_STRING")
    query = f"?{query}" if query else ""
    for path in spellings(request.path):
        expected = sign(secret, timestamp, request.method or "", path + query, request.body, window=window)
        if is_same(expected, signature):
            break
    else:
        raise SignatureInvalid
    if credential is None:
        raise SignatureInvalid

    if credential.is_revoked:
        raise ApiKeyRevoked
    if not credential.user.is_active:
        raise AccountInactive
    if credential.networks and not is_inside(passage.address, credential.networks):
        raise AddressNotAllowed
    passage.use = SignatureUse(
        signature=expected,
        timestamp_ms=timestamp_ms,
        valid_until_ms=timestamp_ms + window_ms + FUTURE_TOLERANCE_MS,
    )
    return credential


def _is_count(text: str, max_digits: int) -> bool:
    return len(text) <= max_digits and text.isascii() and text.isdigit()
