"""What depends on the account: order rate, identity, position, self-trade groups; in a replay it is the same."""

from decimal import Decimal

import pytest

from accounts.models import SelfTradeGroup, User
from ledger.models import Asset
from matching.engine.types import OrderType, SelfTradePrevention
from matching.models import Market, OrderStatus, Outcome
from tests.integration.matching.support import fees, status_of, told, untouched
from tests.support.audit import audit
from tests.support.exchange import Exchange
from tests.support.full_flow import Clock

OPEN, REJECTED, EXPIRED = OrderStatus.OPEN, OrderStatus.REJECTED, OrderStatus.EXPIRED


def test_the_order_rate_survives_a_restart_and_ends_with_its_window(exchange: Exchange) -> None:
    Market.objects.update(max_order_rate=3)
    clock = Clock()
    clock.now_us = clock.now_us // 10_000_000 * 10_000_000 + 1_000_000
    exchange.worker(clock_us=clock)
    first = exchange.place("owner", "BUY", "50000", "1")
    exchange.run()
    exchange.amend("owner", first, quantity="0.9")
    exchange.place_oco("owner", "BUY", "2", price="59000", trigger="61000", stop_price="61500")
    other_market = exchange.place("owner", "BUY", "3000", "1", symbol="ETH-USDT")
    exchange.run()
    exchange.restart_worker()
    before = untouched()
    fourth = exchange.place("owner", "BUY", "50000", "1")
    colleagues = exchange.place("colleague", "BUY", "10", "1")
    exchange.run()
    assert status_of(exchange, fourth)[:2] == (REJECTED, "ORDER_RATE_EXCEEDED")
    assert status_of(exchange, colleagues)[1] == "PRICE_OUT_OF_BAND"
    assert status_of(exchange, other_market)[0] == OPEN
    assert untouched() == before
    clock.leap(10)
    later = exchange.place("owner", "BUY", "50000", "1")
    exchange.run()
    assert status_of(exchange, later)[0] == OPEN
    audit(exchange)


def test_a_market_may_ask_for_a_level_of_identity(exchange: Exchange) -> None:
    Market.objects.filter(symbol="BTC-USDT").update(min_kyc_level=2)
    User.objects.filter(username="owner").update(kyc_level=2)
    known = exchange.place("owner", "BUY", "50000", "1")
    exchange.run()
    before = untouched()
    unknown = exchange.place("colleague", "BUY", "50000", "1")
    pair = exchange.place_oco("colleague", "BUY", "2", price="59000", trigger="61000", stop_price="61500")
    exchange.run()
    assert status_of(exchange, known)[0] == OPEN
    assert {status_of(exchange, order)[:2] for order in (unknown, *pair)} == {(REJECTED, "KYC_LEVEL_TOO_LOW")}
    assert Outcome.objects.get(pk=unknown).refusal == "KYC_LEVEL_TOO_LOW"
    assert untouched() == before
    audit(exchange)


class TestPosition:
    @pytest.fixture(autouse=True)
    def limit(self, exchange: Exchange) -> None:
        """Everybody has 100 BTC and may have 103."""
        Asset.objects.filter(symbol="BTC").update(max_position=Decimal(103))

    def test_open_purchases_count(self, exchange: Exchange) -> None:
        first = exchange.place("owner", "BUY", "50000", "2")
        too_much = exchange.place("owner", "BUY", "50000", "1.0001")
        rest = exchange.place("owner", "BUY", "60500", "1", order_type=OrderType.STOP_LIMIT, trigger="60100")
        none_left = exchange.place("owner", "BUY", None, None, quote_amount="60")
        sale = exchange.place("owner", "SELL", "70000", "50")
        exchange.run()
        assert [status_of(exchange, order)[0] for order in (first, rest, sale)] == [OPEN, OPEN, OPEN]
        for order in (too_much, none_left):
            assert status_of(exchange, order)[:2] == (REJECTED, "MAX_POSITION")
        audit(exchange)

    def test_what_is_locked_counts_and_what_is_bought_counts(self, exchange: Exchange) -> None:
        exchange.place("owner", "SELL", "60000", "2")
        exchange.place("colleague", "BUY", "60000", "2")
        exchange.run()
        allowed = exchange.place("colleague", "BUY", "50000", "1")
        refused = exchange.place("colleague", "BUY", "50000", "0.01")
        exchange.run()
        assert status_of(exchange, allowed)[0] == OPEN
        assert status_of(exchange, refused)[1] == "MAX_POSITION"
        audit(exchange)

    def test_only_what_is_more_is_asked_about(self, exchange: Exchange) -> None:
        order = exchange.place("owner", "BUY", "50000", "3")
        exchange.run()
        Asset.objects.filter(symbol="BTC").update(max_position=Decimal(101))
        exchange.restart_worker()
        less = exchange.amend("owner", order, quantity="2")
        more = exchange.amend("owner", order, quantity="2.5")
        price = exchange.amend("owner", order, price="50100")
        replacing = exchange.place("owner", "BUY", "50200", "2", replaces=order)
        exchange.run()
        codes = [Outcome.objects.get(pk=command).code for command in (less, more, price, replacing)]
        assert codes == [None, "MAX_POSITION", None, None]
        audit(exchange)


class TestSelfTrades:
    """The owner sells 1 and then buys 3, in every mode."""

    def trade(self, exchange: Exchange, mode: SelfTradePrevention) -> tuple[int, int]:
        sale = exchange.place("owner", "SELL", "60000", "1")
        exchange.place("colleague", "SELL", "60100", "1")
        exchange.run()
        purchase = exchange.place("owner", "BUY", "60200", "3", stp_mode=mode)
        exchange.run()
        audit(exchange)
        return sale, purchase

    @pytest.mark.parametrize(
        ("mode", "sale_became", "purchase_became"),
        [
            (SelfTradePrevention.EXPIRE_TAKER, (OPEN, ""), (EXPIRED, "SELF_TRADE_PREVENTED")),
            (SelfTradePrevention.EXPIRE_MAKER, (EXPIRED, "SELF_TRADE_PREVENTED"), (OrderStatus.PARTIAL, "")),
            (SelfTradePrevention.EXPIRE_BOTH, (EXPIRED, "SELF_TRADE_PREVENTED"), (EXPIRED, "SELF_TRADE_PREVENTED")),
            (SelfTradePrevention.DECREMENT, (EXPIRED, "SELF_TRADE_PREVENTED"), (OrderStatus.PARTIAL, "")),
            (SelfTradePrevention.NONE, (OrderStatus.FILLED, ""), (OrderStatus.PARTIAL, "")),
        ],
    )
    def test_mode(
        self,
        exchange: Exchange,
        mode: SelfTradePrevention,
        sale_became: tuple[OrderStatus, str],
        purchase_became: tuple[OrderStatus, str],
    ) -> None:
        sale, purchase = self.trade(exchange, mode)
        assert status_of(exchange, sale)[:2] == sale_became
        assert status_of(exchange, purchase)[:2] == purchase_became

    def test_decrement(self, exchange: Exchange) -> None:
        sale, purchase = self.trade(exchange, SelfTradePrevention.DECREMENT)
        row = exchange.order(purchase)
        assert (row.prevented_quantity, row.filled_quantity, row.locked) == (1, 1, 60_200)
        assert exchange.order(sale).prevented_quantity == 1
        (reduced,) = told(exchange, "owner", "reduced")
        assert (reduced["id"], reduced["lots"], reduced["remaining_lots"]) == (sale, 10_000, 0)
        acted = told(exchange, "owner", "order")[-1]
        assert (acted["prevented_lots"], acted["stp_mode"]) == (10_000, SelfTradePrevention.DECREMENT)

    def test_none_pays_both_fees_and_moves_nothing_else(self, exchange: Exchange) -> None:
        self.trade(exchange, SelfTradePrevention.NONE)
        own_fee, others_fee = Decimal("0.0015"), Decimal("0.0015")
        assert exchange.balance("owner", "BTC") == (100 + 1 - own_fee - others_fee, 0)
        assert told(exchange, "owner", "order")[-1]["stp_mode"] == SelfTradePrevention.NONE
        assert fees("USDT") == Decimal("60000") * Decimal("0.001") + Decimal("60100") * Decimal("0.001")

    def test_users_of_a_group_do_not_trade_with_each_other(self, exchange: Exchange) -> None:
        group = SelfTradeGroup.objects.create(name="one desk")
        User.objects.filter(username__in=("owner", "colleague")).update(self_trade_group=group)
        sale = exchange.place("owner", "SELL", "60000", "1")
        exchange.run()
        exchange.restart_worker()
        purchase = exchange.place("colleague", "BUY", "60000", "1")
        strangers = exchange.place("outsider", "BUY", "60000", "0.5")
        exchange.run()
        assert status_of(exchange, purchase)[:2] == (EXPIRED, "SELF_TRADE_PREVENTED")
        assert status_of(exchange, strangers)[0] == OrderStatus.FILLED
        assert Outcome.objects.get(pk=purchase).stp_group == -group.pk
        assert exchange.order(sale).stp_group == -group.pk
        # It joined the group before the order; leaving it changes nothing for the order that rests.
        User.objects.filter(username="colleague").update(self_trade_group=None)
        audit(exchange)
