"""A book that changes fifty times a second leaves the page above fifty frames a second."""

import json
import random
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.e2e.browser.people import Person

SYMBOL = "ETH-BTC"
UPDATES_PER_SECOND = 50
LEAST_FRAMES_PER_SECOND = 50
SECONDS = 3
ATTEMPTS = 4
"""The machine has other things to do while tests run: one quiet stretch is what counts."""
LEVELS = 60
MIDDLE = 5_000

FRAMES = """(seconds) => new Promise((resolve) => {
  let frames = 0;
  const started = performance.now();
  const count = (now) => {
    frames += 1;
    if (now - started < seconds * 1000) requestAnimationFrame(count);
    else resolve(((frames - 1) * 1000) / (now - started));
  };
  requestAnimationFrame(count);
})"""


class LivelyBook:
    """Replaces one market's book by one of our own making, between the real server and the page."""

    def __init__(self) -> None:
        self.random = random.Random(7)
        self.page_side: Any = None
        self.update_id = 1_000

    def stand_between(self, page_side: Any, server_side: Any) -> None:
        self.page_side = page_side
        page_side.on_message(server_side.send)
        server_side.on_message(self._pass_on)

    def _pass_on(self, text: str) -> None:
        frame = json.loads(text)
        if frame.get("channel") == "book" and frame.get("type") == "update":
            return
        if frame.get("channel") == "book" and frame.get("type") == "snapshot":
            frame["last_update_id"] = self.update_id
            frame["bids"] = [[self._price(-step), self._quantity()] for step in range(1, LEVELS)]
            frame["asks"] = [[self._price(step), self._quantity()] for step in range(1, LEVELS)]
        self.page_side.send(json.dumps(frame))

    def change(self) -> None:
        """One diff of a few levels near the middle, as a market in a hurry has them."""
        self.update_id += 1
        sides = {
            side: [[self._price(sign * self.random.randint(1, 15)), self._quantity()] for _ in range(4)]
            for side, sign in (("bids", -1), ("asks", 1))
        }
        frame = {
            "type": "update",
            "channel": "book",
            "symbol": SYMBOL,
            "first_update_id": self.update_id,
            "last_update_id": self.update_id,
            "at": "2026-01-20T14:25:00.000000Z",
            **sides,
        }
        self.page_side.send(json.dumps(frame))

    def _price(self, step: int) -> str:
        return f"0.{MIDDLE + step:05d}"

    def _quantity(self) -> str:
        return f"{self.random.randint(1, 90_000) / 10_000:.4f}"


def test_fifty_updates_a_second(visit: Callable[..., Person]) -> None:
    watcher = visit("bob")
    book = LivelyBook()
    watcher.routed_socket(r"/ws/v1/market", book.stand_between)
    watcher.open_market(SYMBOL)
    expect(watcher.book("Asks").first).to_be_visible()
    rates = []
    for _ in range(ATTEMPTS):
        first = book.update_id
        rates.append(_frames_per_second(watcher, book))
        assert book.update_id - first >= SECONDS * UPDATES_PER_SECOND * 0.9
        if rates[-1] > LEAST_FRAMES_PER_SECOND:
            break
    print(f"frames a second: {', '.join(f'{rate:.1f}' for rate in rates)}")
    assert max(rates) > LEAST_FRAMES_PER_SECOND
    assert watcher.book("Asks").count() > 5
    watcher.expect_live()


def _frames_per_second(watcher: Person, book: LivelyBook) -> float:
    """Counted by the page itself while the book changes."""
    watcher.page.evaluate(f"window.rate = null; ({FRAMES})({SECONDS}).then((rate) => {{ window.rate = rate; }})")
    started = time.monotonic()
    sent = 0
    while (elapsed := time.monotonic() - started) < SECONDS + 0.2:
        while sent < elapsed * UPDATES_PER_SECOND:
            book.change()
            sent += 1
        watcher.page.wait_for_timeout(5)
    watcher.page.wait_for_function("window.rate !== null")
    return float(watcher.page.evaluate("window.rate"))
