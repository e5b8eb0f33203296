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

    page = staff.page
    page.goto("/admin/")
    page.get_by_label("Email").fill("staff@demo.example")
    page.get_by_label("Password").fill(PASSWORDS["staff"])
    page.get_by_role("button", name="Log in").click()
    page.goto("/admin/matching/market/")
    page.get_by_role("link", name="SOL-USDT").first.click()
    page.get_by_role("link", name="Halt").first.click()
    page.get_by_label("Reason").fill("prices are being checked")
    page.get_by_role("button", name="Halt").click()

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

    page.goto("/admin/matching/market/")
    page.get_by_role("link", name="SOL-USDT").first.click()
    page.get_by_role("link", name=re.compile("Resume")).first.click()
    page.get_by_label("Reason").fill("prices are right")
    page.get_by_role("button", name=re.compile("Resume")).click()
    expect(alice.submit).to_be_enabled()
