"""Every page of the admin opens for whoever may see it, with few queries, and for nobody else; nothing is deleted."""

from typing import Any

import pytest
from django.contrib import admin as django_admin
from django.core.management import call_command
from django.db import connection, models
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccountChange, SelfTradeGroup, User
from accounts.services import create_api_key
from accounts.staff import record_staff_action
from exchange.notices.services import write_notice
from ledger.verification import verify_ledger
from matching.fees.exceptions import make_fee_exception
from matching.figures import sum_up_trades
from matching.models import Order, QuarantinedCommand, Trade
from matching.trade_busts import request_bust
from matching.worker.checkpoints import take_checkpoints
from risk.models import Detector, RiskEventType, Severity
from risk.services import record_risk_event
from storage.admin.base import HistoryAdmin
from storage.models import AppendOnlyModel
from tests.integration.admin.conftest import client_of, staff_member
from tests.support.exchange import Exchange
from tests.support.filled_rails import fill_rails
from tests.support.filled_venues import fill_venues
from tests.support.random_flow import log_flow
from tests.support.second_factor import activate_app
from tests.support.withdrawals import leave_withdrawals
from wallet.models import BalanceOperation
from wallet.processor.parking import park_operation
from wallet.proofs.liabilities import prove_liabilities

MOST_QUERIES = 40

REGISTERED = {
    "accounts.accountchange",
    "accounts.apikey",
    "accounts.secondfactorattempt",
    "accounts.selftradegroup",
    "accounts.staffaction",
    "accounts.user",
    "admin.logentry",
    "auth.group",
    "django_celery_beat.crontabschedule",
    "django_celery_beat.intervalschedule",
    "django_celery_beat.periodictask",
    "ledger.account",
    "ledger.asset",
    "ledger.balance",
    "ledger.chainlink",
    "ledger.journalentry",
    "ledger.posting",
    "ledger.verificationrun",
    "ledger.writer",
    "matching.batch",
    "matching.checkpoint",
    "matching.command",
    "matching.feeexception",
    "matching.feetier",
    "matching.market",
    "matching.order",
    "matching.outcome",
    "matching.quarantinedcommand",
    "matching.shard",
    "matching.trade",
    "matching.tradebust",
    "matching.userevent",
    "notices.notice",
    "risk.riskevent",
    "risk.riskpolicy",
    "venues.addressactivitylog",
    "venues.addressmark",
    "venues.addresssynclog",
    "venues.depositaddress",
    "venues.exchangeaccount",
    "venues.supportedexchange",
    "wallet.adjustment",
    "wallet.balanceoperation",
    "wallet.bankentry",
    "wallet.bankpayout",
    "wallet.bankstatementimport",
    "wallet.deposit",
    "wallet.depositclaim",
    "wallet.ingestgrant",
    "wallet.killswitch",
    "wallet.liabilitysnapshot",
    "wallet.parkedoperation",
    "wallet.paymentfile",
    "wallet.rail",
    "wallet.railasset",
    "wallet.receivingaddress",
    "wallet.reconciliation",
    "wallet.reconciliationdifference",
    "wallet.referenceprice",
    "wallet.savedaddress",
    "wallet.suspenseresolution",
    "wallet.sweepproposal",
    "wallet.withdrawal",
    "wallet.withdrawallimit",
}
"""A model that is to be seen by staff is added here on purpose, after a look at what its page shows and allows."""

MAY_CHANGE = {
    "accounts.user",
    "auth.group",
    "ledger.asset",
    "risk.riskpolicy",
    "django_celery_beat.periodictask",
    "django_celery_beat.intervalschedule",
    "django_celery_beat.crontabschedule",
    "notices.notice",
    "wallet.rail",
    "wallet.railasset",
}
MAY_ADD = {
    "accounts.selftradegroup",
    "auth.group",
    "ledger.asset",
    "notices.notice",
    "wallet.rail",
    "wallet.railasset",
}


def label_of(model: type[models.Model]) -> str:
    return str(model._meta.label_lower)


def all_models() -> list[type[models.Model]]:
    reverse("admin:index")  # loads the addresses, and with them the pages
    return sorted(django_admin.site._registry, key=label_of)


def list_page(model: type[models.Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def row_page(model: type[models.Model], key: Any, page: str = "change") -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=[key])


@pytest.fixture
def filled(exchange: Exchange) -> Exchange:
    """An exchange with at least one row of everything."""
    log_flow(exchange, 60, seed=5)
    exchange.worker()
    exchange.run()
    take_checkpoints(exchange.worker())
    sum_up_trades()
    verify_ledger(record=True)
    owner, staff = exchange.user("owner"), exchange.user("staff")
    create_api_key(user=owner, label="robot", scopes=["read"])
    SelfTradeGroup.objects.create(name="one desk")
    make_fee_exception(by=staff, user=owner, maker_ppm=0, taker_ppm=100, reason="test")
    record_staff_action(by=staff, subject_kind="market", subject="BTC-USDT", action="state", reason="test")
    request_bust(trade_id=Trade.objects.latest("pk").pk, by=staff, reason="test")
    order = Order.objects.latest("pk")
    QuarantinedCommand.objects.create(
        command_id=order.pk, shard=exchange.market().shard, market=exchange.market(), is_held=True, error="boom"
    )
    record_risk_event(
        event_type=RiskEventType.SUSPICIOUS_ACTIVITY,
        severity=Severity.HIGH,
        detector=Detector.WASH_TRADING,
        fingerprint="sample",
        description="sample",
        first_seen_at=timezone.now(),
        last_seen_at=timezone.now(),
        metadata={"figures": {"share_ppm": 1, "traders": str(order.account_id)}, "orders": [order.pk], "note": "x"},
        user=owner,
        accounts=[exchange.account("owner").pk],
        market="BTC-USDT",
    )
    write_notice(
        by=staff,
        reason="test",
        kind="INFO",
        severity="INFO",
        title="A new market",
        text="",
        starts_at=timezone.now(),
        ends_at=None,
        markets=[exchange.market()],
        assets=[],
    )
    activate_app(owner)
    leave_withdrawals()
    prove_liabilities()
    fill_rails(exchange)
    fill_venues(owner, staff)
    park_operation(operation_id=BalanceOperation.objects.latest("pk").pk, error="boom")
    _schedule()
    return exchange


def _schedule() -> None:
    from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

    interval = IntervalSchedule.objects.create(every=5, period="seconds")
    CrontabSchedule.objects.create(minute="5")
    PeriodicTask.objects.create(name="sign", task="ledger.tasks.sign_chain_heads", interval=interval)


@pytest.fixture
def short_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """One row a page, where it is the query that is tested and not how rows look."""
    for model_admin in django_admin.site._registry.values():
        monkeypatch.setattr(model_admin, "list_per_page", 1)


def test_only_what_was_chosen_is_registered() -> None:
    assert {label_of(model) for model in all_models()} == REGISTERED


def test_every_page_opens_on_a_filled_exchange(filled: Exchange) -> None:
    admin = client_of(filled.user("staff"))
    admin.post(reverse("admin:accounts_user_change", args=[filled.user("owner").pk]), {})
    _log_something(filled)
    for model in all_models():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = admin.get(list_page(model))
        assert response.status_code == 200, label_of(model)
        assert len(queries) <= MOST_QUERIES, label_of(model)
        row = model._default_manager.order_by("pk").last()
        assert row is not None, f"{label_of(model)} has no row to look at"
        with CaptureQueriesContext(connection) as queries:
            response = admin.get(row_page(model, row.pk))
        assert response.status_code == 200, label_of(model)
        assert len(queries) <= MOST_QUERIES, label_of(model)
        assert admin.get(row_page(model, row.pk, "history")).status_code == 200, label_of(model)


def _log_something(exchange: Exchange) -> None:
    from django.contrib.admin.models import CHANGE, LogEntry

    LogEntry.objects.log_actions(
        exchange.user("staff").pk, [exchange.market()], CHANGE, change_message="test", single_object=True
    )


def test_every_list_opens_on_an_empty_exchange(admin: Client) -> None:
    for model in all_models():
        assert admin.get(list_page(model)).status_code == 200, label_of(model)


def test_every_search_answers(filled: Exchange, short_lists: None) -> None:
    terms = ["owner", "OWNER@example.com", "own", "no-such-name", "17", "9" * 30, "'; --", "\N{DEVANAGARI DIGIT FIVE}"]
    for model in all_models():
        for term in terms:
            request = RequestFactory().get("/", {"q": term})
            request.user = filled.user("staff")
            list(django_admin.site._registry[model].get_changelist_instance(request).result_list)


def test_a_search_finds_rows_by_number_and_by_owner(filled: Exchange) -> None:
    admin = client_of(filled.user("staff"))
    order = Order.objects.filter(account=filled.account("owner")).latest("pk")

    def results(name: str, term: str) -> set[Any]:
        response = admin.get(reverse(f"admin:{name}_changelist"), {"q": term})
        return {row.pk for row in response.context["cl"].result_list}

    assert results("matching_order", str(order.pk)) == {order.pk}
    assert results("matching_command", str(order.pk)) == {order.pk}
    owners = set(Order.objects.filter(account=filled.account("owner")).values_list("pk", flat=True))
    assert results("matching_order", "owner") == owners
    assert results("matching_order", "nobody-at-all") == set()
    assert results("ledger_journalentry", "owner")
    assert results("ledger_balance", "owner@example.com")


def test_every_filter_answers(filled: Exchange, short_lists: None) -> None:
    """What a filter asks of the database; that pages can be drawn is tested above."""
    request = RequestFactory().get("/")
    request.user = filled.user("staff")
    for model in all_models():
        model_admin = django_admin.site._registry[model]
        changelist = model_admin.get_changelist_instance(request)
        for spec in changelist.filter_specs:
            for choice in spec.choices(changelist):
                filtered = RequestFactory().get(f"/{choice.get('query_string', '')}")
                filtered.user = request.user
                list(model_admin.get_changelist_instance(filtered).result_list)


def test_history_is_never_counted(filled: Exchange) -> None:
    admin = client_of(filled.user("staff"))
    for model in all_models():
        if issubclass(model, AppendOnlyModel):
            assert isinstance(django_admin.site._registry[model], HistoryAdmin), label_of(model)
            with CaptureQueriesContext(connection) as queries:
                admin.get(list_page(model))
            counts = [
                query["sql"] for query in queries if "COUNT(" in query["sql"] and model._meta.db_table in query["sql"]
            ]
            assert counts == [], label_of(model)


def test_an_entry_shows_its_postings(filled: Exchange) -> None:
    from ledger.models import JournalEntry, Posting

    entry = JournalEntry.objects.latest("pk")
    expected = set(Posting.objects.filter(entry=entry).values_list("pk", flat=True))
    response = client_of(filled.user("staff")).get(row_page(JournalEntry, entry.pk))
    (formset,) = response.context["inline_admin_formsets"]
    assert {form.instance.pk for form in formset.formset.forms} == expected != set()


def test_nothing_can_be_deleted_or_added_and_history_not_changed(filled: Exchange) -> None:
    """Also for a superuser: the page to delete answers 403, a changed form is not saved, and no list action deletes."""
    admin = client_of(filled.user("staff"))
    for model in all_models():
        if label_of(model).startswith("django_celery_beat."):
            continue
        row = model._default_manager.order_by("pk").last()
        if row is None:
            continue
        before = list(model._default_manager.order_by("pk").values_list())
        assert admin.post(row_page(model, row.pk, "delete"), {"post": "yes"}).status_code == 403, label_of(model)
        if label_of(model) not in MAY_CHANGE:
            assert admin.post(row_page(model, row.pk), {"_save": "Save"}).status_code == 403, label_of(model)
        if label_of(model) not in MAY_ADD:
            add = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
            assert admin.post(add, {}).status_code == 403, label_of(model)
        admin.post(list_page(model), {"action": "delete_selected", "_selected_action": [str(row.pk)], "post": "yes"})
        assert list(model._default_manager.order_by("pk").values_list()) == before, label_of(model)


@pytest.mark.parametrize("who", ["stranger", "customer", "nobody"])
def test_whoever_has_no_right_sees_nothing(exchange: Exchange, who: str) -> None:
    user: User | None = {
        "stranger": lambda: None,
        "customer": lambda: exchange.user("owner"),
        "nobody": lambda: staff_member("nobody"),
    }[who]()
    client = client_of(user)
    expected = 403 if who == "nobody" else 302
    for model in all_models():
        assert client.get(list_page(model)).status_code == expected, label_of(model)
        assert client.get(row_page(model, 1)).status_code in {expected, 302, 403}, label_of(model)
    changes = AccountChange.objects.count()
    overview = client.get(reverse("admin:index"))
    assert overview.status_code == (200 if who == "nobody" else 302)
    assert AccountChange.objects.count() == changes


@pytest.mark.parametrize(
    ("group", "sees", "does_not_see"),
    [
        ("Support", {"accounts.user", "matching.order"}, {"ledger.journalentry", "matching.command", "admin.logentry"}),
        (
            "Market operations",
            {"matching.market", "ledger.asset"},
            {"accounts.user", "accounts.apikey", "ledger.balance"},
        ),
        (
            "Compliance",
            {"risk.riskevent", "risk.riskpolicy", "accounts.user", "matching.trade"},
            {"ledger.journalentry", "admin.logentry", "auth.group"},
        ),
        (
            "Auditor",
            {"ledger.journalentry", "accounts.accountchange", "admin.logentry"},
            {"django_celery_beat.periodictask"},
        ),
    ],
)
def test_a_group_sees_what_its_work_needs(db: None, group: str, sees: set[str], does_not_see: set[str]) -> None:
    client = client_of(staff_member("member", group))
    for model in all_models():
        status = client.get(list_page(model)).status_code
        if label_of(model) in sees:
            assert status == 200, label_of(model)
        if label_of(model) in does_not_see:
            assert status == 403, label_of(model)


def test_the_groups_are_made_once_and_then_left_alone(db: None) -> None:
    from django.contrib.auth.models import Group

    from exchange.staff.groups import GROUPS, make_staff_groups

    for name, rights in GROUPS.items():
        assert Group.objects.get(name=name).permissions.count() == len(rights)
    Group.objects.get(name="Support").permissions.clear()
    make_staff_groups()
    assert Group.objects.get(name="Support").permissions.count() == 0


def test_no_secret_is_on_any_page(exchange: Exchange) -> None:
    from accounts.models import ApiKey

    made = create_api_key(user=exchange.user("owner"), label="robot", scopes=["trade"])
    admin = client_of(exchange.user("staff"))
    for page in (list_page(ApiKey), row_page(ApiKey, made.api_key.pk), row_page(User, exchange.user("owner").pk)):
        text = admin.get(page).content.decode()
        assert made.secret not in text
        assert made.api_key.key not in text
    assert made.api_key.key[:8] in admin.get(list_page(ApiKey)).content.decode()


def test_django_finds_nothing_wrong(db: None) -> None:
    call_command("check")
