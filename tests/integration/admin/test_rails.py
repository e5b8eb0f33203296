"""Staff pages of rails: what is asked before what is done, who may, and that a secret is shown once."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiKey, StaffAction, User
from ledger.models import Asset
from matching.listing import list_asset
from tests.integration.admin.conftest import client_of, staff_member
from tests.support import funds
from tests.support.second_factor import App, activate_app
from tests.support.staff_pages import as_shown, save
from tests.support.told_rail import ToldRail
from wallet.core.operations import Suspense
from wallet.models import (
    Adjustment,
    BankStatementImport,
    Deposit,
    IngestGrant,
    PaymentFile,
    Rail,
    RailAsset,
    RailCredential,
    RailKind,
    Reconciliation,
)
from wallet.rails.bank import reference_of
from wallet.services import operations
from wallet.services.adjustments import AdjustmentLine, approve_adjustment, request_adjustment
from wallet.services.claims import agree_to_resolution, propose_resolution
from wallet.services.rails import save_rail

OURS = "DE89370400440532013000"
YES = {"_confirmed": "1", "reason": "as the test says"}
told: Any = None


@pytest.fixture(autouse=True)
def far_end(monkeypatch: pytest.MonkeyPatch, settings: Any, db: None) -> Iterator[ToldRail]:
    made = ToldRail({"BTC": "0"})
    monkeypatch.setattr(operations, "wake_processor", lambda: None)
    monkeypatch.setitem(globals(), "told", made)
    path = "tests.integration.admin.test_rails.told"
    settings.RAIL_ADAPTERS = settings.RAIL_ADAPTERS | {RailKind.PROCESSOR: path}
    return made  # type: ignore[return-value]


@pytest.fixture
def cards() -> Rail:
    return funds.open_rail("cards", kind=RailKind.PROCESSOR)


@pytest.fixture
def app(superuser: User) -> App:
    return activate_app(superuser)


def action(model: str, name: str, key: Any = None) -> str:
    return reverse(f"admin:wallet_{model}_{name}", args=[] if key is None else [key])


def with_code(app: App, fields: dict[str, Any]) -> dict[str, Any]:
    return fields | {"second_factor_code": app.recovery_codes.pop()}


def settings_of(code: str) -> Any:
    return Rail.objects.get(code=code).settings


NO_INLINES = {"assets-TOTAL_FORMS": "0", "assets-INITIAL_FORMS": "0"}
NEW_BANK = {"code": "b2", "name": "Bank", "kind": "bank", "is_enabled": "on", "reason": "a second bank"}


def test_a_rail_is_added_and_changed_with_a_reason_and_a_code(admin: Client, app: App) -> None:
    page = reverse("admin:wallet_rail_add")
    fields = NEW_BANK | {"settings": f'{{"iban": "{OURS}"}}'}
    admin.post(page, with_code(app, fields | {"reason": ""}))
    admin.post(page, fields)
    admin.post(page, fields | {"second_factor_code": app.wrong_code()})
    assert not Rail.objects.filter(code="b2").exists()
    admin.post(page, with_code(app, fields))
    assert settings_of("b2") == {"iban": OURS}
    assert StaffAction.objects.get(subject="b2").action == "add rail"
    page = reverse("admin:wallet_rail_change", args=["b2"])
    changed = NO_INLINES | {"name": "Other bank", "settings": f'{{"iban": "{OURS}"}}', "reason": "renamed"}
    save(admin, page, changed)
    assert Rail.objects.get(code="b2").name == "Bank"
    save(admin, page, with_code(app, changed))
    rail = Rail.objects.get(code="b2")
    assert (rail.name, rail.is_enabled) == ("Other bank", False)


def test_an_account_of_ours_is_kept_in_its_one_spelling(admin: Client, app: App) -> None:
    page = reverse("admin:wallet_rail_add")
    answer = admin.post(page, with_code(app, NEW_BANK | {"settings": '{"iban": "DE00"}'}), follow=True)
    assert "Settings: iban: " in answer.content.decode()
    assert not Rail.objects.filter(code="b2").exists()
    admin.post(page, with_code(app, NEW_BANK | {"settings": '{"iban": "de89 3704 0044 0532 0130 00", "bic": "X"}'}))
    assert settings_of("b2") == {"iban": OURS, "bic": "X"}


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        (RailKind.SIMULATED_CHAIN, "[]"),
        (RailKind.SIMULATED_CHAIN, "1"),
        (RailKind.BANK, ""),
        (RailKind.CUSTODY, ""),
        (RailKind.CUSTODY, '{"exchange": ["okx"], "users_apart_by": "claim"}'),
        (RailKind.CUSTODY, '{"exchange": "okx", "users_apart_by": "claim", "networks": ["BTC"]}'),
    ],
)
def test_settings_that_no_rail_could_work_with_are_refused(admin: Client, app: App, kind: str, kept: str) -> None:
    fields = NEW_BANK | {"kind": kind, "settings": kept}
    answer = admin.post(reverse("admin:wallet_rail_add"), with_code(app, fields), follow=True)
    assert "This cannot be set. Settings: " in answer.content.decode()
    assert not Rail.objects.filter(code="b2").exists()


def test_no_settings_are_empty_ones(admin: Client, app: App, cards: Rail) -> None:
    page = reverse("admin:wallet_rail_change", args=["cards"])
    save(admin, page, with_code(app, NO_INLINES | {"name": "Cards", "settings": "", "reason": "x"}))
    assert (Rail.objects.get().name, settings_of("cards")) == ("Cards", {})


def test_a_rail_that_was_switched_off_meanwhile_stays_off(admin: Client, app: App, cards: Rail) -> None:
    page = reverse("admin:wallet_rail_change", args=["cards"])
    renamed = NO_INLINES | {"name": "Cards", "is_enabled": "on", "settings": "{}", "reason": "renamed"}
    renamed |= as_shown(admin, page)
    save_rail(rail=_switched_off(cards), is_new=False, by=User.objects.get(username="staff"), reason="emergency")
    answer = admin.post(page, with_code(app, renamed))
    assert "Somebody changed this meanwhile" in answer.content.decode()
    assert list(Rail.objects.values_list("name", "is_enabled")) == [("cards", False)]


def _switched_off(rail: Rail) -> Rail:
    rail.is_enabled = False
    return rail


def terms_fields(**changes: str) -> dict[str, str]:
    amounts = ("min_deposit", "min_withdrawal", "withdrawal_fee", "auto_approve_limit", "hot_limit", "hot_target")
    fields = dict.fromkeys(amounts, "0")
    fields |= {"network": "CARDS", "confirmations": "2", "send_decimals": "8", "address_format": "", "reason": "x"}
    return fields | changes


def test_terms_of_an_asset_are_checked(admin: Client, app: App, cards: Rail) -> None:
    terms = RailAsset.objects.get(rail=cards, asset__symbol="BTC")
    page = reverse("admin:wallet_railasset_change", args=[terms.pk])
    for wrong, said in (
        ({"address_format": "no-such-format"}, "This network is not supported"),
        ({"send_decimals": "13"}, "Send decimals: At most 12"),
        ({"confirmations": "0"}, "At least 1."),
        ({"withdrawal_fee": "-1"}, "Withdrawal fee: Not below zero"),
        ({"withdrawal_fee": "0.0000000000001"}, "Withdrawal fee: At most 12 decimals"),
        ({"hot_target": "1.0000000000001"}, "Hot target: At most 12 decimals"),
    ):
        answer = save(admin, page, with_code(app, terms_fields(**wrong)), follow=True)
        assert said in answer.content.decode(), wrong
    save(admin, page, terms_fields())
    save(admin, page, terms_fields(second_factor_code=app.wrong_code()))
    terms.refresh_from_db()
    assert terms.confirmations == 1
    save(admin, page, with_code(app, terms_fields(withdrawal_fee="0.000000000001")))
    terms.refresh_from_db()
    assert (terms.confirmations, terms.withdrawal_fee) == (2, Decimal("0.000000000001"))


def test_a_network_that_was_changed_meanwhile_stays_so(admin: Client, app: App, cards: Rail) -> None:
    terms = RailAsset.objects.get(rail=cards, asset__symbol="BTC")
    page = reverse("admin:wallet_railasset_change", args=[terms.pk])
    opened = as_shown(admin, page)
    RailAsset.objects.filter(pk=terms.pk).update(withdrawals_enabled=False, auto_approve_limit=1)
    answer = admin.post(page, with_code(app, terms_fields(withdrawals_enabled="on") | opened))
    assert "Somebody changed this meanwhile" in answer.content.decode()
    terms.refresh_from_db()
    assert (terms.withdrawals_enabled, terms.auto_approve_limit, terms.confirmations) == (False, 1, 1)


def test_an_ingest_key_takes_a_fresh_code_and_is_shown_once(admin: Client, app: App, cards: Rail) -> None:
    User.objects.create_user("machine@example.com", "machine", "a-long-enough-password")
    page = action("rail", "grant", "cards")
    fields = YES | {"user": "machine", "label": "cards", "daily_cap": "1000", "four_eyes_above": "100"}
    admin.post(page, fields | {"second_factor_code": app.wrong_code()})
    assert not IngestGrant.objects.exists()
    answer = admin.post(page, fields | {"second_factor_code": app.code()})
    key = ApiKey.objects.get()
    assert key.scopes == ["funds:ingest"]
    assert key.secret in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert key.secret not in admin.get(reverse("admin:wallet_rail_change", args=["cards"])).content.decode()


def test_keys_of_a_rail_are_kept_and_never_shown(admin: Client, app: App, cards: Rail) -> None:
    fields = YES | {"api_key": "a-key-of-theirs", "api_secret": "a-secret-of-theirs", "passphrase": ""}
    admin.post(action("rail", "set_keys", "cards"), fields | {"second_factor_code": app.code()})
    assert RailCredential.objects.get().api_secret == "a-secret-of-theirs"
    text = admin.get(reverse("admin:wallet_rail_change", args=["cards"])).content.decode()
    assert "of-theirs" not in text
    assert "of-theirs" not in str(list(StaffAction.objects.values()))


def test_a_rail_is_reconciled_by_a_button(admin: Client, cards: Rail, far_end: ToldRail) -> None:
    page = action("rail", "reconcile", "cards")
    assert admin.get(page).status_code == 200
    assert not Reconciliation.objects.exists()
    admin.post(page)
    assert Reconciliation.objects.get().is_even
    far_end.holds = None
    assert admin.post(page).status_code == 302
    assert Reconciliation.objects.count() == 1


def bank() -> Rail:
    euro = list_asset(symbol="EUR", name="Euro", scale=2, display_decimals=2)
    made = Rail.objects.create(
        code="bank", name="Bank", kind=RailKind.BANK, settings={"iban": OURS, "holder": "Bourse", "currency": "EUR"}
    )
    RailAsset.objects.create(rail=made, asset=euro, network="SEPA", address_format="iban")
    return made


def test_a_statement_is_imported_and_a_file_downloaded(admin: Client, app: App) -> None:
    bank()
    columns = "external_id,booking_date,direction,amount,currency,reference"
    content = f"{columns}\ne1,2026-11-20,CREDIT,10.00,EUR,{reference_of(funds.account_id('owner'))}\n"
    fields = YES | {"rail": "bank", "file_format": "csv", "closing_balance": "10.00"}
    admin.post(
        action("bankstatementimport", "bring_in"), fields | {"file": SimpleUploadedFile("s.csv", content.encode())}
    )
    assert BankStatementImport.objects.get().entries_new == 1
    assert Deposit.objects.get().amount == 10

    from wallet.core.operations import Party
    from wallet.rails.registry import adapter_of

    party = Party("bank_transfer", account="NL91ABNA0417164300", user="Ola Nordmann")
    adapter_of(Rail.objects.get(code="bank")).payout(
        payout_id="w1", asset="EUR", network="SEPA", amount=Decimal("5"), destination=party
    )
    admin.post(action("paymentfile", "make"), YES | {"rail": "bank"})
    made = PaymentFile.objects.get()
    assert admin.get(action("paymentfile", "download", made.pk)).headers["Content-Type"].startswith("text/html")
    answer = admin.post(action("paymentfile", "download", made.pk), YES)
    assert answer.content == bytes(made.content)
    confirmed = {"bank_reference": "B1", "second_factor_code": app.code()}
    admin.post(action("paymentfile", "confirm", made.pk), YES | confirmed)
    assert made.payouts.get().state == "PAID"


def test_an_adjustment_takes_two_people(admin: Client, app: App) -> None:
    owner, own = funds.account_id("owner"), funds.account_id("colleague")
    asset = Asset.objects.get(symbol="BTC")
    fields = YES | {"asset": str(asset.pk), "lines": f"{owner} -1\n{own} 1"}
    admin.post(action("adjustment", "ask"), fields | {"lines": f"{owner} -1"})
    assert not Adjustment.objects.exists()
    admin.post(action("adjustment", "ask"), fields)
    asked = Adjustment.objects.get()
    page = action("adjustment", "approve", asked.pk)
    admin.post(page, YES | {"second_factor_code": app.code()})
    asked.refresh_from_db()
    assert asked.is_approved is None
    second = User.objects.create_superuser("second@example.com", "second", "a-long-enough-password")
    client_of(second).post(page, YES | {"second_factor_code": activate_app(second).code()})
    funds.process()
    assert funds.balance("owner") == (99, 0)


def test_what_the_processor_made_of_an_adjustment_is_shown(admin: Client) -> None:
    owner, own = funds.account_id("owner"), funds.account_id("colleague")
    first, second = (
        User.objects.create_superuser(f"{name}@example.com", name, "a-long-enough-password") for name in ("1st", "2nd")
    )
    lines = [AdjustmentLine(owner, Decimal(-1000)), AdjustmentLine(own, Decimal(1000))]
    asked = request_adjustment(asset=Asset.objects.get(symbol="BTC"), lines=lines, by=first, reason="too much")
    pages = [reverse("admin:wallet_adjustment_changelist"), reverse("admin:wallet_adjustment_change", args=[asked.pk])]

    def shown() -> str:
        texts = [admin.get(page).content.decode() for page in pages]
        (found,) = {
            next(text for text in ("not processed yet", "INSUFFICIENT_BALANCE", "") if text in page) for page in texts
        }
        return found

    assert shown() == ""
    approve_adjustment(adjustment_id=asked.pk, by=second, reason="agreed")
    assert shown() == "not processed yet"
    funds.process()
    assert shown() == "INSUFFICIENT_BALANCE"


@pytest.mark.parametrize(("state", "became"), [("active", "done"), ("closed", "ACCOUNT_CLOSED")])
def test_a_decision_about_a_deposit_says_what_became_of_it(
    admin: Client, superuser: User, cards: Rail, state: str, became: str
) -> None:
    deposit = Deposit.objects.create(
        rail=cards,
        asset=Asset.objects.get(symbol="BTC"),
        external_tx_id="lost",
        amount=1,
        state="SUSPENSE",
        seen_at=timezone.now(),
    )
    common: dict[str, Any] = {"asset": "BTC", "amount": Decimal(1), "rail": "cards", "deposit_id": deposit.pk}
    suspense = Suspense(request_id="s", external_tx_id="lost", output_index=0, reason="UNKNOWN_OWNER", **common)
    assert funds.carry_out(suspense).code == ""
    colleague = User.objects.get(username="colleague")
    proposed = propose_resolution(
        deposit_id=deposit.pk, account_id=funds.account_id("owner"), by=colleague, reason="theirs"
    )
    pages = [
        reverse("admin:wallet_suspenseresolution_change", args=[proposed.pk]),
        reverse("admin:wallet_suspenseresolution_changelist"),
    ]
    agree_to_resolution(resolution_id=proposed.pk, by=superuser, reason="agreed")
    for page in pages:
        assert "not processed yet" in admin.get(page).content.decode()
    User.objects.filter(username="owner").update(state=state)
    funds.process()
    for page in pages:
        assert became in admin.get(page).content.decode()


def test_who_has_no_right_can_do_nothing(cards: Rail) -> None:
    pages = [
        action("rail", "grant", "cards"),
        action("rail", "set_keys", "cards"),
        action("rail", "reconcile", "cards"),
        action("bankstatementimport", "bring_in"),
        action("paymentfile", "make"),
        action("adjustment", "ask"),
        reverse("admin:wallet_rail_add"),
    ]
    for who in ("Auditor", "Support"):
        browser = client_of(staff_member(who.lower(), who))
        for page in pages:
            assert browser.get(page).status_code == 403, (who, page)
            assert browser.post(page, YES).status_code == 403, (who, page)
    payments = client_of(staff_member("payments", "Payments"))
    assert payments.get(action("rail", "reconcile", "cards")).status_code == 200
    assert payments.get(action("rail", "set_keys", "cards")).status_code == 403
