"""What the worker says after a commit: messages that join, and users' events with the balances as they are then."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import orjson
import pytest
import redis

from kernel.units import from_atoms
from ledger.models import Asset, Balance
from matching.engine.types import MarketState
from matching.models import UserEvent
from matching.redis_names import market_channel, user_channel
from tests.support.exchange import Exchange
from tests.support.random_flow import log_flow

NOWHERE = "unix:///nowhere/redis.sock"


class Listener:
    """Collects what is published."""

    def __init__(self, client: redis.Redis) -> None:
        self.database = int(client.connection_pool.connection_kwargs.get("db") or 0)
        self._pubsub = client.pubsub(ignore_subscribe_messages=True)
        self._pubsub.subscribe(market_channel(self.database, "BTC-USDT"), user_channel(self.database))
        self._heard = self._pubsub.listen()
        self.market: list[dict[str, Any]] = []
        self.users: list[dict[str, Any]] = []
        self.read()

    def read(self) -> "Listener":
        """Everything that was published before this call: a message of our own comes after it."""
        self._client().publish(user_channel(self.database), b"null")
        while True:
            message = next(self._heard)
            content = orjson.loads(message["data"])
            if content is None:
                return self
            is_users = message["channel"].decode() == user_channel(self.database)
            (self.users if is_users else self.market).append(content)

    def _client(self) -> redis.Redis:
        return redis.Redis(connection_pool=self._pubsub.connection_pool)

    def close(self) -> None:
        self._pubsub.close()


@contextmanager
def listening(exchange: Exchange) -> Iterator[Listener]:
    listener = Listener(exchange.redis)
    try:
        yield listener
    finally:
        listener.close()


def test_book_messages_join_and_make_the_book(exchange: Exchange) -> None:
    worker = exchange.worker()
    book = worker.books[exchange.market().pk]
    with listening(exchange) as heard:
        for seed in range(3):
            log_flow(exchange, 60, seed=seed)
            exchange.run()
        heard.read()
    sides: dict[str, dict[int, int]] = {"bids": {}, "asks": {}}
    trades: list[int] = []
    for before, message in zip([None, *heard.market], heard.market, strict=False):
        assert not message["reset"]
        assert message["first"] <= message["last"]
        assert before is None or message["first"] == before["last"] + 1
        for side, levels in sides.items():
            levels.update(dict(message[side]))
        trades += [trade[1] for trade in message["trades"]]
    told = {side: {ticks: lots for ticks, lots in levels.items() if lots} for side, levels in sides.items()}
    bids, asks = book.depth(len(book))
    assert told == {"bids": dict(bids), "asks": dict(asks)}
    assert trades == list(range(1, book.last_trade_number + 1))
    assert trades


def test_a_new_worker_begins_with_a_reset(exchange: Exchange) -> None:
    exchange.place("owner", "BUY", "50000", "0.1")
    exchange.run()
    with listening(exchange) as heard:
        exchange.restart_worker()
        heard.read()
        (reset,), (progress,) = heard.market, heard.users
        exchange.place("owner", "BUY", "50001", "0.1")
        exchange.run()
        heard.read()
    assert reset["reset"]
    assert reset["last"] == 1
    assert (progress["previous"], progress["last"], progress["events"]) == (1, 1, [])
    assert (heard.market[1]["first"], heard.market[1]["reset"]) == (2, False)


def test_in_quiet_moments_it_is_said_how_far_all_was_told(exchange: Exchange) -> None:
    """Who was not there yet when the last change was told, and read the cache before it was written, learns of it."""
    exchange.place("owner", "BUY", "50000", "0.1")
    exchange.run()
    with listening(exchange) as heard:
        exchange.worker().beat()
        heard.read()
    (told,) = heard.market
    assert (told["first"], told["last"], told["reset"]) == (2, 1, False)
    assert (told["bids"], told["asks"], told["trades"], told["state"]) == ([], [], [], None)


def test_what_got_lost_is_followed_by_a_reset(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    publisher = exchange.worker()._publisher
    with listening(exchange) as heard:
        exchange.place("owner", "BUY", "50000", "0.1")
        exchange.run()
        with monkeypatch.context() as broken:
            broken.setattr(publisher, "_client", redis.Redis.from_url(NOWHERE))
            exchange.place("owner", "BUY", "50001", "0.1")
            exchange.run()
        exchange.worker().beat()
        heard.read()
        exchange.place("owner", "BUY", "50002", "0.1")
        exchange.run()
        heard.read()
    assert [(message["first"], message["last"], message["reset"]) for message in heard.market] == [
        (1, 1, False),
        (2, 2, True),
        (3, 2, False),  # how far all was told
        (3, 3, False),
    ]
    assert [(message["previous"], message["last"]) for message in heard.users] == [(0, 1), (2, 2), (2, 3)]


def test_a_change_of_state_is_told(exchange: Exchange) -> None:
    exchange.worker()
    with listening(exchange) as heard:
        exchange.set_state(int(MarketState.HALTED), reason="maintenance")
        exchange.run()
        heard.read()
    assert heard.market[0]["state"] == [int(MarketState.HALTED), "maintenance", 0]


def test_what_does_not_change_the_book_is_not_told(exchange: Exchange) -> None:
    exchange.worker()
    with listening(exchange) as heard:
        exchange.place("owner", "BUY", "50000", "0.1", time_in_force="IOC")
        exchange.run()
        heard.read()
    assert heard.market == []
    assert len(heard.users) == 1


def test_users_are_told_what_is_written(exchange: Exchange) -> None:
    exchange.worker()
    with listening(exchange) as heard:
        log_flow(exchange, 80, seed=3)
        exchange.run()
        heard.read()
    told = [tuple(event) for message in heard.users for event in message["events"]]
    written = UserEvent.objects.order_by("id").values_list("account_id", "sequence", "command_id", "payload")
    assert told == [tuple(row) for row in written]
    assert heard.users[0]["writer"] == "matching:main"


def test_the_last_event_of_a_batch_has_the_balances_as_they_are(exchange: Exchange) -> None:
    """After any random flow, the newest balance an account was told of is the one it has."""
    for seed in range(3):
        log_flow(exchange, 60, seed=seed)
        exchange.run()
    scale_of = dict(Asset.objects.values_list("id", "scale"))
    newest: dict[tuple[int, int], tuple[Decimal, Decimal, int]] = {}
    for event in UserEvent.objects.order_by("id"):
        for asset, available, locked, version in event.payload.get("balances", ()):
            scale = scale_of[asset]
            told = (from_atoms(int(available), scale), from_atoms(int(locked), scale), version)
            assert newest.get((event.account_id, asset), (0, 0, 0))[2] < version
            newest[event.account_id, asset] = told
    assert newest
    for (account, asset), told in newest.items():
        row = Balance.objects.get(account_id=account, asset_id=asset)
        assert told == (row.available, row.locked, row.version)


def test_an_order_is_told_with_all_its_terms(exchange: Exchange) -> None:
    exchange.place("owner", "SELL", "60000", "1")
    order = exchange.place("colleague", "BUY", "60000.5", "0.25", client_order_id="mine", post_only=False)
    exchange.run()
    maker, taker = UserEvent.objects.order_by("-id")[:2]
    if maker.payload["type"] != "fill":
        maker, taker = taker, maker
    assert taker.payload["id"] == order
    assert {key: taker.payload[key] for key in ("side", "ticks", "lots", "client_order_id", "filled_lots")} == {
        "side": 1,
        "ticks": 6_000_050,
        "lots": 2_500,
        "client_order_id": "mine",
        "filled_lots": 2_500,
    }
    assert (maker.payload["side"], maker.payload["lots"], maker.payload["remaining_lots"]) == (2, 2_500, 7_500)
