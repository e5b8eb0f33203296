"""Every order type through the command log: status, fills, and money to the last decimal."""

from decimal import Decimal

import pytest

from matching.models import Market, OrderStatus, Outcome, Trade
from tests.integration.matching.support import fees, status_of, untouched
from tests.support.audit import audit
from tests.support.exchange import Exchange

OPEN, PARTIAL, FILLED = OrderStatus.OPEN, OrderStatus.PARTIAL, OrderStatus.FILLED
EXPIRED, REJECTED = OrderStatus.EXPIRED, OrderStatus.REJECTED
D = Decimal


def test_a_limit_order_trades_at_the_makers_price_and_rests_at_its_own(exchange: Exchange) -> None:
    sale = exchange.place("owner", "SELL", "60000", "1")
    buy = exchange.place("colleague", "BUY", "60500", "1.5")
    exchange.run()
    assert status_of(exchange, sale) == (FILLED, "", 1)
    assert status_of(exchange, buy) == (PARTIAL, "", 1)
    assert exchange.order(buy).filled_quote == 60_000
    assert exchange.balance("owner", "BTC") == (99, 0)
    assert exchange.balance("owner", "USDT") == (10_000_000 + 60_000 - 60, 0)
    assert exchange.balance("colleague", "BTC") == (D("100.9985"), 0)
    assert exchange.balance("colleague", "USDT") == (10_000_000 - 60_000 - 30_250, 30_250)
    assert (fees("BTC"), fees("USDT")) == (D("0.0015"), 60)
    audit(exchange)


def test_best_price_first_then_the_oldest(exchange: Exchange) -> None:
    later_better = [
        exchange.place("owner", "SELL", "60001", "1"),
        exchange.place("outsider", "SELL", "60000", "1"),
        exchange.place("owner", "SELL", "60000", "1"),
    ]
    exchange.place("colleague", "BUY", "60001", "2.5")
    exchange.run()
    makers = list(Trade.objects.order_by("number").values_list("maker_order_id", "quantity"))
    worse, first, second = later_better
    assert makers == [(first, 1), (second, 1), (worse, D("0.5"))]
    audit(exchange)


def test_ioc_trades_what_it_can_and_locks_nothing(exchange: Exchange) -> None:
    exchange.place("owner", "SELL", "60000", "1")
    order = exchange.place("colleague", "BUY", "60000", "3", time_in_force="IOC")
    nothing = exchange.place("colleague", "BUY", "59000", "1", time_in_force="IOC")
    exchange.run()
    assert status_of(exchange, order) == (EXPIRED, "IOC_REMAINDER", 1)
    assert status_of(exchange, nothing) == (EXPIRED, "IOC_REMAINDER", 0)
    assert exchange.balance("colleague", "USDT") == (10_000_000 - 60_000, 0)
    audit(exchange)


@pytest.mark.parametrize(("quantity", "expected"), [("3", (FILLED, "", 3)), ("3.1", (EXPIRED, "FOK_NOT_FILLABLE", 0))])
def test_fok_is_all_or_nothing(exchange: Exchange, quantity: str, expected: tuple[OrderStatus, str, int]) -> None:
    for price in ("60000", "60001", "60002"):
        exchange.place("owner", "SELL", price, "1")
    exchange.run()
    order = exchange.place("colleague", "BUY", "60002", quantity, time_in_force="FOK")
    exchange.run()
    assert status_of(exchange, order) == expected
    assert Trade.objects.count() == expected[2]
    audit(exchange)


def test_post_only_rests_or_is_refused(exchange: Exchange) -> None:
    exchange.place("owner", "SELL", "60000", "1")
    exchange.run()
    before = untouched()
    crossing = exchange.place("colleague", "BUY", "60000", "1", post_only=True)
    exchange.run()
    assert status_of(exchange, crossing) == (REJECTED, "POST_ONLY_WOULD_MATCH", 0)
    assert untouched() == before
    resting = exchange.place("colleague", "BUY", "59999.99", "1", post_only=True)
    exchange.run()
    assert status_of(exchange, resting) == (OPEN, "", 0)
    audit(exchange)


class TestMarketOrders:
    @pytest.fixture(autouse=True)
    def book(self, exchange: Exchange) -> None:
        """Asks of 1 at 60000 and 1 at 61000; bids of 1 at 59000 and 1 at 58000."""
        for side, prices in (("SELL", ("60000", "61000")), ("BUY", ("59000", "58000"))):
            for price in prices:
                exchange.place("owner", side, price, "1")
        exchange.run()

    @pytest.mark.parametrize(
        ("side", "quantity", "quote_amount", "expected", "quote"),
        [
            ("BUY", "1.5", None, (FILLED, "", D("1.5")), 90_500),
            ("SELL", "1.5", None, (FILLED, "", D("1.5")), 88_000),
            ("BUY", "5", None, (EXPIRED, "NO_LIQUIDITY", D(2)), 121_000),
            ("BUY", None, "66100", (FILLED, "", D("1.1")), 66_100),
            ("SELL", None, "59000", (FILLED, "", D(1)), 59_000),
        ],
    )
    def test_trades_with_the_book(
        self,
        exchange: Exchange,
        side: str,
        quantity: str | None,
        quote_amount: str | None,
        expected: tuple[OrderStatus, str, Decimal],
        quote: int,
    ) -> None:
        order = exchange.place("colleague", side, None, quantity, quote_amount=quote_amount)
        exchange.run()
        assert status_of(exchange, order) == expected
        assert exchange.order(order).filled_quote == quote
        assert exchange.balance("colleague", "USDT")[1] == exchange.balance("colleague", "BTC")[1] == 0
        audit(exchange)

    def test_an_amount_below_one_lot_buys_nothing(self, exchange: Exchange) -> None:
        order = exchange.place("colleague", "BUY", None, None, quote_amount="5.5")
        exchange.run()
        assert status_of(exchange, order) == (EXPIRED, "BUDGET_TOO_SMALL", 0)

    def test_never_trades_outside_the_band(self, exchange: Exchange) -> None:
        Market.objects.filter(symbol="BTC-USDT").update(price_band_ppm=10_000)
        exchange.restart_worker()
        order = exchange.place("colleague", "BUY", None, "2")
        exchange.run()
        assert status_of(exchange, order) == (EXPIRED, "PRICE_BAND", 1)


def test_nobody_trades_with_himself(exchange: Exchange) -> None:
    better = exchange.place("outsider", "SELL", "59999", "1")
    own = exchange.place("owner", "SELL", "60000", "1")
    order = exchange.place("owner", "BUY", "60000", "3")
    exchange.run()
    assert status_of(exchange, better) == (FILLED, "", 1)
    assert status_of(exchange, own) == (OPEN, "", 0)
    assert status_of(exchange, order) == (EXPIRED, "SELF_TRADE_PREVENTED", 1)
    assert exchange.balance("owner", "USDT") == (10_000_000 - 59_999, 0)
    audit(exchange)


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (("BUY", "60000", "10"), "INSUFFICIENT_BALANCE"),
        (("SELL", "60000", "20.0001"), "INSUFFICIENT_BALANCE"),
        (("BUY", "29999.99", "1"), "PRICE_OUT_OF_BAND"),
        (("BUY", "90000.01", "1"), "PRICE_OUT_OF_BAND"),
        (("SELL", "60000", "84"), "MAX_ORDER_VALUE"),
        (("BUY", "40000", "0.0001"), "NOTIONAL_TOO_SMALL"),
        (("SELL", "30000", "1001"), "QUANTITY_TOO_LARGE"),
        (("BUY", "50000", "0.01"), "MAX_OPEN_ORDERS"),
    ],
)
def test_a_refusal_has_its_code_and_changes_nothing(exchange: Exchange, order: tuple[str, str, str], code: str) -> None:
    Market.objects.filter(symbol="BTC-USDT").update(max_open_orders=200 if code != "MAX_OPEN_ORDERS" else 3)
    exchange.place("outsider", "BUY", "59000", "80")
    exchange.place("outsider", "BUY", "59000", "80")
    exchange.place("outsider", "SELL", "61000", "80")
    exchange.run()
    before = untouched()
    refused = exchange.place("outsider", *order)
    exchange.run()
    assert status_of(exchange, refused) == (REJECTED, code, 0)
    assert Outcome.objects.get(pk=refused).code == code
    assert untouched() == before
    audit(exchange)
