"""Staff stops a market in the admin, and who is about to trade there is told at once."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.browser.people import PASSWORDS, Person


def test_a_halt_reaches_the_order_form(visit: Callable[..., Person]) -> None:
    alice, staff = visit("alice"), visit()
    alice.open_market("SOL-USDT")
    alice.form.get_by_label("Price", exact=True).fill("150")
    alice.form.get_by_label("Quantity", exact=True).fill("1")
    expect(alice.submit).to_be_enabled()

    sign_in_to_admin(staff)
    change_state(staff, "Halt", "prices are being checked")

    expect(alice.form).to_contain_text("is halted")
    expect(alice.form).to_contain_text("prices are being checked")
    expect(alice.submit).to_be_disabled()
    refused = alice.context.request.post(
        "/api/v1/orders",
        data={"symbol": "SOL-USDT", "side": "BUY", "type": "LIMIT", "price": "150", "quantity": "1"},
        headers=alice._token(),
    )
    assert refused.status == 503
    assert refused.json()["error"]["code"] == "MARKET_HALTED"

    change_state(staff, "Auction", "orders are collected anew")
    expect(alice.phase).to_contain_text("Orders are collected anew", ignore_case=True)
    expect(alice.phase).to_contain_text("No orders match yet")
    alice.place_by_api("SOL-USDT", "SELL", "150", "3")
    bob = visit("bob")
    bob.place_by_api("SOL-USDT", "BUY", "150", "2")
    expect(alice.phase).to_contain_text(
        re.compile(r"Price so far150\.000 USDT.*Would trade2\.000.*Sellers left over1\.000")
    )

    change_state(staff, "Resume", "prices are right")
    expect(alice.submit).to_be_enabled()
    expect(alice.phase).to_have_count(0)
    alice.leave_book("SOL-USDT")


def sign_in_to_admin(staff: Person) -> None:
    page = staff.page
    page.goto("/admin/")
    page.get_by_label("Email").fill("staff@demo.example")
    page.get_by_label("Password").fill(PASSWORDS["staff"])
    page.get_by_role("button", name="Log in").click()


def change_state(staff: Person, verb: str, reason: str) -> None:
    """By one of the actions of the market's page; the button that confirms it may say more."""
    page = staff.page
    page.goto("/admin/matching/market/")
    page.get_by_role("link", name="SOL-USDT").first.click()
    link = page.get_by_role("link", name=re.compile(verb)).first
    if not link.is_visible():
        page.get_by_text("Other states").first.click()
    link.click()
    page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name=re.compile(verb, re.IGNORECASE)).click()
