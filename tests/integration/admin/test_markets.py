"""Markets on the staff pages: every button is a command in the log, carried out by the worker in its place."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import StaffAction, User
from matching.admin import outcomes
from matching.engine.types import MarketState
from matching.models import Command, CommandKind, Market, MarketEngineState, Outcome, QuarantinedCommand
from matching.rules import LIMIT_FIELDS
from matching.worker.isolation import run_isolated
from matching.worker.settlement import Settlement
from tests.integration.admin.conftest import client_of, staff_member
from tests.support.audit import audit
from tests.support.exchange import Exchange
from tests.support.worker_process import WorkerProcess, eventually

WHY = "network upgrade"
CONFIRMED = {"reason": WHY, "_confirmed": "1"}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a test steps the worker by hand, there is nothing to wait for."""
    monkeypatch.setattr(outcomes, "WAIT_SECONDS", 0)


def button(market: Market, name: str) -> str:
    return reverse(f"admin:matching_market_{name}", args=[market.pk])


def page_of(market: Market) -> str:
    return reverse("admin:matching_market_change", args=[market.pk])


def limits_of(market: Market, **changes: Any) -> dict[str, Any]:
    return {
        **{field: str(getattr(market, field)) for field in LIMIT_FIELDS},
        "based_on": market.rules_version,
        **CONFIRMED,
    } | changes


def state_of(market: Market) -> MarketState:
    return MarketState(MarketEngineState.objects.get(market=market).state)


@pytest.fixture
def operator_client(exchange: Exchange) -> Client:
    return client_of(staff_member("operator", "Market operations"))


def test_a_market_is_halted_and_resumed_with_a_running_worker(
    exchange: Exchange, operator_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcomes, "WAIT_SECONDS", 60)
    market = exchange.market()
    with WorkerProcess(exchange.database):
        resting = exchange.place("owner", "BUY", "50000", "1")
        eventually(Outcome.objects.filter(pk=resting).exists)
        response = operator_client.post(button(market, "halt"), CONFIRMED, follow=True)
        assert "BTC-USDT is halted." in response.content.decode()
        assert state_of(market) is MarketState.HALTED
        refused = exchange.place("owner", "BUY", "50000", "1")
        cancelled = exchange.cancel("owner", resting)
        eventually(lambda: Outcome.objects.filter(pk__in=[refused, cancelled]).count() == 2)
        assert Outcome.objects.get(pk=refused).code == "MARKET_HALTED"
        assert Outcome.objects.get(pk=cancelled).code is None
        assert (
            "BTC-USDT is trading."
            in operator_client.post(button(market, "resume"), CONFIRMED, follow=True).content.decode()
        )
        again = exchange.place("owner", "BUY", "50000", "1")
        eventually(Outcome.objects.filter(pk=again).exists)
        assert Outcome.objects.get(pk=again).code is None
    audit(exchange)


def test_a_button_asks_first_and_then_logs_a_command_with_who_and_why(
    exchange: Exchange, operator_client: Client
) -> None:
    market = exchange.market()
    for name in ("halt", "resume", "close", "cancel_orders", "change_limits"):
        assert operator_client.get(button(market, name)).status_code == 200
        assert operator_client.post(button(market, name), {"reason": WHY}).status_code == 200
        assert operator_client.post(button(market, name), {"reason": " ", "_confirmed": "1"}).status_code == 200
    assert not Command.objects.exists()
    assert not StaffAction.objects.exists()
    response = operator_client.post(button(market, "close"), CONFIRMED, follow=True)
    assert "is in the log" in response.content.decode()
    command = Command.objects.get()
    assert (command.kind, command.state, command.reason) == (CommandKind.SET_STATE, MarketState.CLOSED, WHY)
    action = StaffAction.objects.get()
    assert (action.by.username, action.subject, action.reason, action.command_id) == (
        "operator",
        "BTC-USDT",
        WHY,
        command.pk,
    )
    assert "waits for the worker" in operator_client.get(page_of(market)).content.decode()
    exchange.run()
    assert state_of(market) is MarketState.CLOSED
    assert "in force since" in operator_client.get(page_of(market)).content.decode()


def test_limits_are_changed_through_the_log(exchange: Exchange, operator_client: Client) -> None:
    market = exchange.market()
    form = operator_client.get(button(market, "change_limits")).context["form"]
    assert form.initial["max_quantity"] == "1000"
    response = operator_client.post(button(market, "change_limits"), limits_of(market, max_quantity="0.5"))
    assert response.status_code == 302
    order = exchange.place("owner", "BUY", "50000", "1")
    exchange.run()
    assert Outcome.objects.get(pk=order).code == "QUANTITY_TOO_LARGE"
    assert exchange.market().rules_version == 2
    audit(exchange)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"max_quantity": "0.00000001"},
        {"max_quantity": "-1"},
        {"max_quantity": "NaN"},
        {"max_quantity": "1e5000"},
        {"max_quantity": "1" * 40},
        {"price_band_ppm": "1000001"},
        {"max_open_orders": "9999999999"},
        {"initial_price": "60000.0001"},
        {"initial_price": "60000.01", "tick_multiple": "10"},
        {"tick_multiple": "0"},
        {"static_band_ppm": "1000001"},
        {"protection_ppm": "-1"},
        {"breaker_ppm": "50000", "breaker_window_seconds": "0"},
        {"min_kyc_level": "99999"},
        {"max_quantity": "5", "based_on": "7"},
        {"max_quantity": "5", "based_on": "x"},
        {"max_quantity": "5", "reason": ""},
    ],
)
def test_limits_that_cannot_be_are_refused_on_the_page(
    exchange: Exchange, operator_client: Client, changes: dict[str, Any]
) -> None:
    market = exchange.market()
    response = operator_client.post(button(market, "change_limits"), limits_of(market, **changes))
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not Command.objects.exists()
    assert not StaffAction.objects.exists()


def test_every_limit_is_changed_through_the_log_and_shown(exchange: Exchange, operator_client: Client) -> None:
    market = exchange.market()
    new = {
        "tick_multiple": "10",
        "lot_multiple": "2",
        "static_band_ppm": "400000",
        "protection_ppm": "30000",
        "breaker_ppm": "50000",
        "breaker_window_seconds": "60",
        "halt_seconds": "90",
        "auction_seconds": "30",
        "max_stop_orders": "7",
        "max_order_rate": "500",
        "min_kyc_level": "1",
    }
    response = operator_client.post(button(market, "change_limits"), limits_of(market, **new))
    assert response.status_code == 302
    exchange.run()
    after = exchange.market()
    assert {field: str(getattr(after, field)) for field in new} == new
    page = operator_client.get(page_of(market)).content.decode()
    assert "5 % within 60 s" in page
    assert "halted for 90 s, then an auction of 30 s" in page
    audit(exchange)


def test_a_market_has_the_buttons_that_make_sense(exchange: Exchange, operator_client: Client) -> None:
    market = exchange.market()
    everything = {"halt", "resume", "close", "pre_open", "auction", "cancel_only"}

    def missing() -> set[str]:
        text = operator_client.get(page_of(market)).content.decode()
        return {name for name in everything if button(market, name) not in text}

    for state, senseless in (
        (MarketState.TRADING, {"resume"}),
        (MarketState.HALTED, {"halt"}),
        (MarketState.CLOSED, {"halt", "close"}),
        (MarketState.PRE_OPEN, {"pre_open"}),
        (MarketState.AUCTION, {"auction"}),
        (MarketState.CANCEL_ONLY, {"cancel_only"}),
    ):
        exchange.set_state(state)
        exchange.run()
        assert missing() == senseless


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("pre_open", MarketState.PRE_OPEN),
        ("auction", MarketState.AUCTION),
        ("cancel_only", MarketState.CANCEL_ONLY),
    ],
)
def test_staff_put_a_market_into_any_state(
    exchange: Exchange, operator_client: Client, name: str, state: MarketState
) -> None:
    market = exchange.market()
    assert operator_client.post(button(market, name), CONFIRMED).status_code == 302
    exchange.run()
    assert state_of(market) is state


@pytest.mark.parametrize("group", ["Support", "Auditor", None])
def test_who_has_not_the_right_gives_no_orders(exchange: Exchange, group: str | None) -> None:
    client, market = client_of(staff_member("other", group)), exchange.market()
    for name in ("halt", "resume", "close", "cancel_orders"):
        assert client.get(button(market, name)).status_code == 403
        assert client.post(button(market, name), CONFIRMED).status_code == 403
    assert client.post(button(market, "change_limits"), limits_of(market, max_quantity="1")).status_code == 403
    assert not Command.objects.exists()
    assert not StaffAction.objects.exists()


def test_customers_and_strangers_are_sent_to_the_sign_in(exchange: Exchange) -> None:
    market = exchange.market()
    for user in (None, exchange.user("owner")):
        response = client_of(user).post(button(market, "halt"), CONFIRMED)
        assert response.status_code == 302
        assert "/admin/login/" in response["Location"]
    assert not Command.objects.exists()


def test_a_forged_request_is_refused(exchange: Exchange) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(exchange.user("staff"))
    assert client.post(button(exchange.market(), "halt"), CONFIRMED).status_code == 403
    assert not Command.objects.exists()


def test_an_unknown_market_is_not_found(operator_client: Client) -> None:
    for key in ("999", "x", str(2**70)):
        response = operator_client.post(f"/admin/matching/market/{key}/halt/", CONFIRMED)
        assert response.status_code in {302, 404}
    assert not Command.objects.exists()


def test_a_held_command_is_shown_and_given_back(
    exchange: Exchange, operator_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = exchange.place("owner", "BUY", "50000", "1")
    worker = exchange.worker()
    with monkeypatch.context() as broken:
        broken.setattr(Settlement, "_prepare_funds", lambda *_: 1 / 0)
        run_isolated(worker, worker.pending())
    market = exchange.market()
    assert f"Command {order} is held" in operator_client.get(page_of(market)).content.decode()
    assert "held: look at them first" in operator_client.get(button(market, "resume")).content.decode()
    release = reverse("admin:matching_quarantinedcommand_release", args=[order])
    assert client_of(staff_member("other", "Auditor")).post(release, CONFIRMED).status_code == 403
    assert operator_client.post(release, {"reason": "", "_confirmed": "1"}).status_code == 200
    assert QuarantinedCommand.objects.get(pk=order).is_held
    assert operator_client.post(release, CONFIRMED).status_code == 302
    assert operator_client.post(button(market, "resume"), CONFIRMED).status_code == 302
    exchange.run()
    assert Outcome.objects.filter(pk=order).exists()
    assert QuarantinedCommand.objects.get(pk=order).resolved_by == User.objects.get(username="operator")
    assert b"not held" in operator_client.post(release, CONFIRMED).content
    assert set(StaffAction.objects.values_list("action", flat=True)) == {"release command", "state"}
    audit(exchange)
