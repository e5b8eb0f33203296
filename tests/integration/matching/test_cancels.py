"""Cancels: one's own, once; all of a market; by staff. What was locked comes back."""

from decimal import Decimal

import pytest

from matching.engine.types import MarketState
from matching.models import OrderStatus, Outcome
from tests.integration.matching.support import all_money, status_of, untouched
from tests.support.audit import audit
from tests.support.exchange import Exchange

CANCELLED = OrderStatus.CANCELLED


@pytest.mark.parametrize(("side", "price"), [("BUY", "50000.01"), ("SELL", "70000.01")])
def test_what_was_locked_comes_back(exchange: Exchange, side: str, price: str) -> None:
    before = all_money()
    order = exchange.place("owner", side, price, "1.2345")
    exchange.run()
    assert all_money() != before
    exchange.cancel("owner", order)
    exchange.run()
    assert status_of(exchange, order) == (CANCELLED, "CANCELLED_BY_OWNER", 0)
    assert all_money() == before
    audit(exchange)


def test_the_rest_of_a_partly_filled_order(exchange: Exchange) -> None:
    order = exchange.place("owner", "BUY", "60000", "2")
    exchange.place("colleague", "SELL", "60000", "0.5")
    exchange.cancel("owner", order)
    exchange.run()
    assert status_of(exchange, order) == (CANCELLED, "CANCELLED_BY_OWNER", Decimal("0.5"))
    assert exchange.balance("owner", "USDT") == (10_000_000 - 30_000, 0)
    audit(exchange)


class TestRefused:
    def check(self, exchange: Exchange, command_id: int, before: tuple[object, ...]) -> None:
        exchange.run()
        assert Outcome.objects.get(pk=command_id).code == "ORDER_NOT_FOUND"
        assert untouched() == before

    @pytest.mark.parametrize("name", ["colleague", "outsider"])
    def test_somebody_elses(self, exchange: Exchange, name: str) -> None:
        order = exchange.place("owner", "BUY", "50000", "1")
        exchange.run()
        self.check(exchange, exchange.cancel(name, order), untouched())
        assert status_of(exchange, order)[0] == OrderStatus.OPEN

    def test_twice(self, exchange: Exchange) -> None:
        order = exchange.place("owner", "BUY", "50000", "1")
        exchange.cancel("owner", order)
        exchange.run()
        self.check(exchange, exchange.cancel("owner", order), untouched())

    def test_filled(self, exchange: Exchange) -> None:
        order = exchange.place("owner", "BUY", "60000", "1")
        exchange.place("colleague", "SELL", "60000", "1")
        exchange.run()
        self.check(exchange, exchange.cancel("owner", order), untouched())
        assert status_of(exchange, order)[0] == OrderStatus.FILLED

    def test_never_placed(self, exchange: Exchange) -> None:
        self.check(exchange, exchange.cancel("owner", 12345), untouched())

    def test_in_another_market(self, exchange: Exchange) -> None:
        order = exchange.place("owner", "BUY", "50000", "1")
        exchange.run()
        self.check(exchange, exchange.cancel("owner", order, symbol="ETH-USDT"), untouched())


class TestAll:
    @pytest.fixture
    def orders(self, exchange: Exchange) -> dict[str, list[int]]:
        placed = {
            "owner": [exchange.place("owner", "BUY", str(50_000 + n), "1") for n in range(5)]
            + [exchange.place("owner", "SELL", "70000", "1")],
            "colleague": [exchange.place("colleague", "BUY", "50000", "1")],
            "elsewhere": [exchange.place("owner", "BUY", "2900", "1", symbol="ETH-USDT")],
        }
        exchange.run()
        return placed

    def statuses(self, exchange: Exchange, orders: list[int]) -> set[OrderStatus]:
        return {status_of(exchange, order)[0] for order in orders}

    def test_of_mine_in_a_market(self, exchange: Exchange, orders: dict[str, list[int]]) -> None:
        exchange.cancel_all("owner")
        exchange.run()
        assert self.statuses(exchange, orders["owner"]) == {CANCELLED}
        assert self.statuses(exchange, orders["colleague"] + orders["elsewhere"]) == {OrderStatus.OPEN}
        assert exchange.balance("owner", "USDT") == (10_000_000 - 2_900, 2_900)
        audit(exchange)

    def test_of_nobody(self, exchange: Exchange, orders: dict[str, list[int]]) -> None:
        before = untouched()
        exchange.cancel_all("outsider")
        exchange.run()
        assert untouched() == before

    def test_by_staff(self, exchange: Exchange, orders: dict[str, list[int]]) -> None:
        exchange.cancel_all(None)
        exchange.run()
        for order in orders["owner"] + orders["colleague"]:
            assert status_of(exchange, order) == (CANCELLED, "CANCELLED_BY_STAFF", 0)
        assert self.statuses(exchange, orders["elsewhere"]) == {OrderStatus.OPEN}
        audit(exchange)


@pytest.mark.parametrize(
    ("state", "code"), [(MarketState.HALTED, "MARKET_HALTED"), (MarketState.CLOSED, "MARKET_CLOSED")]
)
def test_a_market_that_takes_no_orders_takes_cancels(exchange: Exchange, state: MarketState, code: str) -> None:
    order = exchange.place("owner", "BUY", "50000", "1")
    exchange.set_state(state, reason="maintenance")
    refused = exchange.place("owner", "BUY", "50000", "1")
    elsewhere = exchange.place("owner", "BUY", "2900", "1", symbol="ETH-USDT")
    exchange.cancel("owner", order)
    exchange.run()
    assert status_of(exchange, refused) == (OrderStatus.REJECTED, code, 0)
    assert status_of(exchange, order)[0] == CANCELLED
    assert status_of(exchange, elsewhere)[0] == OrderStatus.OPEN
    exchange.restart_worker()
    still = exchange.place("owner", "BUY", "50000", "1")
    exchange.set_state(MarketState.TRADING)
    again = exchange.place("owner", "BUY", "50000", "1")
    exchange.run()
    assert status_of(exchange, still)[1] == code
    assert status_of(exchange, again)[0] == OrderStatus.OPEN
    audit(exchange)
