"""Orders that wait, hide, hang together or change, as a person places them and sees them live."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.browser.people import PASSWORDS, Person

SYMBOL = "ETH-USDT"
# All trades of these tests are within a few percent of each other: a greater move would halt the market.
PRICE = "3200"


@pytest.fixture
def pair(visit: Callable[..., Person]) -> Iterator[tuple[Person, Person]]:
    """Alice at her desk and Bob, who acts through the API, in a market whose last price is `PRICE`."""
    alice, bob = visit("alice"), visit("bob")
    for person in (alice, bob):
        person.leave_book(SYMBOL)
    trade(alice, bob, PRICE)
    alice.open_market(SYMBOL)
    expect(alice.tape.first).to_contain_text("3,200.00")
    yield alice, bob
    for person in (alice, bob):
        person.leave_book(SYMBOL)


def trade(seller: Person, buyer: Person, price: str) -> None:
    """Let the market trade at this price."""
    seller.place_by_api(SYMBOL, "SELL", price, "0.01")
    buyer.place_by_api(SYMBOL, "BUY", price, "0.01")


def choose_type(person: Person, name: str) -> None:
    """One of the order types that are not in sight at once."""
    person.choose("Order type", "More types")
    person.form.get_by_label("Further order type").select_option(label=name)


def fill_in(person: Person, **entries: str) -> None:
    """Entries by their labels, written with underscores."""
    for name, text in entries.items():
        person.form.get_by_label(name.replace("_", " ").capitalize(), exact=True).fill(text)


def send(person: Person) -> Locator:
    """Send the form; what it says about the outcome."""
    person.submit.click()
    return person.form.locator("[data-tone]").filter(has=person.page.locator("strong"))


def open_row(person: Person, text: str) -> Locator:
    return person.open_tab("Open orders").locator("tbody tr").filter(has_text=text)


def notices(person: Person) -> Locator:
    return person.page.get_by_role("log", name="Notices")


def test_a_stop_waits_and_acts_when_the_price_falls_to_it(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    available, locked = alice.holdings()["ETH"]
    alice.choose("Side", "Sell")
    choose_type(alice, "Stop market")
    fill_in(alice, trigger_price="3210", quantity="2")
    expect(alice.form).to_contain_text("Must be below the last price, 3,200.00")
    expect(alice.submit).to_be_disabled()
    fill_in(alice, trigger_price="3150")
    expect(send(alice)).to_contain_text("once the last price falls to 3,150.00")

    row = open_row(alice, "Stop market")
    expect(row).to_contain_text("Waits")
    expect(row).to_contain_text("≤ 3,150.00")
    expect(alice.book("Asks")).to_have_count(0)
    alice.expect_balance("ETH", available - 2, locked + 2)

    bob.place_by_api(SYMBOL, "BUY", "3140", "3")
    alice.place_by_api(SYMBOL, "SELL", "3140", "0.5")
    expect(notices(alice)).to_contain_text("trigger reached")
    expect(notices(alice)).to_contain_text("Sold 2 ETH")
    expect(row).to_have_count(0)
    alice.expect_balance("ETH", available - Decimal("2.5"), locked)
    alice.expect_level("Bids", "3,140.00", "0.5000")


def test_a_trailing_stop_follows_the_price(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    alice.choose("Side", "Sell")
    choose_type(alice, "Trailing stop")
    fill_in(alice, distance="2", quantity="1")
    expect(alice.form).to_contain_text("The trigger begins at 3,136.00")
    expect(send(alice)).to_contain_text("Order waits")
    row = open_row(alice, "Trailing stop")
    expect(row).to_contain_text("≤ 3,136.00")
    trade(bob, alice, "3250")
    expect(row).to_contain_text("≤ 3,185.00")
    expect(row).to_contain_text("2 % away")


def test_of_a_pair_one_cancels_the_other(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    available, locked = alice.holdings()["ETH"]
    alice.choose("Side", "Sell")
    choose_type(alice, "One cancels the other")
    fill_in(alice, price="3280", trigger_price="3000", quantity="1")
    expect(send(alice)).to_contain_text("Pair of orders placed")
    rows = open_row(alice, "OCO")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_have_attribute("data-pair", "first")
    alice.expect_balance("ETH", available - 1, locked + 1)
    alice.expect_level("Asks", "3,280.00", "1.0000")

    bob.place_by_api(SYMBOL, "BUY", "3280", "0.4")
    expect(notices(alice)).to_contain_text("Sold 0.4 ETH")
    expect(rows).to_have_count(1)
    alice.page.get_by_role("button", name=re.compile("^Cancel both orders: sell 1.0000 ETH at 3,280.00")).click()
    expect(rows).to_have_count(0)
    alice.expect_balance("ETH", available - Decimal("0.4"), locked)


def test_an_iceberg_shows_a_part_and_can_be_made_smaller_in_its_place(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    alice.choose("Side", "Buy")
    choose_type(alice, "Iceberg")
    fill_in(alice, price="3120", quantity="3", shown_at_a_time="0.5")
    expect(send(alice)).to_contain_text("Order placed")
    alice.expect_level("Bids", "3,120.00", "0.5000")
    bob.place_by_api(SYMBOL, "SELL", "3120", "0.6")
    row = open_row(alice, "Iceberg")
    expect(row).to_contain_text("0.4000 shown")
    alice.expect_level("Bids", "3,120.00", "0.4000")

    alice.page.get_by_role("button", name=re.compile("^Amend order: buy 3.0000 ETH")).click()
    form = alice.page.get_by_role("form", name="Amend order")
    expect(form.get_by_label("New price")).to_be_focused()
    form.get_by_label("New quantity").fill("0.5")
    expect(form).to_contain_text("Must be more than what has traded already.")
    form.get_by_label("New quantity").fill("2")
    expect(form).to_contain_text("keeps its place in the queue")
    form.get_by_label("New quantity").press("Enter")
    expect(notices(alice)).to_contain_text("Order amended")
    expect(form).to_have_count(0)
    expect(row).to_contain_text("2.0000")
    expect(alice.page.get_by_role("button", name=re.compile("^Amend order: buy 2.0000 ETH"))).to_be_focused()


def test_orders_of_one_side_are_cancelled_together(pair: tuple[Person, Person]) -> None:
    alice, _ = pair
    for side, price in (("BUY", "3100"), ("BUY", "3101"), ("SELL", "3300")):
        alice.place_by_api(SYMBOL, side, price, "1")
    panel = alice.open_tab("Open orders")
    expect(panel.locator("tbody tr")).to_have_count(3)
    alice.page.get_by_role("button", name="Cancel all").click()
    question = alice.page.get_by_role("dialog")
    question.get_by_label("Side").select_option("BUY")
    question.get_by_role("button", name="Cancel 2 open orders").click()
    expect(panel.locator("tbody tr")).to_have_count(1)
    expect(panel).to_contain_text("3,300.00")
    expect(notices(alice)).to_contain_text("2 open orders taken back")


def test_an_auction_collects_orders_and_says_what_it_does_not_take(
    pair: tuple[Person, Person], visit: Callable[..., Person]
) -> None:
    alice, bob = pair
    staff = visit()
    staff.page.goto("/admin/")
    staff.page.get_by_label("Email").fill("staff@demo.example")
    staff.page.get_by_label("Password").fill(PASSWORDS["staff"])
    staff.page.get_by_role("button", name="Log in").click()
    alice.choose("Order type", "Market")
    alice.form.get_by_role("radiogroup", name="Amount in").get_by_role("radio").first.check()
    fill_in(alice, quantity="1")

    put_market(staff, "Auction", "Begin auction", menu="Other states")
    try:
        expect(alice.form).to_contain_text("is in an auction")
        expect(alice.form).to_contain_text("A market order is not taken until ETH/USDT trades")
        expect(alice.submit).to_be_disabled()
        expect(alice.form.get_by_role("radio", name="Market", exact=True)).to_be_disabled()
        expect(alice.place("Buy", price="3210", quantity="1")).to_contain_text("Order placed")
        bob.place_by_api(SYMBOL, "SELL", "3190", "1")
        expect(open_row(alice, "3,210.00")).to_have_count(1)
    finally:
        put_market(staff, "Resume", "Resume")
    expect(notices(alice)).to_contain_text("Bought 1 ETH")
    expect(alice.form).not_to_contain_text("is in an auction")


def put_market(staff: Person, link: str, button: str, *, menu: str | None = None) -> None:
    """Give the market another state in the admin; where the action is in a menu, through that."""
    page = staff.page
    page.goto("/admin/matching/market/")
    page.get_by_role("link", name=SYMBOL).first.click()
    if menu is not None:
        page.get_by_text(menu).click()
    page.get_by_role("link", name=re.compile(link)).first.click()
    page.get_by_label("Reason").fill("the order of the day")
    page.get_by_role("button", name=re.compile(button)).click()
