"""A person at a browser: what they see and do on the page, by the names that a screen reader would tell them."""

import re
from decimal import Decimal
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, WebSocketRoute, expect

from exchange.demo import USERS

PASSWORDS = {user.username: user.password for user in USERS}
ANSWER_MS = 60_000
NOBODY_IS_SIGNED_IN = "/_allauth/browser/v1/auth/session"

expect.set_options(timeout=ANSWER_MS)


class Person:
    """One browser context with one page. `problems` is what its console complained of."""

    def __init__(self, browser: Browser, port: int, *, width: int, height: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, base_url=self.address, reduced_motion="reduce"
        )
        self.context.set_default_timeout(ANSWER_MS)
        self.page: Page = self.context.new_page()
        self.problems: list[str] = []
        self.is_outage_expected = False
        """While servers are being restarted a browser rightly complains that it cannot reach them."""
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.problems.append(f"{self.page.url}: {error}"))

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        where = message.location.get("url", "")
        if "401" in message.text and where.endswith(NOBODY_IS_SIGNED_IN):
            return
        is_network = "Failed to load resource" in message.text or "WebSocket connection" in message.text
        if not (is_network and self.is_outage_expected):
            self.problems.append(f"{self.page.url}: {message.type}: {message.text} ({where})")

    def close(self) -> None:
        self.context.close()

    # --- identity ------------------------------------------------------------------------------------------------

    def sign_in(self, name: str) -> None:
        """As a demo user, without the form: what the form does is a test of its own."""
        request = self.context.request
        request.get("/_allauth/browser/v1/config")
        answer = request.post(
            "/_allauth/browser/v1/auth/login",
            data={"email": f"{name}@demo.example", "password": PASSWORDS[name]},
            headers=self._token(),
        )
        assert answer.ok, answer.text()

    def _token(self) -> dict[str, str]:
        cookies = {cookie["name"]: cookie["value"] for cookie in self.context.cookies()}
        return {"X-CSRFToken": cookies["csrftoken"], "Referer": self.address}

    # --- the API, as the same person ---------------------------------------------------------------------------

    def api(self, method: str, path: str, **body: Any) -> Any:
        """What the API says to this person's session."""
        answer = self.context.request.fetch(f"/api/v1{path}", method=method, headers=self._token(), data=body or None)
        assert answer.ok, answer.text()
        return answer.json()

    def place_by_api(self, symbol: str, side: str, price: str, quantity: str) -> str:
        """The id of a new limit order."""
        order = self.api("POST", "/orders", symbol=symbol, side=side, type="LIMIT", price=price, quantity=quantity)
        return str(order["id"])

    def leave_book(self, symbol: str) -> None:
        """Cancel everything of this person's there, whatever an earlier test has left."""
        self.api("DELETE", f"/orders?symbol={symbol}")

    def holdings(self) -> dict[str, tuple[Decimal, Decimal]]:
        """Available and locked by asset, as the API tells them."""
        items = self.api("GET", "/balances")["items"]
        return {item["asset"]: (Decimal(item["available"]), Decimal(item["locked"])) for item in items}

    # --- the trading screen --------------------------------------------------------------------------------------

    def open_market(self, symbol: str) -> None:
        self.page.goto(f"/trade/{symbol}")
        self.expect_live()

    @property
    def connection(self) -> Locator:
        return self.page.get_by_role("status", name="Connection")

    def expect_live(self) -> None:
        expect(self.connection).to_have_text("Live")

    @property
    def phase(self) -> Locator:
        """What is said of a market that halts or collects orders."""
        return self.page.get_by_role("region", name="State of the market")

    @property
    def form(self) -> Locator:
        return self.page.get_by_role("form", name="Order form")

    def choose(self, group: str, name: str) -> None:
        self.form.get_by_role("radiogroup", name=group).get_by_role("radio", name=name, exact=True).check()

    def place(self, side: str, *, price: str | None = None, quantity: str) -> Locator:
        """Fill in and send the order form; what it says about the outcome. Without a price, at the market's."""
        self.choose("Side", side)
        if price is None:
            self.choose("Order type", "Market")
            self.form.get_by_role("radiogroup", name="Amount in").get_by_role("radio").first.check()
        else:
            self.choose("Order type", "Limit")
            self.form.get_by_label("Price", exact=True).fill(price)
        self.form.get_by_label("Quantity", exact=True).fill(quantity)
        self.submit.click()
        return self.form.locator("[data-tone]").filter(has=self.page.locator("strong"))

    @property
    def submit(self) -> Locator:
        return self.form.get_by_role("button", name=re.compile(r"^(Buy|Sell) \w+$"))

    def book(self, side: str) -> Locator:
        """The rows of "Asks" or "Bids", from the top of the screen down."""
        return self.page.get_by_role("table", name=side).get_by_role("row")

    def expect_level(self, side: str, price: str, quantity: str) -> None:
        row = self.book(side).filter(has_text=price)
        expect(row.get_by_role("cell").nth(1)).to_have_text(quantity)

    @property
    def tape(self) -> Locator:
        """Recent trades, newest first."""
        return self.page.get_by_role("table", name="Recent trades").locator("tbody tr")

    def expect_balance(self, asset: str, available: Decimal, locked: Decimal) -> None:
        """In the little table beside the form."""
        row = self.page.get_by_role("table", name="Your balances").get_by_role("row").filter(has_text=asset)
        for cell, amount in zip(row.get_by_role("cell").all(), (available, locked), strict=True):
            expect(cell).to_have_text(re.compile(rf"^{shown(amount)}0*$"))

    def open_tab(self, name: str) -> Locator:
        """One of the tabs below the chart; its panel."""
        self.page.get_by_role("tab", name=re.compile(f"^{name}")).click()
        return self.page.get_by_role("tabpanel")

    def routed_socket(self, pattern: str, handler: Any) -> None:
        """Stand between the page and one of its sockets."""

        def connect(route: WebSocketRoute) -> None:
            handler(route, route.connect_to_server())

        self.page.route_web_socket(re.compile(pattern), connect)


def shown(amount: Decimal) -> str:
    """An amount as the page writes it: grouped, and without zeros at the end, as a pattern."""
    text = f"{amount.normalize():,f}"
    return re.escape(text) if "." in text else re.escape(text) + r"(\.0)?"
