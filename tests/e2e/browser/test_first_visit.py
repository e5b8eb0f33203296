"""From the front door to the first trade, and what every page must be like."""

import re
import time
from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import expect

from tests.e2e.browser.people import Person

PUBLIC = ("/", "/trade/ETH-USDT", "/sign-in", "/sign-up", "/account/reset-password", "/no/such/page")
PERSONAL = ("/orders", "/balances", "/api-keys", "/settings")
NEWCOMER_SECONDS = 60
SCREENS = ((390, 844), (820, 1180), (1680, 1050))


def test_a_newcomer_trades_within_a_minute(visit: Callable[..., Person]) -> None:
    alice = visit("alice")
    alice.leave_book("ETH-USDT")
    resting = alice.place_by_api("ETH-USDT", "SELL", "3200", "2")
    newcomer = visit()
    started = time.monotonic()
    page = newcomer.page
    page.goto("/")
    page.get_by_role("link", name="Sign up").first.click()
    name = f"newcomer-{uuid4().hex[:8]}"
    page.get_by_label("E-mail").fill(f"{name}@example.com")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password", exact=True).fill("nine-quiet-lanterns")
    page.get_by_role("button", name="Create account").click()
    expect(page).to_have_url(re.compile(r"/trade/"))
    expect(page.get_by_role("button", name="Account")).to_contain_text(name)

    newcomer.open_market("ETH-USDT")
    expect(newcomer.place("Buy", quantity="1")).to_contain_text("Order filled")
    assert time.monotonic() - started < NEWCOMER_SECONDS
    expect(newcomer.tape.first).to_contain_text("3,200.00")
    newcomer.expect_balance("ETH", *newcomer.holdings()["ETH"])
    alice.api("DELETE", f"/orders/{resting}")


def test_signing_in_and_out_by_the_form(visit: Callable[..., Person]) -> None:
    person = visit()
    page = person.page
    page.goto("/orders")
    expect(page).to_have_url(re.compile(r"/sign-in$"))
    page.get_by_label("E-mail").fill("bob@demo.example")
    page.get_by_label("Password", exact=True).fill("demo-bob-trades")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/orders$"))
    page.get_by_role("button", name="Account").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    page.goto("/orders")
    expect(page).to_have_url(re.compile(r"/sign-in$"))


def test_nothing_is_wider_than_the_screen(visit: Callable[..., Person]) -> None:
    page = visit("bob").page
    for path in (*PUBLIC, *PERSONAL):
        if path == "/no/such/page":
            continue
        page.goto(path)
        expect(page.get_by_role("main").get_by_role("heading").first).to_be_attached()
        page.wait_for_load_state("networkidle")
        for width, height in SCREENS:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_function("width => innerWidth === width", arg=width)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{path} is {wide} pixels wider than {width}"


def test_every_page_is_quiet(visit: Callable[..., Person]) -> None:
    """No error in the console and nothing the policy refused, for strangers and for who is signed in."""
    stranger, alice = visit(), visit("alice")
    for person, paths in ((stranger, PUBLIC[:-1]), (alice, PERSONAL)):
        for path in paths:
            person.page.goto(path)
            expect(person.page.get_by_role("main").get_by_role("heading").first).to_be_attached()
            person.page.wait_for_load_state("networkidle")
            assert person.page.title().endswith("Bourse")


def test_an_unknown_address_is_said_to_be_one(visit: Callable[..., Person]) -> None:
    stranger = visit()
    stranger.is_outage_expected = True  # The browser itself reports a 404.
    answer = stranger.page.goto("/no/such/page")
    assert answer is not None
    assert answer.status == 404
    expect(stranger.page.get_by_role("main")).to_contain_text(re.compile("nothing|not found|no page", re.IGNORECASE))
