"""An exchange that asks for a code by e-mail beside that of the app: money leaves with both and not with one."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from email import message_from_bytes
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.browser.conftest import browsers_at
from tests.e2e.browser.newcomers import PASSWORD, activate_two_factor, confirm, sign_up
from tests.e2e.browser.people import PASSWORDS, Person
from tests.support.instance import Instance, end, open_to_others

TRAVEL_RULE = {"originator": {"name": "Greta"}, "beneficiary": {"name": "Greta"}, "purpose": "Savings"}


@pytest.fixture(scope="module")
def careful_stack(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory, fill_home: Callable[[Path], None]
) -> Iterator[Instance]:
    """The other one of this package cannot be asked: what needs a code is settled at the start."""
    folder: Path = tmp_path_factory.mktemp("careful")
    open_to_others(folder)
    fill_home(folder / "home")
    instance = Instance(folder / "home", "--no-bots", EMAIL_CODE_PURPOSES="withdrawal")
    instance.start()
    yield instance
    end(instance)


@pytest.fixture
def visit(chromium: Browser, careful_stack: Instance) -> Iterator[Callable[..., Person]]:
    yield from browsers_at(chromium, careful_stack)


def test_a_withdrawal_takes_the_code_from_the_mail_and_that_of_the_app(
    visit: Callable[..., Person], careful_stack: Instance
) -> None:
    greta, bob = visit(), visit("bob")
    page = greta.page
    sign_up(page, "greta")
    app = activate_two_factor(page, PASSWORD)
    address = bob.api("GET", "/wallet/deposit-addresses/BTC")["items"][0]["address"]
    greta.api(
        "POST",
        "/wallet/withdrawals",
        request_id="w1",
        asset="BTC",
        network="SIM",
        amount="0.02",
        address=address,
        travel_rule=TRAVEL_RULE,
    )
    locked_before = greta.holdings()["BTC"][1]

    page.goto("/wallet/withdraw/BTC")
    row = page.get_by_role("region", name="My withdrawals").get_by_role("row").filter(has_text="0.02 BTC")
    row.get_by_role("button", name="Confirm").click()
    dialog = page.get_by_role("dialog")
    code = app.code()
    dialog.get_by_role("textbox", name="Code", exact=True).fill(code)
    expect(dialog.get_by_role("button", name="Confirm", exact=True)).to_be_disabled()
    mailed = have_sent(dialog, careful_stack, "greta@example.com", "withdrawal of 0.02 BTC")

    greta.is_outage_expected = True  # of refusals the console complains
    dialog.get_by_role("button", name="Send another").click()
    expect(dialog.get_by_role("alert")).to_contain_text("A code was sent a short while ago")
    expect(dialog.get_by_role("button", name=re.compile(r"^Again in 0:\d\d$"))).to_be_disabled()
    dialog.get_by_label("Code from the e-mail").fill(f"{(int(mailed) + 1) % 10**6:06}")
    confirm(dialog, code, "Confirm")
    expect(dialog).to_contain_text("The code from the e-mail is wrong or too old.")
    greta.is_outage_expected = False
    expect(row).to_contain_text("Not confirmed")
    assert greta.holdings()["BTC"][1] == locked_before

    # The code of the app was not used up by that.
    dialog.get_by_label("Code from the e-mail").fill(mailed)
    dialog.get_by_role("button", name="Confirm", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(row).to_contain_text(re.compile("Checking|In review|Approved|Sending|Sent|Complete"))


def test_so_does_a_transfer(visit: Callable[..., Person], careful_stack: Instance) -> None:
    bob, alice = visit("bob"), visit("alice")
    app = activate_two_factor(bob.page, PASSWORDS["bob"])
    had = alice.holdings()["BTC"][0]
    bob.page.goto("/wallet/transfer/BTC")
    form = bob.page.get_by_role("form", name="Transfer", exact=True)
    form.get_by_label("To the user").fill("alice")
    form.get_by_label("Amount", exact=True).fill("0.01")
    form.get_by_role("button", name="Transfer BTC").click()
    dialog = bob.page.get_by_role("dialog")
    mailed = have_sent(dialog, careful_stack, "bob@demo.example", "transfer to another user")

    # Closed by mistake and opened again it is the same transfer.
    dialog.get_by_role("button", name="Never mind").click()
    form.get_by_role("button", name="Transfer BTC").click()
    dialog.get_by_label("Code from the e-mail").fill(mailed)
    confirm(dialog, app.code(), "Transfer")
    expect(dialog).to_be_hidden()
    assert alice.holdings()["BTC"][0] == had + Decimal("0.01")


def have_sent(dialog: Locator, stack: Instance, email: str, what: str) -> str:
    """The code of the mail that the button has sent."""
    dialog.get_by_role("button", name="Send a code").click()
    expect(dialog).to_contain_text("Sent. Good until")
    bodies = [
        str(message.get_payload())
        for path in (stack.home / "mail").iterdir()
        if (message := message_from_bytes(path.read_bytes()))["To"] == email
    ]
    (body,) = [body for body in bodies if f"This is your code for: {what}" in body]
    (code,) = re.findall(r"^\d{6}$", body, re.M)
    return str(code)
