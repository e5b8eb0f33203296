"""Two people at two browsers trade with each other, and each sees at once what it means for them."""

from collections.abc import Callable
from decimal import Decimal

from playwright.sync_api import expect

from tests.e2e.browser.people import Person

MAKER, TAKER = Decimal("0.001"), Decimal("0.0015")


def test_a_trade_shows_in_book_tape_balances_and_history(visit: Callable[..., Person]) -> None:
    alice, bob = visit("alice"), visit("bob")
    for person in (alice, bob):
        person.leave_book("BTC-USDT")
    before = {person: person.holdings() for person in (alice, bob)}
    for person in (alice, bob):
        person.open_market("BTC-USDT")

    expect(alice.place("Sell", price="65000", quantity="0.5")).to_contain_text("Order placed")
    for person in (alice, bob):
        person.expect_level("Asks", "65,000.00", "0.50000")
    held, locked = before[alice]["BTC"]
    alice.expect_balance("BTC", held - Decimal("0.5"), locked + Decimal("0.5"))
    row = alice.open_tab("Open orders").get_by_role("row").filter(has_text="65,000.00")
    expect(row).to_contain_text("Sell")

    expect(bob.place("Buy", quantity="0.2")).to_contain_text("Order filled")
    for person in (alice, bob):
        expect(person.tape.first).to_contain_text("65,000.00")
        expect(person.tape.first).to_contain_text("0.20000")
        person.expect_level("Asks", "65,000.00", "0.30000")
    expect(row).to_contain_text("40 %")

    paid = Decimal("0.2") * 65_000
    usdt, _ = before[bob]["USDT"]
    btc, _ = before[bob]["BTC"]
    bob.expect_balance("USDT", usdt - paid, Decimal(0))
    bob.expect_balance("BTC", btc + Decimal("0.2") * (1 - TAKER), Decimal(0))
    usdt, _ = before[alice]["USDT"]
    alice.expect_balance("USDT", usdt + paid * (1 - MAKER), Decimal(0))
    alice.expect_balance("BTC", held - Decimal("0.5"), locked + Decimal("0.3"))

    expect(bob.open_tab("Fills").get_by_role("row").nth(1)).to_contain_text("0.20000")
    expect(bob.open_tab("Order history").get_by_role("row").nth(1)).to_contain_text("Filled")

    alice.open_tab("Open orders").get_by_role("button", name="Cancel order: sell 0.50000 BTC at 65,000.00").click()
    for person in (alice, bob):
        expect(person.book("Asks").filter(has_text="65,000.00")).to_have_count(0)
    alice.expect_balance("BTC", held - Decimal("0.2"), locked)
    expect(alice.page.get_by_role("log", name="Notices")).to_contain_text("Order cancelled")

    # What the streams have told is what the books say.
    for person in (alice, bob):
        for asset in ("BTC", "USDT"):
            person.expect_balance(asset, *person.holdings()[asset])


def test_what_cannot_be_paid_for_is_said_before_and_by_the_exchange(visit: Callable[..., Person]) -> None:
    bob = visit("bob")
    bob.open_market("BTC-USDT")
    bob.choose("Side", "Sell")
    bob.form.get_by_label("Price", exact=True).fill("66000")
    bob.form.get_by_label("Quantity", exact=True).fill("90")
    expect(bob.submit).to_be_disabled()
    bob.form.get_by_label("Quantity", exact=True).fill("0.000001")
    expect(bob.submit).to_be_disabled()
    expect(bob.book("Asks").filter(has_text="66,000.00")).to_have_count(0)
