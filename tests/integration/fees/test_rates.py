"""Which rates the worker takes: the narrowest exception that holds at that moment, and the same ones in a replay."""

from datetime import timedelta
from decimal import Decimal
from itertools import combinations

import pytest
from django.utils import timezone

from accounts.models import User
from matching.fees.exceptions import end_fee_exception, make_fee_exception
from matching.fees.selectors import fee_standing
from matching.models import FeeException, Order, Outcome, Trade
from tests.support.audit import audit
from tests.support.exchange import Exchange

D = Decimal
RATES = {"TIER": (1000, 1500), "MARKET": (300, 400), "USER": (200, 250), "USER_IN_MARKET": (0, 50)}
SCOPES = ("MARKET", "USER", "USER_IN_MARKET")


def grant(exchange: Exchange, scope: str, **more: object) -> FeeException:
    """An exception of that scope for the owner in BTC-USDT."""
    maker_ppm, taker_ppm = RATES[scope]
    return make_fee_exception(
        by=exchange.user("staff"),
        reason="a test",
        user=exchange.user("owner") if scope.startswith("USER") else None,
        market=exchange.market() if scope.endswith("MARKET") else None,
        maker_ppm=maker_ppm,
        taker_ppm=taker_ppm,
        **more,  # type: ignore[arg-type]
    )


def rates_of_next_order(exchange: Exchange, name: str = "owner", symbol: str = "BTC-USDT") -> tuple[int, int]:
    """What the worker writes down for an order of that user."""
    order_id = exchange.place(name, "BUY", "2000", "0.1", symbol=symbol, time_in_force="IOC")
    exchange.run()
    outcome, order = Outcome.objects.get(pk=order_id), Order.objects.get(pk=order_id)
    assert (outcome.maker_ppm, outcome.taker_ppm) == (order.maker_ppm, order.taker_ppm)
    return outcome.maker_ppm, outcome.taker_ppm


def shown_rates(exchange: Exchange, name: str = "owner", symbol: str = "BTC-USDT") -> tuple[str, tuple[int, int]]:
    """What the API says of that market."""
    standing = fee_standing(user=exchange.user(name), account_id=exchange.account(name).pk, now=timezone.now())
    market = next(market for market in standing.markets if market.symbol == symbol)
    return market.source, (market.rates.maker_ppm, market.rates.taker_ppm)


def test_the_narrowest_exception_holds_and_the_api_says_the_same(exchange: Exchange) -> None:
    for count in range(4):
        for scopes in combinations(SCOPES, count):
            made = [grant(exchange, scope) for scope in scopes]
            expected = scopes[-1] if scopes else "TIER"
            assert rates_of_next_order(exchange) == RATES[expected]
            assert shown_rates(exchange) == (expected, RATES[expected])
            for exception in made:
                end_fee_exception(exception_id=exception.pk, by=exchange.user("staff"), reason="next")
    assert rates_of_next_order(exchange) == RATES["TIER"]


def test_an_exception_reaches_nobody_else_and_nowhere_else(exchange: Exchange) -> None:
    grant(exchange, "USER_IN_MARKET")
    assert rates_of_next_order(exchange, "colleague") == RATES["TIER"]
    assert rates_of_next_order(exchange, symbol="ETH-USDT") == RATES["TIER"]
    grant(exchange, "MARKET")
    assert rates_of_next_order(exchange, "colleague") == RATES["MARKET"]
    assert rates_of_next_order(exchange, "owner") == RATES["USER_IN_MARKET"]
    assert rates_of_next_order(exchange, symbol="ETH-USDT") == RATES["TIER"]


def test_trades_pay_the_exceptions_rates_and_a_replay_does_too(exchange: Exchange) -> None:
    """Made, traded, over by itself, traded again: each trade at the rates of its time, also in a replay of all."""
    exchange.place("owner", "SELL", "60000", "1")
    exchange.run()
    exception = grant(exchange, "USER", expires_at=timezone.now() + timedelta(hours=1))
    exchange.place("colleague", "BUY", "60000", "1")
    exchange.run()
    assert Trade.objects.latest("pk").maker_fee == 60, "an order in the book keeps its rate"

    exchange.place("owner", "BUY", "60000", "1", time_in_force="GTC")
    exchange.place("colleague", "SELL", "60000", "1")
    exchange.run()
    trade = Trade.objects.latest("pk")
    assert (trade.maker_fee, trade.taker_fee) == (D("0.0002"), D(90))

    over = timezone.now() - timedelta(seconds=1)
    FeeException.objects.filter(pk=exception.pk).update(created_at=over - timedelta(hours=1), expires_at=over)
    assert rates_of_next_order(exchange) == RATES["TIER"]
    assert shown_rates(exchange) == ("TIER", RATES["TIER"])
    exchange.place("owner", "BUY", "60000", "1")
    exchange.place("colleague", "SELL", "60000", "1")
    exchange.run()
    assert Trade.objects.latest("pk").maker_fee == D("0.001")
    audit(exchange)


def test_an_exception_that_is_over_uncovers_the_wider_one(exchange: Exchange) -> None:
    grant(exchange, "MARKET")
    narrow = grant(exchange, "USER_IN_MARKET", expires_at=timezone.now() + timedelta(hours=1))
    assert rates_of_next_order(exchange) == RATES["USER_IN_MARKET"]
    over = timezone.now() - timedelta(seconds=1)
    FeeException.objects.filter(pk=narrow.pk).update(created_at=over - timedelta(hours=1), expires_at=over)
    assert rates_of_next_order(exchange) == RATES["MARKET"]


@pytest.mark.parametrize("tier", [2, 5])
def test_a_fixed_tier_changes_the_tiers_rates_only(exchange: Exchange, tier: int) -> None:
    make_fee_exception(by=exchange.user("staff"), user=exchange.user("owner"), tier=tier, reason="a test")
    assert User.objects.get(username="owner").fee_tier == tier
    assert rates_of_next_order(exchange) == {2: (800, 1300), 5: (200, 700)}[tier]
    grant(exchange, "MARKET")
    assert rates_of_next_order(exchange) == RATES["MARKET"]
