"""Clients of the API of exchange accounts, and what they ask for."""

import json
from typing import Any

from accounts.credentials import forget_credentials
from accounts.models import User
from tests.support.api import SignedClient, make_key

EXCHANGES = "/api/v1/wallet/exchanges"
ADDRESSES = "/api/v1/wallet/addresses"
STAFF = "/api/v1/admin/wallet"
NOWHERE = "00000000-0000-4000-8000-000000000000"
NO_IDS = ("1", "x" * 300, "%00", "'", "{" + NOWHERE + "}", NOWHERE.replace("-", ""))


class ApiClient(SignedClient):
    """Signs for one user of the cast."""

    def __init__(self, name: str, *scopes: str) -> None:
        user = User.objects.get(username=name)
        super().__init__(make_key(user, scopes=scopes or ("read", "exchanges")))

    def put(self, path: str, payload: Any = None) -> Any:
        return self.send("PUT", path, payload)


def told(response: Any, status: int = 200) -> Any:
    """The JSON of an answer, of that status."""
    assert response.status_code == status, response.content
    return json.loads(response.content)


def details(response: Any) -> Any:
    return json.loads(response.content)["error"]["details"]


def warm_up() -> None:
    """The first request of a process loads all views; a signature must not grow old over that."""
    forget_credentials()
    SignedClient(None).get("/api/v1/time")
