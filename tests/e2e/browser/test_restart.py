"""Web, streams and matching die under an open page. It comes back by itself, and is never wrong meanwhile."""

import json
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.e2e.browser.people import Person
from tests.support.instance import Instance, wait_for

SYMBOL = "ETH-USDT"
RECOVERY_MS = 180_000

WATCH = """() => {
  window.seen = [];
  const look = () => {
    const table = document.querySelector('[role="table"][aria-label="Asks"]');
    const asks = table === null ? null : [...table.querySelectorAll('[role="row"]')].map((row) => {
      const cells = row.querySelectorAll('[role="cell"]');
      return [cells[0].querySelector("button").textContent, cells[1].textContent];
    });
    const view = JSON.stringify({
      connection: document.querySelector('[aria-label="Connection"]').textContent,
      isFresh: table?.closest("[data-fresh]")?.dataset.fresh ?? null,
      asks,
      canOrder: !document.querySelector('form[aria-label="Order form"] button[type="submit"]').disabled,
    });
    if (window.seen.at(-1) !== view) window.seen.push(view);
    requestAnimationFrame(look);
  };
  look();
}"""
"""Writes down everything that was ever on the screen: the state, the asks, and whether an order could be sent."""


def test_the_page_recovers_and_shows_no_wrong_number(visit: Callable[..., Person], stack: Instance) -> None:
    alice, bob = visit("alice"), visit("bob")
    for person in (alice, bob):
        person.leave_book(SYMBOL)
    first = alice.place_by_api(SYMBOL, "SELL", "3300", "1")
    bob.open_market(SYMBOL)
    bob.expect_level("Asks", "3,300.00", "1.0000")
    bob.form.get_by_label("Price", exact=True).fill("3000")
    bob.form.get_by_label("Quantity", exact=True).fill("1")
    expect(bob.submit).to_be_enabled()
    alice.is_outage_expected = bob.is_outage_expected = True
    bob.page.evaluate(WATCH)

    stack.kill("streams", "matching", "web")
    expect(bob.connection).not_to_have_text("Live")
    expect(bob.submit).to_be_disabled()
    wait_for(stack.answers)

    # While bob's page is still finding its way back, the book becomes another one.
    alice.api("DELETE", f"/orders/{first}")
    second = alice.place_by_api(SYMBOL, "SELL", "3400", "2")
    expect(bob.connection).to_have_text("Live", timeout=RECOVERY_MS)
    expect(bob.book("Asks").filter(has_text="3,400.00")).to_have_count(1, timeout=RECOVERY_MS)
    expect(bob.book("Asks").filter(has_text="3,300.00")).to_have_count(0)
    expect(bob.submit).to_be_enabled()

    # The private stream is back as well: what is done elsewhere shows here, and orders go through.
    expect(bob.place("Buy", price="3400", quantity="0.5")).to_contain_text("Order filled")
    bob.expect_balance("ETH", *bob.holdings()["ETH"])
    bob.expect_level("Asks", "3,400.00", "1.5000")

    _check_what_was_seen(bob)
    alice.api("DELETE", f"/orders/{second}")


def _check_what_was_seen(person: Person) -> None:
    """What was shown as current was the book at some moment, and time never went backwards."""
    seen: list[dict[str, Any]] = [json.loads(view) for view in person.page.evaluate("window.seen")]
    real = [[["3,300.00", "1.0000"]], [], [["3,400.00", "2.0000"]], [["3,400.00", "1.5000"]]]
    reached = 0
    outages = 0
    for view in seen:
        if view["isFresh"] != "true":
            outages += 1
            assert not view["canOrder"], view
            continue
        assert view["asks"] in real[reached:], (view, real[reached])
        reached += real[reached:].index(view["asks"])
    assert outages
    assert reached == len(real) - 1


def test_a_page_that_was_away_for_a_moment_only(visit: Callable[..., Person], stack: Instance) -> None:
    """The streams alone are started again: no reload, no lost trade."""
    alice, bob = visit("alice"), visit("bob")
    for person in (alice, bob):
        person.leave_book(SYMBOL)
    bob.open_market(SYMBOL)
    alice.is_outage_expected = bob.is_outage_expected = True
    bob.page.evaluate("window.isTheSamePage = true")
    stack.kill("streams")
    alice.place_by_api(SYMBOL, "SELL", "3500", "1")
    bob_order = bob.api(
        "POST", "/orders", symbol=SYMBOL, side="BUY", type="LIMIT", time_in_force="IOC", price="3500", quantity="1"
    )
    assert bob_order["status"] == "FILLED"
    deadline = time.monotonic() + RECOVERY_MS / 1000
    expect(bob.connection).to_have_text("Live", timeout=RECOVERY_MS)
    expect(bob.tape.first).to_contain_text("3,500.00", timeout=RECOVERY_MS)
    bob.expect_balance("ETH", *bob.holdings()["ETH"])
    assert time.monotonic() < deadline
    assert bob.page.evaluate("window.isTheSamePage") is True
