"""A newcomer activates two-factor authentication, and signs in with it in another browser."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.browser.people import Person
from tests.support.second_factor import App

EMAIL = "nadia@example.com"
PASSWORD = "five-patient-otters"


def test_from_the_settings_to_a_sign_in_elsewhere(visit: Callable[..., Person]) -> None:
    page = visit().page
    page.goto("/sign-up")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("User name").fill("nadia")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page).to_have_url(re.compile(r"/trade/"))

    page.goto("/settings#two-factor")
    section = page.get_by_role("region", name="Two-factor authentication")
    section.get_by_role("button", name="Activate").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Continue").click()
    expect(dialog.get_by_role("img", name="QR code with the key")).to_be_visible()
    app = App(dialog.locator("code").inner_text().replace(" ", ""))
    dialog.get_by_role("textbox", name="Code").fill(app.code())
    dialog.get_by_role("button", name="Activate").click()
    codes = page.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    expect(codes).to_have_count(10)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert codes.first.inner_text() in download.value.path().read_text()
    recovery_code = codes.first.inner_text()
    page.get_by_label("I have stored the codes").check()
    page.get_by_role("button", name="Done").click()
    expect(section).to_contain_text("Active")
    expect(section).to_contain_text("10 left")

    elsewhere = visit(width=390, height=844)
    # With the right password and no code yet the answer is a 401, which browsers complain of.
    elsewhere.is_outage_expected = True
    elsewhere.page.goto("/sign-in")
    elsewhere.page.get_by_label("E-mail").fill(EMAIL)
    elsewhere.page.get_by_label("Password", exact=True).fill(PASSWORD)
    elsewhere.page.get_by_role("button", name="Sign in").click()
    expect(elsewhere.page.get_by_role("heading", name="Two-factor code")).to_be_visible()
    elsewhere.page.get_by_role("textbox", name="Code").fill(recovery_code)
    elsewhere.page.get_by_role("button", name="Sign in").click()
    expect(elsewhere.page).to_have_url(re.compile(r"/trade/"))
    expect(elsewhere.page.get_by_role("button", name="Account")).to_be_visible()

    page.reload()
    expect(section).to_contain_text("9 left")
