"""/_allauth/browser/v1/auth/sessions: where I am signed in."""

from accounts.models import User
from tests.integration.identity.browser import Browser
from tests.support.cast import PASSWORD


def signed_in(name: str, address: str) -> Browser:
    browser = Browser(address=address)
    assert browser.sign_in(f"{name}@example.com", PASSWORD).status_code == 200
    return browser


def test_my_sessions_and_nobody_elses(owner: User, outsider: User) -> None:
    here = signed_in("owner", "192.0.2.1")
    there = signed_in("owner", "192.0.2.2")
    stranger = signed_in("outsider", "192.0.2.3")
    mine = here.get("/auth/sessions").json()["data"]
    assert {session["ip"] for session in mine} == {"192.0.2.1", "192.0.2.2"}
    (other,) = [session["id"] for session in mine if not session["is_current"]]

    assert stranger.send("DELETE", "/auth/sessions", {"sessions": [other]}).status_code == 400
    assert there.who() == "owner"
    assert here.send("DELETE", "/auth/sessions", {"sessions": [other]}).status_code == 200
    assert there.who() is None
    assert here.who() == "owner"


def test_only_who_is_signed_in(browser: Browser) -> None:
    assert browser.get("/auth/sessions").status_code == 401
