"""New limits: from staff into the log, in force from their place on, refused when overtaken, replayed as they were."""

from decimal import Decimal
from typing import Unpack

import pytest

from accounts.errors import ReasonMissing
from accounts.models import StaffAction
from kernel.errors import BourseError
from matching.errors import MarketRulesChanged, MarketRulesInvalid
from matching.listing import MarketLimits
from matching.models import Command, CommandKind, Outcome, Shard
from matching.services import cancel_market_orders, change_market_rules
from matching.worker.checkpoints import take_checkpoints
from matching.worker.failpoints import Failpoint
from matching.worker.replay import replay_log
from tests.support.audit import audit
from tests.support.exchange import Exchange
from tests.support.worker_process import WorkerProcess, eventually

WHY = "smaller orders for the holidays"


def change(exchange: Exchange, *, based_on: int = 1, **limits: Unpack[MarketLimits]) -> int:
    return change_market_rules(symbol="BTC-USDT", based_on=based_on, by=exchange.user("staff"), reason=WHY, **limits)


def code_of(command_id: int) -> str | None:
    return Outcome.objects.get(pk=command_id).code


def test_limits_hold_from_their_place_among_the_orders_on(exchange: Exchange) -> None:
    before = exchange.place("owner", "BUY", "50000", "2")
    changed = change(exchange, max_quantity=Decimal("1"))
    after = exchange.place("owner", "BUY", "50000", "2")
    assert exchange.market().max_quantity == 1000, "the row says what is enforced, and nothing is yet"
    exchange.run()
    assert [code_of(command) for command in (before, changed, after)] == [None, None, "QUANTITY_TOO_LARGE"]
    assert (exchange.market().max_quantity, exchange.market().rules_version) == (Decimal("1"), 2)
    audit(exchange)


def test_who_and_why_is_written_down_with_the_command(exchange: Exchange) -> None:
    command_id = change(exchange, price_band_ppm=100_000, min_notional=Decimal("10"))
    action = StaffAction.objects.get()
    assert (action.by, action.subject, action.action, action.reason) == (
        exchange.user("staff"),
        "BTC-USDT",
        "rules",
        WHY,
    )
    assert action.old == {"min_notional": "5", "price_band_ppm": "500000"}
    assert action.new == {"min_notional": "10", "price_band_ppm": "100000"}
    assert action.command_id == command_id
    assert Command.objects.get(pk=command_id).kind == CommandKind.SET_RULES


@pytest.mark.parametrize(
    ("limits", "error"),
    [
        ({"max_quantity": Decimal("0.00001")}, MarketRulesInvalid),
        ({"min_quantity": Decimal("-1")}, MarketRulesInvalid),
        ({"min_quantity": Decimal("NaN")}, MarketRulesInvalid),
        ({"min_quantity": Decimal("0.0000000000001")}, MarketRulesInvalid),
        ({"max_order_value": Decimal("1")}, MarketRulesInvalid),
        ({"max_order_value": Decimal("0.0000001"), "min_notional": Decimal(0)}, MarketRulesInvalid),
        ({"max_order_value": Decimal(10) ** 21}, MarketRulesInvalid),
        ({"price_band_ppm": 1_000_001}, MarketRulesInvalid),
        ({"max_open_orders": -1}, MarketRulesInvalid),
        ({"initial_price": Decimal("60000.001")}, MarketRulesInvalid),
        ({"max_quantity": Decimal("1000")}, MarketRulesInvalid),
        ({"max_quantity": Decimal("5"), "based_on": 7}, MarketRulesChanged),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    exchange: Exchange, limits: dict[str, Decimal | int], error: type[BourseError]
) -> None:
    with pytest.raises(error):
        change(exchange, **limits)  # type: ignore[arg-type]
    assert not Command.objects.exists()
    assert not StaffAction.objects.exists()


def test_a_reason_is_wanted(exchange: Exchange) -> None:
    staff = exchange.user("staff")
    with pytest.raises(ReasonMissing):
        change_market_rules(symbol="BTC-USDT", based_on=1, by=staff, reason=" ", max_open_orders=3)
    with pytest.raises(ReasonMissing):
        cancel_market_orders(symbol="BTC-USDT", by=staff, reason="")
    assert not Command.objects.exists()


def test_of_two_changes_on_their_way_the_second_is_refused_by_the_engine(exchange: Exchange) -> None:
    first, second = change(exchange, max_open_orders=5), change(exchange, max_open_orders=9)
    exchange.run()
    assert (code_of(first), code_of(second)) == (None, "MARKET_RULES_CHANGED")
    assert exchange.market().max_open_orders == 5
    audit(exchange)


def test_a_replay_knows_the_limits_of_every_time(exchange: Exchange) -> None:
    exchange.place("owner", "BUY", "50000", "2")
    exchange.run()
    change(exchange, max_quantity=Decimal("1"))
    exchange.place("owner", "BUY", "50000", "2")
    exchange.run()
    take_checkpoints(exchange.worker())
    exchange.place("colleague", "SELL", "50000", "1.5")
    exchange.place("colleague", "SELL", "50000", "1")
    change(exchange, based_on=2, max_quantity=Decimal("3"), initial_price=Decimal("59000"))
    exchange.place("colleague", "SELL", "50000", "1.5")
    exchange.run()
    from_checkpoint = replay_log(shard=Shard.objects.get(), from_checkpoint=True)
    assert (from_checkpoint.findings, from_checkpoint.commands) == ([], 4)
    assert exchange.market().rules_version == 3
    audit(exchange)


def test_a_batch_that_is_taken_back_takes_the_limits_back(exchange: Exchange) -> None:
    """Somebody spends between decision and lock: the batch runs twice, and the order before the change still passes."""
    before = exchange.place("owner", "BUY", "50000", "2")
    change(exchange, max_quantity=Decimal("1"))
    worker = exchange.worker()
    for attempt in range(2):
        broken = attempt == 0

        def fail(broken: bool = broken) -> None:
            if broken:
                raise RuntimeError("taken back")

        worker.before_lock = fail
        if broken:
            with pytest.raises(RuntimeError):
                worker.run_once()
            assert worker.books[exchange.market().pk].rules.version == 1
        else:
            worker.run_once()
    assert code_of(before) is None
    audit(exchange)


def test_a_killed_worker_leaves_either_the_old_limits_or_the_new_ones(exchange: Exchange) -> None:
    change(exchange, max_quantity=Decimal("1"))
    with WorkerProcess(exchange.database, failpoint=f"{Failpoint.STATE_WRITTEN}:kill") as worker:
        worker.wait()
    assert exchange.market().rules_version == 1
    order = exchange.place("owner", "BUY", "50000", "2")
    with WorkerProcess(exchange.database):
        eventually(Outcome.objects.filter(pk=order).exists)
    assert code_of(order) == "QUANTITY_TOO_LARGE"
    assert exchange.market().rules_version == 2
    audit(exchange)


def test_staff_cancel_every_order_of_a_market(exchange: Exchange) -> None:
    order = exchange.place("owner", "BUY", "50000", "1")
    other = exchange.place("owner", "BUY", "2900", "1", symbol="ETH-USDT")
    exchange.run()
    cancel_market_orders(symbol="BTC-USDT", by=exchange.user("staff"), reason="delisting")
    exchange.run()
    assert exchange.order(order).reason == "CANCELLED_BY_STAFF"
    assert exchange.order(other).reason == ""
    assert exchange.balance("owner", "USDT")[1] == 2900
    assert StaffAction.objects.get().action == "cancel all orders"
    audit(exchange)
