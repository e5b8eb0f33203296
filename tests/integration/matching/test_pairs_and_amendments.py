"""Pairs of orders, icebergs, amendments and replacements: rows, money, and what is told and answered."""

from decimal import Decimal
from typing import Any

import orjson
import pytest

from matching.engine.types import OrderType
from matching.models import OrderStatus, Outcome, Trade
from matching.redis_names import answer_key
from tests.integration.matching.support import all_money, live_book, status_of, told, untouched
from tests.support.audit import audit
from tests.support.exchange import Exchange

OPEN, PARTIAL, FILLED = OrderStatus.OPEN, OrderStatus.PARTIAL, OrderStatus.FILLED
CANCELLED, REJECTED = OrderStatus.CANCELLED, OrderStatus.REJECTED


def answers(exchange: Exchange) -> list[dict[str, Any]]:
    """What was answered to the process "me" since the last call."""
    found: list[dict[str, Any]] = []
    while batch := exchange.redis.lpop(answer_key("me")):
        found += orjson.loads(batch)  # type: ignore[arg-type]
    return found


class TestPairs:
    def place(self, exchange: Exchange, **more: Any) -> tuple[int, int]:
        return exchange.place_oco("owner", "BUY", "2", price="59000", trigger="61000", stop_price="61500", **more)

    def test_the_larger_need_is_locked_once(self, exchange: Exchange) -> None:
        limit_leg, stop_leg = self.place(exchange, reply_to="me", client_order_id="pair")
        exchange.run()
        assert exchange.balance("owner", "USDT") == (10_000_000 - 123_000, 123_000)
        limit, stop = exchange.order(limit_leg), exchange.order(stop_leg)
        assert (limit.locked, limit.other_leg_id, limit.post_only, limit.is_waiting) == (118_000, stop_leg, True, False)
        assert (stop.locked, stop.other_leg_id, stop.price, stop.is_waiting) == (5_000, limit_leg, 61_500, True)
        assert (limit.client_order_id, stop.client_order_id) == ("pair", None)
        (answer,) = answers(exchange)
        assert (answer["id"], answer["code"]) == (limit_leg, None)
        assert [(leg["id"], leg["status"]) for leg in answer["legs"]] == [(limit_leg, OPEN), (stop_leg, OPEN)]
        audit(exchange)

    def test_a_trade_of_the_one_cancels_the_other(self, exchange: Exchange) -> None:
        limit_leg, stop_leg = self.place(exchange)
        exchange.run()
        exchange.place("colleague", "SELL", "59000", "0.5")
        exchange.run()
        assert status_of(exchange, stop_leg)[:2] == (CANCELLED, "OCO_OTHER_LEG")
        assert status_of(exchange, limit_leg) == (PARTIAL, "", Decimal("0.5"))
        assert exchange.order(limit_leg).locked == 88_500
        assert exchange.balance("owner", "USDT") == (10_000_000 - 118_000, 88_500)
        audit(exchange)

    def test_the_trigger_of_the_other_cancels_the_one(self, exchange: Exchange) -> None:
        limit_leg, stop_leg = self.place(exchange)
        exchange.run()
        exchange.place("colleague", "SELL", "61000", "1")
        exchange.place("outsider", "BUY", "61000", "1")
        exchange.run()
        assert status_of(exchange, limit_leg)[:2] == (CANCELLED, "OCO_OTHER_LEG")
        assert status_of(exchange, stop_leg)[:2] == (OPEN, "")
        assert exchange.balance("owner", "USDT") == (10_000_000 - 123_000, 123_000)
        assert [event["type"] for event in told(exchange, "owner")][2:] == ["triggered", "closed", "order"]
        audit(exchange)

    def test_who_cancels_one_cancels_both(self, exchange: Exchange) -> None:
        before = all_money()
        limit_leg, stop_leg = self.place(exchange)
        exchange.run()
        exchange.cancel("owner", stop_leg, reply_to="me")
        exchange.run()
        assert {status_of(exchange, leg)[0] for leg in (limit_leg, stop_leg)} == {CANCELLED}
        assert answers(exchange)[0]["cancelled"] == [str(stop_leg), str(limit_leg)]
        assert all_money() == before
        audit(exchange)

    def test_both_or_neither(self, exchange: Exchange) -> None:
        before = untouched()
        legs = exchange.place_oco("owner", "BUY", "200", price="59000", trigger="61000", stop_price="61500")
        exchange.run()
        assert {status_of(exchange, leg)[:2] for leg in legs} == {(REJECTED, "MAX_ORDER_VALUE")}
        assert Outcome.objects.get(pk=legs[0]).code == "MAX_ORDER_VALUE"
        assert untouched() == before
        assert [event["id"] for event in told(exchange, "owner", "order")] == list(legs)
        audit(exchange)


class TestIcebergs:
    def place(self, exchange: Exchange) -> int:
        return exchange.place("owner", "SELL", "60000", "10", order_type=OrderType.ICEBERG, display="1")

    def test_only_a_part_is_seen_and_another_follows(self, exchange: Exchange) -> None:
        order = self.place(exchange)
        behind = exchange.place("outsider", "SELL", "60000", "1")
        exchange.run()
        assert live_book(exchange)["asks"] == ["60000:2"]
        row = exchange.order(order)
        assert (row.display_quantity, row.visible_quantity, row.locked) == (1, 1, 10)
        first_place = row.priority
        exchange.place("colleague", "BUY", "60000", "0.4")
        exchange.run()
        assert exchange.order(order).visible_quantity == Decimal("0.6")
        exchange.place("colleague", "BUY", "60000", "1")
        exchange.run()
        row = exchange.order(order)
        assert (row.visible_quantity, row.filled_quantity, row.locked, row.status) == (1, 1, 9, PARTIAL)
        assert (row.priority or 0) > (first_place or 0)
        assert status_of(exchange, behind) == (PARTIAL, "", Decimal("0.4"))
        audit(exchange)

    def test_nothing_is_shown_of_what_has_ended(self, exchange: Exchange) -> None:
        order = self.place(exchange)
        exchange.run()
        exchange.cancel("owner", order)
        exchange.run()
        assert exchange.order(order).visible_quantity is None
        assert exchange.balance("owner", "BTC") == (100, 0)
        audit(exchange)


class TestAmendments:
    def test_less_of_it_keeps_its_place(self, exchange: Exchange) -> None:
        order = exchange.place("owner", "BUY", "59000", "2", client_order_id="mine")
        exchange.run()
        place = exchange.order(order).priority
        exchange.place("colleague", "SELL", "59000", "0.5")
        exchange.run()
        command = exchange.amend("owner", order, quantity="1.5", reply_to="me")
        exchange.run()
        row = exchange.order(order)
        assert (row.quantity, row.filled_quantity, row.locked, row.status) == (
            Decimal("1.5"),
            Decimal("0.5"),
            59_000,
            2,
        )
        assert row.priority == place
        (amended,) = told(exchange, "owner", "amended")
        assert (amended["ticks"], amended["lots"], amended["remaining_lots"]) == (5_900_000, 15_000, 10_000)
        (answer,) = answers(exchange)
        assert (answer["id"], answer["command_id"], answer["code"]) == (order, command, None)
        assert (answer["status"], answer["lots"], answer["filled_lots"], answer["fills"]) == (
            PARTIAL,
            15_000,
            5_000,
            [],
        )
        assert answer["client_order_id"] == "mine"
        audit(exchange)

    def test_another_price_may_trade_at_once(self, exchange: Exchange) -> None:
        order = exchange.place("owner", "BUY", "59000", "2", client_order_id="mine")
        exchange.place("colleague", "SELL", "60000", "0.5")
        exchange.run()
        command = exchange.amend("owner", order, price="60500", quantity="3", reply_to="me")
        exchange.run()
        row = exchange.order(order)
        assert (row.price, row.quantity, row.filled_quantity, row.status) == (60_500, 3, Decimal("0.5"), PARTIAL)
        assert exchange.balance("owner", "USDT") == (10_000_000 - 30_000 - 151_250, 151_250)
        trade = Trade.objects.get()
        assert (trade.taker_order_id, trade.price) == (order, 60_000)
        event = told(exchange, "owner")[-1]
        assert (event["type"], event["amended"], event["lots"], event["ticks"]) == ("order", True, 30_000, 6_050_000)
        assert (event["status"], event["filled_lots"], len(event["fills"])) == (PARTIAL, 5_000, 1)
        (answer,) = answers(exchange)
        assert (answer["command_id"], answer["status"], len(answer["fills"])) == (command, PARTIAL, 1)
        audit(exchange)

    def test_totals_are_those_of_the_whole_order(self, exchange: Exchange) -> None:
        order = exchange.place("owner", "BUY", "59000", "2")
        exchange.place("colleague", "SELL", "59000", "0.5")
        exchange.run()
        exchange.amend("owner", order, price="59100", reply_to="me")
        exchange.run()
        event = told(exchange, "owner")[-1]
        assert (event["status"], event["filled_lots"], event["visible_lots"]) == (PARTIAL, 5_000, 15_000)
        assert answers(exchange)[0]["filled_value"] == 5_900_000 * 5_000
        assert exchange.order(order).status == PARTIAL
        audit(exchange)

    @pytest.mark.parametrize(
        ("name", "terms", "code"),
        [
            ("outsider", {"price": "58000"}, "ORDER_NOT_FOUND"),
            ("owner", {"quantity": "0.5"}, "AMEND_BELOW_FILLED"),
            ("owner", {"quantity": "80", "price": "60000"}, None),
            ("owner", {"quantity": "84", "price": "61000"}, "MAX_ORDER_VALUE"),
            ("owner", {}, None),
        ],
    )
    def test_refused_or_not(self, exchange: Exchange, name: str, terms: dict[str, str], code: str | None) -> None:
        order = exchange.place("owner", "BUY", "59000", "2")
        exchange.place("colleague", "SELL", "59000", "0.5")
        exchange.run()
        before = untouched(), exchange.order(order).updated_at
        command = exchange.amend(name, order, **terms, reply_to="me")
        exchange.run()
        assert Outcome.objects.get(pk=command).code == code
        (answer,) = answers(exchange)
        assert answer["code"] == code
        if code or not terms:
            assert (untouched(), exchange.order(order).updated_at) == before
        if code is None:
            assert (answer["status"], answer["filled_lots"]) == (PARTIAL, 5_000)
        audit(exchange)


class TestReplacements:
    def test_the_funds_of_the_old_one_are_there_for_the_new_one(self, exchange: Exchange) -> None:
        old = exchange.place("owner", "BUY", "59000", "80")
        exchange.place("owner", "BUY", "59000", "80")
        exchange.run()
        new = exchange.place("owner", "BUY", "59500", "82", replaces=old)
        exchange.run()
        assert status_of(exchange, old)[:2] == (CANCELLED, "REPLACED")
        assert status_of(exchange, new)[0] == OPEN
        audit(exchange)

    def test_the_old_one_stays_where_the_new_one_cannot_come(self, exchange: Exchange) -> None:
        old = exchange.place("owner", "BUY", "59000", "80")
        exchange.run()
        before = untouched()
        new = exchange.place("owner", "BUY", "59500", "800", replaces=old)
        exchange.run()
        assert status_of(exchange, new)[:2] == (REJECTED, "MAX_ORDER_VALUE")
        assert status_of(exchange, old)[0] == OPEN
        assert untouched() == before
        audit(exchange)
