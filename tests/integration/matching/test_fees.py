"""Fees: by the tier of the user, on what one receives, rounded against the payer."""

from decimal import Decimal

import pytest

from accounts.models import User
from matching.models import Trade
from tests.integration.matching.support import fees
from tests.support.audit import audit
from tests.support.exchange import Exchange

D = Decimal


@pytest.mark.parametrize(
    ("tier", "maker_fee", "taker_fee"),
    [(1, "60", "0.0015"), (2, "48", "0.0013"), (3, "36", "0.0011"), (4, "24", "0.0009"), (5, "12", "0.0007")],
)
def test_each_tier(exchange: Exchange, tier: int, maker_fee: str, taker_fee: str) -> None:
    User.objects.filter(username__in=["owner", "colleague"]).update(fee_tier=tier)
    exchange.place("owner", "SELL", "60000", "1")
    exchange.place("colleague", "BUY", "60000", "1")
    exchange.run()
    trade = Trade.objects.get()
    assert (trade.maker_fee, trade.taker_fee) == (D(maker_fee), D(taker_fee))
    assert exchange.balance("owner", "USDT")[0] == 10_000_000 + 60_000 - D(maker_fee)
    assert exchange.balance("colleague", "BTC")[0] == 101 - D(taker_fee)
    assert (fees("USDT"), fees("BTC")) == (D(maker_fee), D(taker_fee))
    audit(exchange)


def test_a_selling_taker_pays_in_quote_and_his_maker_in_base(exchange: Exchange) -> None:
    exchange.place("owner", "BUY", "60000", "1")
    exchange.place("colleague", "SELL", "60000", "1")
    exchange.run()
    trade = Trade.objects.get()
    assert (trade.maker_fee, trade.taker_fee) == (D("0.001"), D(90))
    assert exchange.balance("owner", "BTC") == (D("100.999"), 0)
    assert exchange.balance("colleague", "USDT") == (10_000_000 + 60_000 - 90, 0)


def test_the_makers_rate_stays_with_his_order(exchange: Exchange) -> None:
    exchange.place("owner", "SELL", "60000", "1")
    exchange.run()
    User.objects.filter(username="owner").update(fee_tier=5)
    exchange.restart_worker()
    exchange.place("colleague", "BUY", "60000", "1")
    exchange.run()
    assert Trade.objects.get().maker_fee == 60
    audit(exchange)


def test_the_remainder_of_a_division_is_in_the_fee(exchange: Exchange) -> None:
    """ETH has 18 decimals, USDT 12: 0.001 ETH at 3333.33 is 3.33333 USDT, of which 0.1 % has 13 decimals."""
    exchange.place("owner", "SELL", "3333.33", "0.002", symbol="ETH-USDT")
    exchange.place("colleague", "BUY", "3333.33", "0.002", symbol="ETH-USDT")
    exchange.run()
    trade = Trade.objects.get()
    assert trade.quote_amount == D("6.66666")
    assert trade.maker_fee == D("0.00666666")
    assert trade.taker_fee == D("0.000003")
    audit(exchange)
