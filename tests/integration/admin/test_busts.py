"""Busts on the staff pages: one asks on the page of a trade, another one agrees, nobody else can do either."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import StaffAction
from matching.admin import outcomes
from matching.models import BustState, Command, CommandKind, Trade, TradeBust
from tests.integration.admin.conftest import client_of, staff_member
from tests.support.audit import audit
from tests.support.exchange import Exchange

CONFIRMED = {"reason": "a plain error", "_confirmed": "1"}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "WAIT_SECONDS", 0)


@pytest.fixture
def trade(exchange: Exchange) -> Trade:
    exchange.worker()
    exchange.place("owner", "SELL", "60000", "1")
    exchange.place("colleague", "BUY", "60000", "1")
    exchange.run()
    return Trade.objects.get()


@pytest.fixture
def asking(exchange: Exchange) -> Client:
    return client_of(staff_member("operator", "Market operations"))


@pytest.fixture
def deciding(exchange: Exchange) -> Client:
    return client_of(staff_member("compliance", "Compliance"))


def ask_page(trade: Trade) -> str:
    return reverse("admin:matching_trade_request_bust", args=[trade.pk])


def page(bust: TradeBust, name: str) -> str:
    return reverse(f"admin:matching_tradebust_{name}", args=[bust.pk])


def asked(client: Client, trade: Trade) -> TradeBust:
    assert client.post(ask_page(trade), CONFIRMED).status_code == 302
    return TradeBust.objects.latest("pk")


def test_from_the_trade_to_its_bust(exchange: Exchange, trade: Trade, asking: Client, deciding: Client) -> None:
    trade_page = reverse("admin:matching_trade_change", args=[trade.pk])
    assert ask_page(trade) in asking.get(trade_page).content.decode()
    assert ask_page(trade) not in deciding.get(trade_page).content.decode()
    assert asking.get(ask_page(trade)).status_code == 200
    assert asking.post(ask_page(trade), {"reason": "x"}).status_code == 200
    assert not TradeBust.objects.exists(), "a page that is looked at does nothing"
    bust = asked(asking, trade)
    assert bust.requested_by.username == "operator"
    again = asking.post(ask_page(trade), CONFIRMED)
    assert "has been asked for already" in again.content.decode()

    shown = deciding.get(page(bust, "change")).content.decode()
    assert page(bust, "approve") in shown
    assert "owner" in shown
    assert deciding.get(page(bust, "approve")).status_code == 200
    response = deciding.post(page(bust, "approve"), CONFIRMED, follow=True)
    assert "is in the log" in response.content.decode()
    exchange.run()
    bust.refresh_from_db()
    assert bust.state == BustState.DONE
    assert page(bust, "approve") not in deciding.get(page(bust, "change")).content.decode()
    assert page(bust, "change") in asking.get(trade_page).content.decode()
    assert deciding.get(reverse("admin:matching_command_change", args=[bust.command_id])).status_code == 200
    assert "is busted already" in asking.post(ask_page(trade), CONFIRMED).content.decode()
    assert list(StaffAction.objects.order_by("pk").values_list("action", "by__username")) == [
        ("request bust", "operator"),
        ("approve bust", "compliance"),
    ]
    audit(exchange)


def test_nobody_agrees_to_what_they_asked_for(exchange: Exchange, trade: Trade) -> None:
    """A superuser may do both, but never for one trade."""
    superuser = client_of(exchange.user("staff"))
    bust = asked(superuser, trade)
    shown = superuser.get(page(bust, "change")).content.decode()
    assert page(bust, "approve") not in shown
    assert page(bust, "withdraw") in shown
    response = superuser.post(page(bust, "approve"), CONFIRMED)
    assert response.status_code in (200, 403)
    bust.refresh_from_db()
    assert bust.state == BustState.REQUESTED
    assert not Command.objects.filter(kind=CommandKind.BUST_TRADE).exists()


def test_who_asked_may_take_it_back_and_who_decides_may_turn_it_down(
    exchange: Exchange, trade: Trade, asking: Client, deciding: Client
) -> None:
    for client in (asking, deciding):
        bust = asked(asking, trade)
        assert page(bust, "withdraw") in client.get(page(bust, "change")).content.decode()
        assert client.post(page(bust, "withdraw"), CONFIRMED).status_code == 302
        bust.refresh_from_db()
        assert bust.state == BustState.WITHDRAWN
        late = client.post(page(bust, "withdraw"), CONFIRMED)
        assert "does not wait for a decision" in late.content.decode()


def test_only_who_has_the_right(exchange: Exchange, trade: Trade, asking: Client, deciding: Client) -> None:
    assert deciding.post(ask_page(trade), CONFIRMED).status_code in (302, 403)
    assert not TradeBust.objects.exists()
    bust = asked(asking, trade)
    others = [
        asking,
        client_of(staff_member("second-operator", "Market operations")),
        client_of(staff_member("auditor", "Auditor")),
        client_of(staff_member("support", "Support")),
        client_of(staff_member("nobody")),
        client_of(exchange.user("owner")),
        client_of(None),
    ]
    for client in others:
        assert client.post(page(bust, "approve"), CONFIRMED).status_code in (302, 403)
    for client in others[1:]:
        assert client.post(page(bust, "withdraw"), CONFIRMED).status_code in (302, 403)
        assert client.get(reverse("admin:matching_tradebust_changelist")).status_code in (200, 302, 403)
    bust.refresh_from_db()
    assert (bust.state, bust.decided_by) == (BustState.REQUESTED, None)
    assert not Command.objects.filter(kind=CommandKind.BUST_TRADE).exists()


def test_a_trade_that_is_not_there(exchange: Exchange, asking: Client) -> None:
    exchange.worker()
    assert asking.get(reverse("admin:matching_trade_request_bust", args=[17]), follow=True).status_code == 200
    assert not TradeBust.objects.exists()
