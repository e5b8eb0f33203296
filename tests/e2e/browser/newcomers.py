"""What a newcomer does on the page before money can leave, and how it is confirmed."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.support.second_factor import App

PASSWORD = "nine-patient-otters"


def sign_up(page: Page, name: str) -> None:
    page.goto("/sign-up")
    page.get_by_label("E-mail").fill(f"{name}@example.com")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page).to_have_url(re.compile(r"/trade/"))


def activate_two_factor(page: Page, password: str) -> App:
    page.goto("/settings#two-factor")
    page.get_by_role("region", name="Two-factor authentication").get_by_role("button", name="Activate").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Password").fill(password)
    dialog.get_by_role("button", name="Continue").click()
    app = App(dialog.locator("code").inner_text().replace(" ", ""))
    dialog.get_by_role("textbox", name="Code").fill(app.code())
    dialog.get_by_role("button", name="Activate").click()
    codes = page.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    expect(codes).to_have_count(10)
    app.recovery_codes = codes.all_inner_texts()
    page.get_by_label("I have stored the codes").check()
    page.get_by_role("button", name="Done").click()
    return app


def confirm(dialog: Locator, code: str, button: str) -> None:
    dialog.get_by_role("textbox", name="Code", exact=True).fill(code)
    dialog.get_by_role("button", name=button, exact=True).click()
