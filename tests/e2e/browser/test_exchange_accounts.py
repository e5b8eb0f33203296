"""Somebody connects an account at another exchange, here the sandbox, and looks after its deposit addresses."""

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.browser.people import Person
from tests.support.instance import Instance

SYNCED_MS = 180_000
SLOW_SECONDS = 0.15
"""What the exchange takes for an answer while a sync is watched."""


class ControlDoor:
    """Where the sandbox is told how it is to behave."""

    def __init__(self, stack: Instance) -> None:
        self._port = json.loads((stack.home / "instance.json").read_text())["sandbox_port"]

    def post(self, path: str, **content: Any) -> None:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._port}/_control/{path}", json.dumps(content).encode(), method="POST"
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.status == 200


@pytest.fixture
def control(stack: Instance) -> Iterator[ControlDoor]:
    door = ControlDoor(stack)
    yield door
    door.post("settings", latency_seconds=0)


def test_an_account_is_connected_synced_and_its_changed_address_confirmed(
    visit: Callable[..., Person], control: ControlDoor
) -> None:
    alice = visit("alice")
    page = alice.page
    demo = alice.api("GET", "/wallet/exchanges/binance/info")["metadata"]["demo_credentials"]
    page.goto("/wallet/exchanges")
    expect(page.get_by_role("heading", name="No exchange connected yet")).to_be_visible()

    # Wrong keys: the dialog says so in place, and takes others.
    page.get_by_role("button", name="Connect an account").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Exchange").select_option(label="Binance")
    dialog.get_by_label("Sandbox account").check()
    dialog.get_by_label("Name").fill("Savings")
    for field in ("API key", "API secret"):
        assert dialog.get_by_label(field).get_attribute("type") == "password"
        dialog.get_by_label(field).fill("not-a-key")
    alice.is_outage_expected = True
    dialog.get_by_role("button", name="Connect and test").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Binance does not accept these keys.")
    alice.is_outage_expected = False

    dialog.get_by_role("button", name="Use demo keys").click()
    dialog.get_by_role("button", name="Save and test again").click()
    report = page.get_by_role("status", name="Result of the test")
    expect(report).to_contain_text(re.compile(r"Binance accepts the keys\. It answered in \d+ ms\."))
    permissions = report.get_by_role("list", name="Permissions of the key")
    expect(permissions).to_contain_text("May read")
    expect(permissions).to_contain_text("No withdrawals")

    # The sync shows how far it is, and then what it has found.
    control.post("settings", latency_seconds=SLOW_SECONDS)
    page.get_by_role("dialog").get_by_role("button", name="Find its addresses").click()
    card = page.get_by_role("listitem", name="Savings at Binance")
    expect(card.get_by_role("progressbar")).to_be_visible()
    expect(card).to_contain_text(re.compile(r"\d+ of \d+ currencies"), timeout=SYNCED_MS)
    expect(card).to_contain_text("In sync", timeout=SYNCED_MS)
    control.post("settings", latency_seconds=0)
    assert demo["api_secret"] not in page.content()
    assert demo["api_secret"] not in page.evaluate("JSON.stringify([localStorage, sessionStorage])")

    # An address with its code, its network, and the tag that must not be left out.
    addresses = page.get_by_role("region", name="Deposit addresses")
    find(addresses, currency="XRP")
    row = rows(addresses, "XRP").first
    row.get_by_role("button", name=re.compile("^Show ")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("img", name="QR code of your XRP address at Binance")).to_be_visible()
    expect(dialog).to_contain_text("Do not leave out the tag.")
    expect(dialog).to_contain_text(re.compile("Send only XRP, and only over the .* network"))
    dialog.get_by_role("textbox", name="Label").fill("Rent")
    dialog.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("Rent")
    dialog.get_by_role("button", name="History").click()
    history = page.get_by_role("dialog", name="History of the address")
    expect(history.get_by_role("list", name="Activities")).to_contain_text("Label: Rent")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")

    # The exchange gives another address: nothing is to be sent there before somebody has compared the two.
    find(addresses, currency="BTC")
    before = address_in(rows(addresses, "BTC").first)
    control.post("addresses", exchange="binance", api_key=demo["api_key"], currency="BTC", network="BTC")
    card.get_by_role("button", name="Sync").click()
    changed = page.get_by_role("region", name="Changed addresses").get_by_role("article")
    expect(changed).to_contain_text(before, timeout=SYNCED_MS)
    expect(addresses.get_by_role("row").filter(has_text="Changed")).to_have_count(1)
    expect(addresses.get_by_role("button", name=re.compile("^Copy the address"))).to_have_count(0)
    confirm = changed.get_by_role("button", name="Confirm the new address")
    expect(confirm).to_be_disabled()
    changed.get_by_role("checkbox", name="I have compared it with the page of Binance").check()
    confirm.click()
    expect(page.get_by_role("region", name="Changed addresses")).to_have_count(0)
    expect(addresses.get_by_role("row").filter(has_text="Replaced")).to_contain_text(before)
    current = addresses.get_by_role("row").filter(has_text="Current")
    assert address_in(current) != before

    # Several at once, and on a phone.
    addresses.get_by_role("checkbox", name="Choose all that are shown").check()
    addresses.get_by_role("group", name="Chosen addresses").get_by_role("button", name="Block").click()
    expect(addresses.get_by_role("row").filter(has_text="Blocked")).to_have_count(2)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    card.get_by_role("button", name="More for Savings").click()
    page.get_by_role("menuitem", name="Disconnect").click()
    page.get_by_role("dialog").get_by_role("button", name="Disconnect the account").click()
    expect(page.get_by_role("heading", name="No exchange connected yet")).to_be_visible()


def find(addresses: Locator, *, currency: str) -> None:
    """Leave only the addresses of a currency, and wait until they are what is shown."""
    addresses.get_by_role("group", name="Filters").get_by_label("Currency").fill(currency)
    expect(addresses.locator("tbody")).to_have_count(1)
    expect(rows(addresses, currency)).not_to_have_count(0)


def rows(addresses: Locator, currency: str) -> Locator:
    """The addresses of a currency over its first network."""
    group = addresses.get_by_role("rowgroup", name=re.compile(f"^{currency} on "))
    return group.get_by_role("row").filter(has=addresses.page.get_by_role("button", name=re.compile("^Show ")))


def address_in(row: Locator) -> str:
    return str(row.locator("code").first.get_attribute("title"))
