"""Notices over the public socket."""

import time
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from exchange.notices.selectors import forget_notices
from exchange.notices.services import publish_notice, withdraw_notice, write_notice
from matching.engine.types import MarketState
from matching.selectors.markets import forget_markets
from tests.integration.streams.conftest import Stage
from tests.support.api import SignedClient
from tests.support.streams_process import StreamClient

Clients = Callable[..., StreamClient]

HEARD_SECONDS = 30.0
"""Without anybody asking: well before a client would have given up waiting."""


def titles(frame: dict[str, Any]) -> list[str]:
    return [notice["title"] for notice in frame["notices"]]


def test_everybody_hears_of_notices(stage: Stage, clients: Clients) -> None:
    client, staff = clients(), stage.exchange.user("staff")
    confirmed = client.ask("subscribe", channel="notices")
    assert {name: confirmed[name] for name in confirmed if name != "id"} == {"type": "subscribed", "channel": "notices"}
    first = client.next("snapshot", channel="notices")
    assert titles(first) == []

    notice = write_notice(
        by=staff,
        reason="test",
        kind="INCIDENT",
        severity="WARNING",
        title="Slow mail",
        text="",
        starts_at=timezone.now(),
        ends_at=None,
        markets=[],
        assets=[],
    )
    publish_notice(notice_id=notice.pk, by=staff, reason="test")
    started = time.monotonic()
    told = client.next("update", channel="notices")
    assert time.monotonic() - started < HEARD_SECONDS
    assert (titles(told), told["sequence"]) == (["Slow mail"], first["sequence"] + 1)
    forget_notices()
    assert told["notices"] == SignedClient(None).get("/api/v1/notices").json()["items"]

    stage.exchange.set_state(MarketState.HALTED, reason="checking", symbol="ETH-USDT")
    stage.settle()
    started = time.monotonic()
    halted = client.next("update", channel="notices")
    assert time.monotonic() - started < HEARD_SECONDS
    assert titles(halted) == ["Trading in ETH/USDT is halted", "Slow mail"]

    second = clients()
    second.ask("subscribe", channel="notices")
    assert second.next("snapshot", channel="notices")["notices"] == halted["notices"]

    stage.exchange.set_state(MarketState.TRADING, symbol="ETH-USDT")
    stage.settle()
    assert titles(client.next("update", channel="notices")) == ["Slow mail"]
    withdraw_notice(notice_id=notice.pk, by=staff, reason="test")
    assert titles(client.next("update", channel="notices")) == []
    forget_markets()


def test_notices_are_about_no_market_in_particular(stage: Stage, clients: Clients) -> None:
    client = clients()
    for fields in ({"symbols": "*"}, {"symbols": ["BTC-USDT"]}, {"speed": "full"}):
        assert client.ask("subscribe", channel="notices", **fields)["error"]["code"] == "UNKNOWN_FIELD"
    client.ask("subscribe", channel="notices")
    client.next("snapshot", channel="notices")
    ended = client.ask("unsubscribe", channel="notices")
    assert (ended["type"], ended["channel"]) == ("unsubscribed", "notices")
