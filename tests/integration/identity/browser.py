"""A browser as the sign-in flows see it: cookies, the CSRF token of our page, JSON."""

import json
from typing import Any

from django.test import Client

PREFIX = "/_allauth/browser/v1"
PASSWORD = "twelve-quiet-lanterns"


class Browser:
    """Keeps its cookies and sends the CSRF token back, as the page does."""

    def __init__(self, *, address: str = "127.0.0.1") -> None:
        self.django = Client(raise_request_exception=False, enforce_csrf_checks=True, REMOTE_ADDR=address)
        self.get("/config")

    def send(self, method: str, path: str, payload: Any = None, **headers: str) -> Any:
        token = self.django.cookies.get("csrftoken")
        if token is not None and method != "GET":
            headers.setdefault("X-CSRFToken", token.value)
        where = path if path.startswith("/api/") else PREFIX + path
        body = b"" if payload is None else json.dumps(payload).encode()
        return self.django.generic(method, where, body, content_type="application/json", headers=headers)

    def get(self, path: str, **headers: str) -> Any:
        return self.send("GET", path, **headers)

    def post(self, path: str, payload: Any = None, **headers: str) -> Any:
        return self.send("POST", path, payload, **headers)

    def sign_up(self, name: str, /, **fields: str) -> Any:
        asked = {"email": f"{name}@example.com", "username": name, "password": PASSWORD}
        return self.post("/auth/signup", asked | fields)

    def sign_in(self, email: str, password: str = PASSWORD) -> Any:
        return self.post("/auth/login", {"email": email, "password": password})

    def who(self) -> str | None:
        """The user name that the API sees, if it sees any."""
        answer = self.get("/api/v1/account")
        return str(answer.json()["username"]) if answer.status_code == 200 else None


def error_codes(answer: Any) -> list[tuple[str | None, str]]:
    """The fields and codes of a refusal in allauth's shape."""
    assert answer.headers["Content-Type"].startswith("application/json")
    return [(error.get("param"), error["code"]) for error in answer.json()["errors"]]
