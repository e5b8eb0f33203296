"""Who may open which socket, how they say who they are, and when they lose it."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from accounts.services import revoke_api_key
from tests.integration.streams.conftest import Stage
from tests.support.api import make_key
from tests.support.cast import PASSWORD
from tests.support.streams_process import USER_PATH, StreamClient, signature, signature_headers

Clients = Callable[..., StreamClient]


@pytest.fixture
def browser(stage: Stage) -> Client:
    """Signed in as the owner."""
    client = Client()
    client.force_login(stage.exchange.user("owner"), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def open_page(stage: Stage, browser: Client) -> Iterator[Callable[..., StreamClient]]:
    """Opens the private socket as the page does: with the session's cookie and an origin."""
    opened: list[StreamClient] = []

    def open_client(origin: str | None = settings.WEB_PUBLIC_URL) -> StreamClient:
        cookie = {"Cookie": f"theme=dark; {settings.SESSION_COOKIE_NAME}={browser.session.session_key}"}
        opened.append(stage.streams.open(USER_PATH, additional_headers=cookie, origin=origin))
        return opened[-1]

    yield open_client
    for client in opened:
        client.close()


def test_signed_handshake(stage: Stage, clients: Clients) -> None:
    assert clients("owner").ask("subscribe")["type"] == "snapshot"


def test_signed_first_frame(stage: Stage) -> None:
    client = stage.streams.open(USER_PATH)
    assert client.ask("subscribe")["error"]["code"] == "UNKNOWN_OPERATION"
    assert client.ask("auth", **signature(stage.key("owner"), window="9000"))["username"] == "owner"
    assert client.ask("subscribe")["type"] == "snapshot"
    assert client.ask("auth", **signature(stage.key("owner")))["error"]["code"] == "ALREADY_AUTHENTICATED"
    client.close()


def test_a_timestamp_may_be_a_number(stage: Stage) -> None:
    client = stage.streams.open(USER_PATH)
    fields = signature(stage.key("owner"))
    assert client.ask("auth", **{**fields, "timestamp": int(fields["timestamp"])})["type"] == "ready"
    client.close()


def test_a_signature_is_good_once(stage: Stage) -> None:
    headers = signature_headers(stage.key("owner"))
    first = stage.streams.open(USER_PATH, additional_headers=headers)
    first.next("ready")
    second = stage.streams.open(USER_PATH, additional_headers=headers)
    assert second.error_code() == "SIGNATURE_REPLAYED"
    assert second.closed_with() == 4401
    first.close()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"signature": "0" * 64}, "SIGNATURE_INVALID"),
        ({"key": "nobody"}, "SIGNATURE_INVALID"),
        ({"timestamp": "1600000000000"}, "TIMESTAMP_STALE"),
        ({"timestamp": "soon"}, "SIGNATURE_MISSING"),
        ({"key": ["a"]}, "SIGNATURE_MISSING"),
    ],
)
def test_a_wrong_signature_ends_the_socket(stage: Stage, change: dict[str, object], code: str) -> None:
    client = stage.streams.open(USER_PATH)
    client.send("auth", **{**signature(stage.key("owner")), **change})
    assert client.error_code() == code
    assert client.closed_with() == 4401


def test_a_revoked_key_loses_its_sockets(stage: Stage) -> None:
    key = make_key(stage.exchange.user("owner"))
    client = stage.streams.open_user(key)
    revoke_api_key(user=stage.exchange.user("owner"), api_key_id=key.api_key.pk)
    assert client.error_code() == "API_KEY_REVOKED"
    assert client.closed_with() == 4401


def test_a_disabled_user_loses_sockets(stage: Stage) -> None:
    client = stage.user_client("outsider")
    User.objects.filter(username="outsider").update(is_active=False)
    try:
        assert client.error_code() == "ACCOUNT_INACTIVE"
        assert client.closed_with() == 4401
    finally:
        User.objects.filter(username="outsider").update(is_active=True)


def test_a_key_needs_the_scope(stage: Stage, unchanged: Callable[[], None]) -> None:
    reader = stage.streams.open_user(make_key(stage.exchange.user("owner"), scopes=("read",)))
    order = {"symbol": "BTC-USDT", "side": "BUY", "type": "LIMIT", "price": "50000", "quantity": "1"}
    assert reader.ask("subscribe")["type"] == "snapshot"
    for refused in (
        reader.ask("place", order=order),
        reader.ask("cancel", order_id="1"),
        reader.ask("cancel_all", symbol="BTC-USDT"),
    ):
        assert (refused["error"]["code"], refused["error"]["details"]) == ("SCOPE_MISSING", {"scope": "trade"})
    reader.close()
    trader = stage.streams.open_user(make_key(stage.exchange.user("owner"), scopes=("trade",)))
    assert trader.ask("subscribe")["error"]["code"] == "SCOPE_MISSING"
    trader.close()


def test_session_of_the_page(open_page: Clients) -> None:
    client = open_page()
    assert client.next("ready")["username"] == "owner"
    assert client.ask("subscribe")["type"] == "snapshot"


def test_signing_out_ends_the_socket(open_page: Clients, browser: Client) -> None:
    client = open_page()
    client.next("ready")
    browser.logout()
    assert client.error_code() == "AUTHENTICATION_REQUIRED"
    assert client.closed_with() == 4401


def test_a_new_password_ends_the_socket(stage: Stage, open_page: Clients) -> None:
    client = open_page()
    client.next("ready")
    user = stage.exchange.user("owner")
    user.set_password("another-long-password")
    user.save()
    try:
        assert client.error_code() == "AUTHENTICATION_REQUIRED"
        assert client.closed_with() == 4401
    finally:
        user.set_password(PASSWORD)
        user.save()


def test_a_session_that_has_ended(open_page: Clients, browser: Client, stage: Stage) -> None:
    cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={browser.session.session_key}"}
    browser.logout()
    client = stage.streams.open(USER_PATH, additional_headers=cookie, origin=settings.WEB_PUBLIC_URL)
    assert client.error_code() == "AUTHENTICATION_REQUIRED"
    assert client.closed_with() == 4401


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:1", "https://127.0.0.1", "null"])
def test_other_pages_are_refused(stage: Stage, open_page: Clients, origin: str) -> None:
    client = open_page(origin)
    assert client.error_code() == "ORIGIN_REFUSED"
    assert client.closed_with() == 4403
    public = stage.streams.open(origin=origin)
    assert public.error_code() == "ORIGIN_REFUSED"
    assert public.closed_with() == 4403


def test_our_own_port_is_our_origin(stage: Stage, open_page: Clients) -> None:
    client = open_page(f"http://127.0.0.1:{stage.streams.port}")
    assert client.next("ready")["username"] == "owner"


def test_a_cookie_without_an_origin_is_nobody(open_page: Clients) -> None:
    client = open_page(None)
    assert client.ask("subscribe")["error"]["code"] == "UNKNOWN_OPERATION"


def test_staff_without_an_account_have_no_stream(stage: Stage) -> None:
    client = stage.streams.open(USER_PATH, additional_headers=signature_headers(make_key(stage.exchange.user("staff"))))
    assert client.error_code() == "ACCOUNT_MISSING"
    assert client.closed_with() == 4401
