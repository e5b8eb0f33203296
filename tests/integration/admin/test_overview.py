"""The first page: right figures, few queries, no more than one may see, and the button that checks the books."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from kombu.exceptions import OperationalError

from accounts.models import StaffAction, User
from accounts.services import change_house_mark
from exchange import tasks
from exchange.staff import selectors
from exchange.tasks import verify_books
from ledger.models import VerificationRun
from ledger.verification import VERIFYING
from matching.engine.types import MarketState
from matching.figures import sum_up_trades
from matching.models import Trade, TradingHour
from tests.integration.admin.conftest import client_of, staff_member
from tests.support.exchange import Exchange
from tests.support.random_flow import log_flow

OVERVIEW = "/admin/"
MOST_QUERIES = 30


def sums(trades: list[Trade]) -> dict[str, Decimal]:
    """What the overview should say of these trades, added up the slow way."""
    return {
        "trades": Decimal(len(trades)),
        "quantity": sum((trade.quantity for trade in trades), Decimal(0)),
        "quote_amount": sum((trade.quote_amount for trade in trades), Decimal(0)),
        "base_fees": sum((t.taker_fee if t.taker_side == 1 else t.maker_fee for t in trades), Decimal(0)),
        "quote_fees": sum((t.maker_fee if t.taker_side == 1 else t.taker_fee for t in trades), Decimal(0)),
    }


@pytest.fixture
def traded(exchange: Exchange) -> Exchange:
    log_flow(exchange, 120, seed=8)
    exchange.run()
    return exchange


def test_hours_are_what_the_trades_add_up_to(traded: Exchange) -> None:
    assert sum_up_trades(stretch=7) == Trade.objects.count() > 20
    assert sum_up_trades(stretch=7) == 0, "nothing is counted twice"
    log_flow(traded, 60, seed=9)
    traded.run()
    assert sum_up_trades() > 0
    for market in ("BTC-USDT", "ETH-USDT"):
        hours = TradingHour.objects.filter(market__symbol=market)
        for column, expected in sums(list(Trade.objects.filter(market__symbol=market))).items():
            assert sum(getattr(hour, column) for hour in hours) == expected, (market, column)


def test_figures_made_anew_are_the_same_and_know_the_house_of_today(traded: Exchange) -> None:
    sum_up_trades()
    columns = ("market", "started_at", "is_house", "trades", "quantity", "quote_amount", "base_fees", "quote_fees")
    before = set(TradingHour.objects.values_list(*columns))
    call_command("rebuild_figures", stdout=StringIO())
    assert set(TradingHour.objects.values_list(*columns)) == before
    for user in User.objects.exclude(username="staff"):
        change_house_mark(user=user, is_house=True, by=None, reason="house")
    assert set(TradingHour.objects.values_list(*columns)) == before, "what is summed up stays"
    call_command("rebuild_figures", stdout=StringIO())
    assert not TradingHour.objects.filter(is_house=False).exists()


def test_the_overview_has_the_figures_of_all_trades_and_without_the_house(traded: Exchange) -> None:
    for name in ("owner", "colleague"):
        change_house_mark(user=traded.user(name), is_house=True, by=None, reason="house")
    sum_up_trades()
    house = {traded.account(name).pk for name in ("owner", "colleague")}
    trades = list(Trade.objects.filter(market__symbol="BTC-USDT"))
    outside = [trade for trade in trades if not {trade.maker_account_id, trade.taker_account_id} <= house]
    assert 0 < len(outside) < len(trades)
    now = datetime.now(UTC)
    for exclude_house, expected in ((False, sums(trades)), (True, sums(outside))):
        day = next(m for m in selectors.market_days(now=now, exclude_house=exclude_house) if m.symbol == "BTC-USDT")
        assert {column: getattr(day, column) for column in expected} == expected
        days = selectors.asset_days(asset="USDT", now=now, exclude_house=exclude_house)
        assert sum(days.volume_by_market["BTC-USDT"]) == expected["quote_amount"]
        assert (
            sum(selectors.asset_days(asset="BTC", now=now, exclude_house=exclude_house).fees) == expected["base_fees"]
        )
    assert selectors.people(now=now, exclude_house=True).users == User.objects.filter(is_house=False).count()
    assert selectors.people(now=now, exclude_house=False).active == 3
    assert selectors.people(now=now, exclude_house=True).active == 1


def test_days_are_days_of_utc_and_old_ones_fall_out(exchange: Exchange) -> None:
    now = datetime(2026, 3, 15, 0, 30, tzinfo=UTC)
    for started_at in (now - timedelta(hours=1), now, now - timedelta(days=13), now - timedelta(days=14)):
        TradingHour.objects.create(
            market=exchange.market(),
            started_at=started_at.replace(minute=0),
            is_house=False,
            trades=1,
            quantity=Decimal("1.5"),
        )
    days = selectors.asset_days(asset="BTC", now=now, exclude_house=False)
    assert days.days[-1] == datetime(2026, 3, 15, tzinfo=UTC)
    assert days.volume_by_market["BTC-USDT"] == [Decimal("1.5"), *[Decimal(0)] * 11, Decimal("1.5"), Decimal("1.5")]


@pytest.mark.parametrize("query", ["", "?asset=BTC", "?asset=BTC&house=exclude", "?asset=nonsense&house=nonsense"])
def test_the_page_opens_on_an_empty_and_on_a_full_exchange_with_few_queries(exchange: Exchange, query: str) -> None:
    admin = client_of(exchange.user("staff"))
    for commands in (0, 60):
        log_flow(exchange, commands, seed=2)
        exchange.run()
        sum_up_trades()
        selectors.forget_figures()
        with CaptureQueriesContext(connection) as queries:
            assert admin.get(OVERVIEW + query).status_code == 200
        assert len(queries) <= MOST_QUERIES


def test_the_page_says_what_needs_a_person(exchange: Exchange) -> None:
    admin = client_of(exchange.user("staff"))
    assert "no worker has run yet" in cards(admin)["Workers"]["note"] or cards(admin)["Workers"]["tone"] == "bad"
    exchange.worker().beat()
    assert cards(admin)["Workers"]["tone"] == "good"
    exchange.place("owner", "BUY", "50000", "1")
    exchange.set_state(MarketState.HALTED, reason="fire")
    assert cards(admin)["Pending commands"]["value"] == "2"
    exchange.run()
    selectors.forget_figures()
    assert cards(admin)["Pending commands"]["value"] == "0"
    assert cards(admin)["Markets stopped"]["note"] == "BTC-USDT halted"


def cards(client: Client) -> dict[str, dict[str, Any]]:
    return {card["title"]: card for card in client.get(OVERVIEW).context["engine_cards"]}


def test_staff_see_of_the_overview_what_they_may_see(db: None) -> None:
    for group, trade, people, changes in (
        (None, False, False, False),
        ("Support", True, True, True),
        ("Market operations", True, False, True),
        ("Auditor", True, True, True),
    ):
        response = client_of(staff_member(f"member-{group}".replace(" ", "-"), group)).get(OVERVIEW)
        assert response.status_code == 200
        shown = ("trade_cards" in response.context, "people_cards" in response.context, "changes" in response.context)
        assert shown == (trade, people, changes), group


# --- the check of the books ------------------------------------------------------------------------------------------


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was handed to the workers."""
    handed: list[str] = []
    monkeypatch.setattr(tasks.verify_books, "delay", lambda: handed.append("verify"))
    return handed


def test_the_check_is_started_by_a_button(admin: Client, superuser: User, started: list[str]) -> None:
    page = reverse("admin:verify_books")
    assert admin.get(page).status_code == 405
    assert started == []
    assert admin.post(page).status_code == 302
    assert started == ["verify"]
    assert (StaffAction.objects.get().by, StaffAction.objects.get().action) == (superuser, "check")


def test_the_web_process_hands_it_to_our_own_broker() -> None:
    assert verify_books.app.conf.broker_url == settings.CELERY_BROKER_URL
    assert verify_books.queue == "default"


def test_only_who_has_the_right_starts_it(support: User, customer: User, started: list[str]) -> None:
    page = reverse("admin:verify_books")
    assert client_of(support).post(page).status_code == 403
    assert client_of(customer).post(page).status_code == 302
    assert client_of(None).post(page).status_code == 302
    assert started == []
    assert not StaffAction.objects.exists()


def test_without_a_broker_the_page_says_so(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.verify_books, "delay", fail)
    response = admin.post(reverse("admin:verify_books"), follow=True)
    assert "could not be started" in response.content.decode()
    assert not StaffAction.objects.exists()


def test_the_task_keeps_what_it_found_and_the_page_shows_it(traded: Exchange) -> None:
    assert verify_books() is True
    run = VerificationRun.objects.get()
    assert run.is_consistent
    assert run.entries > 0
    assert cards(client_of(traded.user("staff")))["Books"]["value"] == "consistent"
    VerificationRun.objects.create(
        started_at=run.started_at, is_consistent=False, findings=["a", "b"], entries=run.entries
    )
    assert cards(client_of(traded.user("staff")))["Books"]["value"] == "2 findings"


def test_two_checks_do_not_run_at_the_same_time(traded: Exchange, started: list[str]) -> None:
    import psycopg

    from tests.support.databases import app_url

    with psycopg.connect(app_url(traded.database), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [VERIFYING])
        assert verify_books() is None
        response = client_of(traded.user("staff")).post(reverse("admin:verify_books"), follow=True)
        assert "is running already" in response.content.decode()
        assert started == []
        assert cards(client_of(traded.user("staff")))["Books"]["value"] == "being checked"
    assert not VerificationRun.objects.exists()
