"""The way in: the whole web process as a WSGI application, with who asks put in front of it.

Signatures hold for one request as it is sent, so they are made here, where it is known byte by byte.
"""

import io
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any

from django.core.handlers.wsgi import WSGIHandler, get_path_info
from django.test import Client

from accounts.models import User
from accounts.services import NewApiKey
from accounts.signing import sign
from tests.contract.depositing import key_of_a_rail
from tests.support.api import PATIENT_WINDOW, make_key, next_timestamp_ms

CSRF_TOKEN = "c" * 32


class Caller(Enum):
    """Who sends a request."""

    OWNER = "by a key with all scopes"
    READER = "by a key that may only read"
    COLLEAGUE = "by the key of another account"
    PERSON = "signed in on the page"
    STAFF = "of the staff, signed in on the page"
    FORGER = "with a wrong signature"
    RAIL = "by a key that reports deposits of a rail"
    STRANGER = "without anything"


class Door:
    """`caller` says who sends the requests that follow."""

    def __init__(self, owner: User, colleague: User) -> None:
        self.caller = Caller.OWNER
        self._application = WSGIHandler()
        self._keys: dict[Caller, NewApiKey] = {
            Caller.OWNER: make_key(owner),
            Caller.READER: make_key(owner, scopes=("read",)),
            Caller.COLLEAGUE: make_key(colleague),
            Caller.RAIL: key_of_a_rail(),
        }
        self._people = {
            Caller.PERSON: _session_of(owner),
            Caller.STAFF: _session_of(User.objects.get(username="staff")),
        }

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The WSGI application."""
        if self.caller in self._people:
            environ.update(self._people[self.caller])
        elif self.caller is not Caller.STRANGER:
            environ.update(self._signature(environ))
        answer = self._application(environ, start_response)
        try:
            return [b"".join(answer)]
        finally:
            answer.close()  # as every server does: what the answer holds is free again

    def _signature(self, environ: dict[str, Any]) -> dict[str, str]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        key = self._keys.get(self.caller, self._keys[Caller.OWNER])
        secret = "nobody's secret" if self.caller is Caller.FORGER else key.secret
        query = environ.get("QUERY_STRING")
        path = get_path_info(environ) + (f"?{query}" if query else "")
        timestamp = str(next_timestamp_ms())
        return {
            "HTTP_X_BOURSE_KEY": key.api_key.key,
            "HTTP_X_BOURSE_TIMESTAMP": timestamp,
            "HTTP_X_BOURSE_WINDOW": PATIENT_WINDOW,
            "HTTP_X_BOURSE_SIGNATURE": sign(
                secret, timestamp, environ["REQUEST_METHOD"], path, body, window=PATIENT_WINDOW
            ),
        }


def _session_of(user: User) -> dict[str, str]:
    browser = Client()
    browser.force_login(user)
    session = browser.cookies["sessionid"].value
    return {"HTTP_COOKIE": f"sessionid={session}; csrftoken={CSRF_TOKEN}", "HTTP_X_CSRFTOKEN": CSRF_TOKEN}
