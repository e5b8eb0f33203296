"""Fee revenue says what the ledger says, to the last atom, on the page and in the file."""

from collections import defaultdict
from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services import change_house_mark
from ledger.models import AccountKind, Balance, EntryKind, Posting
from matching.fees.exceptions import make_fee_exception
from matching.fees.revenue import read_revenue
from matching.figures import sum_up_trades
from tests.integration.admin.conftest import client_of, staff_member
from tests.support.exchange import Exchange
from tests.support.random_flow import log_flow

PAGE = "/admin/fee-revenue/"
FILE = "/admin/fee-revenue/fees.csv"
D = Decimal


@pytest.fixture
def traded(exchange: Exchange) -> Exchange:
    """A random flow, with trades at the rates of exceptions among them."""
    log_flow(exchange, 120, seed=3)
    exchange.run()
    make_fee_exception(
        by=exchange.user("staff"), user=exchange.user("owner"), maker_ppm=0, taker_ppm=777, reason="a test"
    )
    log_flow(exchange, 120, seed=4)
    exchange.run()
    sum_up_trades()
    return exchange


def of_ledger() -> dict[str, Decimal]:
    """What trades brought to the accounts of fees, by asset."""
    rows = (
        Posting.objects.filter(account__kind=AccountKind.FEES, entry__kind=EntryKind.ORDER)
        .values_list("asset__symbol")
        .annotate(total=Sum("available_delta"))
        .order_by()
    )
    return {symbol: total for symbol, total in rows if total}


def file_of(client: Client, **query: Any) -> list[list[str]]:
    response: Any = client.get(FILE, query)
    assert response.status_code == 200
    assert response.streaming
    text = b"".join(response.streaming_content).decode()
    return [line.split(",") for line in text.splitlines()]


def test_the_figure_is_the_ledgers(traded: Exchange) -> None:
    today = timezone.now().astimezone(UTC).date()
    revenue = read_revenue(first=today - timedelta(days=1), last=today + timedelta(days=1), exclude_house=False)
    ledger = of_ledger()
    assert len(ledger) == 3
    assert {symbol: total for symbol, total in revenue.totals.items() if total} == ledger
    balances = Balance.objects.filter(account__kind=AccountKind.FEES)
    assert ledger == {row.asset.symbol: row.available for row in balances.select_related("asset") if row.available}

    header, *rows = file_of(client_of(traded.user("staff")))
    assert header == ["day", "asset", "fees"]
    in_file: defaultdict[str, Decimal] = defaultdict(Decimal)
    for _, asset, fees in rows:
        in_file[asset] += D(fees)
    assert {symbol: total for symbol, total in in_file.items() if total} == ledger


def test_days_and_the_house_can_be_chosen(traded: Exchange) -> None:
    client = client_of(traded.user("staff"))
    today = timezone.now().astimezone(UTC).date()
    ahead = {"from": str(today + timedelta(days=2)), "to": str(today + timedelta(days=3))}
    assert file_of(client, **ahead) == [["day", "asset", "fees"]]
    assert "Nothing was traded in these days" in client.get(PAGE, ahead).content.decode()

    page = client.get(PAGE)
    assert page.status_code == 200
    context: Any = page.context
    assert context["assets"] == ["BTC", "ETH", "USDT"]
    assert len(context["rows"]) == 30
    assert f"{FILE}?from={today - timedelta(days=29)}&amp;to={today}" in page.content.decode()
    for name in ("owner", "colleague", "outsider"):
        change_house_mark(user=traded.user(name), is_house=True, by=None, reason="a test")
    assert len(file_of(client, house="exclude")) > 1, "sums keep the mark they were counted with"


@pytest.mark.parametrize(
    "query",
    [{"from": "yesterday"}, {"from": "2026-02-30"}, {"from": "2026-02-02", "to": "2026-02-01"}, {"to": "0001-01-01"}],
)
def test_days_that_cannot_be_fall_back_to_the_usual_ones(db: None, query: dict[str, str]) -> None:
    client = client_of(User.objects.get(username="staff"))
    response = client.get(PAGE, query)
    assert response.status_code == 200
    assert "These are the last 30 days" in response.content.decode()
    assert file_of(client, **query) == [["day", "asset", "fees"]]


def test_a_long_stretch_is_cut_on_the_page(db: None) -> None:
    response = client_of(User.objects.get(username="staff")).get(PAGE, {"from": "2020-01-01", "to": "2026-01-01"})
    assert "The page shows 366 days at the most" in response.content.decode()


def test_only_who_may_see_trades_sees_it(db: None) -> None:
    for address in (PAGE, FILE):
        assert client_of(staff_member(f"auditor{len(address)}", "Auditor")).get(address).status_code == 200
        assert client_of(staff_member(f"nobody{len(address)}")).get(address).status_code == 403
        assert client_of(User.objects.get(username="owner")).get(address).status_code == 302
        assert client_of(None).get(address).status_code == 302
    assert reverse("admin:fee_revenue") == PAGE
