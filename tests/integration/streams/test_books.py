"""What a client of the book stream keeps is the book, whatever happens, and every message joins the one before."""

import random
from collections.abc import Callable

from tests.integration.streams.conftest import Stage
from tests.support.random_flow import log_flow
from tests.support.streams_process import ClientBook, StreamClient
from tests.support.worker_process import eventually

Clients = Callable[..., StreamClient]


def follow(client: StreamClient, book: ClientBook) -> bool:
    """Take whatever has come about the book."""
    for frame in client.drain(0.15):
        if frame.get("channel") == "book" and frame["type"] in ("snapshot", "update"):
            book.take(frame)
    return True


def agrees(stage: Stage, client: StreamClient, book: ClientBook, symbol: str = "BTC-USDT") -> None:
    """Follow until the book is the one that the database has."""
    eventually(lambda: follow(client, book) and book.levels() == stage.stored_book(symbol))


def test_snapshot_and_diffs_are_the_book(stage: Stage, clients: Clients) -> None:
    stage.place("owner", "BUY", "59000", "0.5")
    client = clients()
    book = stage.book(client)
    agrees(stage, client, book)
    for seed in range(4):
        log_flow(stage.exchange, 40, seed=seed, symbols=("BTC-USDT",))
    stage.settle()
    agrees(stage, client, book)
    assert book.snapshots == 1
    assert book.updates >= 1


def test_who_joins_in_the_middle_has_the_same_book(stage: Stage, clients: Clients) -> None:
    rng = random.Random(7)
    followers: list[tuple[StreamClient, ClientBook]] = []
    for seed in range(10, 16):
        log_flow(stage.exchange, 20, seed=seed, symbols=("BTC-USDT",))
        client = clients()
        followers.append((client, stage.book(client, speed=rng.choice(["100ms", "full"]))))
    stage.settle()
    for client, book in followers:
        agrees(stage, client, book)
        assert book.snapshots == 1


def test_full_speed_tells_every_batch(stage: Stage, clients: Clients) -> None:
    slow, fast = clients(), clients()
    merged, full = stage.book(slow), stage.book(fast, speed="full")
    for number in range(12):
        stage.place("owner", "BUY", f"{58000 + number}", "0.1")
    agrees(stage, slow, merged)
    agrees(stage, fast, full)
    assert full.updates == 12
    assert merged.updates <= full.updates


def test_another_speed_replaces_the_first(stage: Stage, clients: Clients) -> None:
    client = clients()
    stage.book(client)
    book = stage.book(client, speed="full")
    stage.place("owner", "BUY", "57000", "0.1")
    first = client.next("update")
    frames = [first, *(frame for frame in client.drain() if frame["type"] == "update")]
    assert [frame["speed"] for frame in frames] == ["full"]
    book.take(first)


def test_markets_do_not_mix(stage: Stage, clients: Clients) -> None:
    client = clients()
    confirmed = client.ask("subscribe", channel="book", symbols="*")
    assert confirmed["symbols"] == ["BTC-USDT", "ETH-USDT"]
    books = {}
    for symbol in confirmed["symbols"]:
        books[symbol] = ClientBook()
        books[symbol].take(client.next("snapshot", symbol=symbol))
    log_flow(stage.exchange, 60, seed=99)
    stage.settle()

    def all_agree() -> bool:
        for frame in client.drain(0.15):
            books[frame["symbol"]].take(frame)
        return all(book.levels() == stage.stored_book(symbol) for symbol, book in books.items())

    eventually(all_agree)


def test_unsubscribed_is_silent(stage: Stage, clients: Clients) -> None:
    client = clients()
    stage.book(client)
    assert client.ask("unsubscribe", channel="book", symbols=["BTC-USDT"])["type"] == "unsubscribed"
    client.frames.clear()  # what came before that
    stage.place("owner", "BUY", "56000", "0.1")
    assert client.drain(0.4) == []
    assert stage.book(client).snapshots == 1


def test_a_subscription_again_is_a_fresh_snapshot(stage: Stage, clients: Clients) -> None:
    client = clients()
    stage.book(client)
    stage.place("owner", "BUY", "55000", "0.2")
    book = stage.book(client)
    agrees(stage, client, book)


def test_what_lies_before_a_fresh_snapshot_is_in_it(stage: Stage, clients: Clients) -> None:
    client = clients()
    stage.book(client)
    stage.place("owner", "BUY", "54000", "0.2")
    update = client.next("update", channel="book")
    client.frames.insert(0, update)
    book = stage.book(client)
    assert book.update_id == update["last_update_id"]
    stage.place("owner", "BUY", "54000", "0.1")
    agrees(stage, client, book)
    assert book.snapshots == 1
