"""A newcomer has play money sent over the simulated chain, sends some to somebody else, and withdraws."""

import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.browser.newcomers import PASSWORD, activate_two_factor, confirm, sign_up
from tests.e2e.browser.people import Person
from tests.support.instance import Instance

ARRIVES_MS = 180_000
VERIFIER = Path(__file__).parents[3] / "verifiers" / "verify_liabilities.py"


def test_in_over_the_faucet_and_out_again(visit: Callable[..., Person]) -> None:
    frieda = visit()
    page = frieda.page
    sign_up(page, "frieda")
    app = activate_two_factor(page, PASSWORD)
    before = frieda.holdings()["BTC"][0]

    # In: the list counts the confirmations without a reload.
    page.goto("/wallet/deposit/BTC")
    expect(page.get_by_role("img", name="QR code of your BTC address")).to_be_visible()
    page.get_by_role("button", name="Get BTC from the faucet").click()
    deposits = page.get_by_role("region", name="My deposits")
    row = deposits.get_by_role("row").filter(has_text="0.05 BTC")
    expect(row).to_contain_text(re.compile("Seen|Confirming|Credited"), timeout=ARRIVES_MS)
    expect(row).to_contain_text("Credited", timeout=ARRIVES_MS)
    assert frieda.holdings()["BTC"][0] == before + Decimal("0.05")

    # To another user, at once. A wrong code moves nothing.
    bob = visit("bob")
    bob_had = bob.holdings()["BTC"][0]
    page.goto("/wallet/transfer/BTC")
    form = page.get_by_role("form", name="Transfer", exact=True)
    form.get_by_label("To the user").fill("bob")
    form.get_by_label("Amount", exact=True).fill("0.01")
    form.get_by_role("button", name="Transfer BTC").click()
    dialog = page.get_by_role("dialog")
    frieda.is_outage_expected = True
    confirm(dialog, app.wrong_code(), "Transfer")
    expect(dialog.get_by_role("alert")).to_be_visible()
    assert bob.holdings()["BTC"][0] == bob_had
    frieda.is_outage_expected = False
    confirm(dialog, app.code(), "Transfer")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("region", name="My transfers").get_by_role("row").filter(has_text="To bob")).to_have_count(
        1
    )
    assert bob.holdings()["BTC"][0] == bob_had + Decimal("0.01")

    # Out, to an address of the same chain: bob's own.
    address = bob.api("GET", "/wallet/deposit-addresses/BTC")["items"][0]["address"]
    page.goto("/wallet/withdraw/BTC")
    form = page.get_by_role("form", name="Withdraw", exact=True)
    form.get_by_label("BTC address").fill(address)
    form.get_by_label("Name in your address book").fill("A friend")
    amount = form.get_by_label("Amount that arrives")
    amount.fill("1000")
    expect(form).to_contain_text("With the fee this is more than")
    amount.fill("0.02")
    expect(form).to_contain_text("0.0202 BTC")
    # No market here has a price, so that it is the exchange that asks for names; the address is saved by then.
    frieda.is_outage_expected = True
    form.get_by_role("button", name="Withdraw BTC").click()
    rule = form.get_by_role("group", name="Sender, recipient and purpose")
    rule.get_by_label("Your full name").fill("Frieda Example")
    rule.get_by_label("Purpose").fill("Savings")
    frieda.is_outage_expected = False
    form.get_by_role("button", name="Withdraw BTC").click()
    expect(dialog).to_contain_text(address)
    dialog.get_by_role("button", name="Never mind").click()

    withdrawals = page.get_by_role("region", name="My withdrawals")
    first = withdrawals.get_by_role("row").filter(has_text="0.02 BTC").first
    expect(first).to_contain_text("Not confirmed")
    first.get_by_role("button", name="Cancel").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop it").click()
    expect(first).to_contain_text("Cancelled")

    amount.fill("0.02")
    form.get_by_role("button", name="Withdraw BTC").click()
    confirm(dialog, app.recovery_codes[0], "Confirm")
    expect(dialog).to_be_hidden()
    expect(first).to_contain_text(re.compile("Checking|In review|Approved|Sending|Sent|Complete"))
    first.get_by_role("button", name="Details").click()
    steps = withdrawals.get_by_role("list", name="Steps").get_by_role("listitem")
    expect(steps.first).to_contain_text("Requested")
    expect(steps.nth(1)).to_contain_text("done")


def test_the_address_book_and_the_empty_screens_on_a_phone(visit: Callable[..., Person]) -> None:
    bob = visit("bob", width=390, height=844)
    page = bob.page
    page.goto("/wallet/addresses")
    expect(page.get_by_text("No addresses yet")).to_be_visible()
    page.get_by_role("button", name="Add an address").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Address", exact=True).fill("not-an-address")
    bob.is_outage_expected = True
    dialog.get_by_role("button", name="Save the address").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    bob.is_outage_expected = False
    dialog.get_by_role("button", name="Never mind").click()

    page.goto("/wallet/withdraw/BTC")
    expect(page.get_by_text("Withdrawals need two-factor authentication.")).to_be_visible()
    expect(page.get_by_role("region", name="My limits")).to_contain_text("left")
    for path in ("/wallet", "/wallet/deposit", "/wallet/withdraw", "/wallet/transfer", "/wallet/addresses"):
        page.goto(path)
        expect(page.get_by_role("navigation", name="Wallet")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is wider than the phone"


def test_everybody_sees_what_is_owed_and_owners_check_their_part(
    visit: Callable[..., Person], stack: Instance, tmp_path: Path
) -> None:
    for _ in range(2):
        assert stack.run("manage", "prove_liabilities").returncode == 0
    stranger = visit().page
    stranger.goto("/proof-of-liabilities")
    owed = stranger.get_by_role("table", name="Liabilities and reserves by asset")
    expect(owed.get_by_role("row").filter(has_text="BTC")).to_be_visible()
    expect(stranger.get_by_role("link", name="Sign in to check yours")).to_be_visible()
    expect(stranger.get_by_role("link", name="Download published-")).to_be_visible()
    expect(stranger.get_by_role("navigation", name="Wallet")).to_have_count(0)

    # Not the latest one, and with the verifier that needs no exchange.
    alice = visit("alice").page
    alice.goto("/proof-of-liabilities")
    older = alice.get_by_label("Published").locator("option").nth(1).get_attribute("value")
    alice.get_by_label("Published").select_option(older)
    alice.get_by_role("button", name="Check my balances").click()
    result = alice.get_by_role("status", name="Result")
    expect(result.get_by_text("Counted")).to_have_count(4)
    expect(result.get_by_text("Not proven")).to_have_count(0)
    mine = alice.get_by_role("region", name="My balances in the proof")
    for name in (f"published-{older}.json", f"mine-{older}.json"):
        with alice.expect_download() as download:
            mine.get_by_role("link", name=f"Download {name}").click()
        assert download.value.suggested_filename == name
        download.value.save_as(tmp_path / name)
    command = mine.get_by_text("python3 verify_liabilities.py").inner_text().split()
    assert command[2:] == [f"published-{older}.json", f"mine-{older}.json"]
    verified = subprocess.run([sys.executable, VERIFIER, *command[2:]], cwd=tmp_path, capture_output=True, text=True)
    assert (verified.returncode, verified.stdout.splitlines()[-1]) == (0, "OK")

    newcomer = visit().page
    sign_up(newcomer, "henry")
    newcomer.goto("/proof-of-liabilities")
    newcomer.get_by_role("button", name="Check my balances").click()
    nothing = newcomer.get_by_role("status", name="Result")
    expect(nothing).to_contain_text("If you owned anything here on")
    expect(nothing).to_contain_text("it was left out")
