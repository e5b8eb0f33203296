"""From rows of the log to what the engine is told."""

import pytest

from kernel.errors import InvariantViolated
from matching.engine.commands import (
    Amend,
    Cancel,
    CancelAll,
    Command,
    Place,
    PlaceOco,
    SetCountdown,
    SetRules,
    SetState,
    Tick,
)
from matching.engine.types import (
    EVERYBODY,
    MarketRules,
    MarketState,
    OrderType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from matching.models import CommandKind
from matching.rules import LoggedRules
from matching.worker.translation import COMMAND_COLUMNS, NO_FACTS, Facts, LoggedCommand, to_engine

ROW = LoggedCommand(
    command_id=77,
    xact_number=5,
    market_id=3,
    account_id=9,
    kind=CommandKind.PLACE,
    side=2,
    order_type=1,
    time_in_force=3,
    post_only=False,
    ticks=100,
    lots=7,
    value=0,
    client_order_id="mine",
    expires_at_us=123,
    target_order_id=0,
    state=0,
    reason="",
    reply_to="web",
)
NEW_RULES = LoggedRules(
    MarketRules(4, 0, 0, 0, 1, 0, 0, 0), MarketRules(5, 9, 8, 7, 6, 5, 4, 3), {"max_open_orders": 7}
)


def test_a_new_order_has_the_id_of_its_command_and_its_account_as_self_trade_group() -> None:
    assert to_engine(ROW, Facts("ACCOUNT_CLOSED", 1_000, 1_500)) == Place(
        order_id=77,
        account_id=9,
        side=Side.SELL,
        order_type=OrderType.LIMIT,
        time_in_force=TimeInForce.FOK,
        post_only=False,
        ticks=100,
        lots=7,
        value=0,
        maker_ppm=1_000,
        taker_ppm=1_500,
        stp_group=9,
        expires_at_us=123,
        refusal="ACCOUNT_CLOSED",
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"kind": CommandKind.CANCEL, "target_order_id": 55}, Cancel(77, 55, 9)),
        ({"kind": CommandKind.CANCEL_ALL, "side": 0}, CancelAll(77, 9)),
        ({"kind": CommandKind.CANCEL_ALL, "reason": "GONE"}, CancelAll(77, 9, Side.SELL, "GONE")),
        (
            {"kind": CommandKind.CANCEL_ALL, "account_id": None, "side": 0, "reason": "words of staff"},
            CancelAll(77, EVERYBODY),
        ),
        (
            {"kind": CommandKind.AMEND, "target_order_id": 55},
            Amend(77, 55, 9, 100, 7, 0, 0, 9, 123, None),
        ),
        (
            {
                "kind": CommandKind.PLACE_OCO,
                "target_order_id": 78,
                "trigger_ticks": 90,
                "stop_ticks": 89,
                "stp_mode": 4,
            },
            PlaceOco(77, 78, 9, Side.SELL, 7, 100, 90, 89, 0, 0, 9, SelfTradePrevention.DECREMENT, 123, None),
        ),
        ({"kind": CommandKind.SET_COUNTDOWN, "countdown_us": 5}, SetCountdown(77, 9, 5)),
        ({"kind": CommandKind.TICK, "account_id": None}, Tick(77)),
        (
            {"kind": CommandKind.SET_STATE, "account_id": None, "state": 2, "reason": "fire"},
            SetState(77, MarketState.HALTED, "fire"),
        ),
        (
            {"kind": CommandKind.SET_RULES, "account_id": None, "rules": NEW_RULES.write()},
            SetRules(77, 4, NEW_RULES.after),
        ),
    ],
)
def test_other_commands(changes: dict[str, object], expected: Command) -> None:
    found = to_engine(ROW._replace(**changes), NO_FACTS)  # type: ignore[arg-type]
    assert found == expected
    assert type(found) is type(expected)


def test_all_of_a_waiting_order_of_a_group() -> None:
    row = ROW._replace(
        order_type=8, time_in_force=4, stp_mode=2, display_lots=3, trigger_ticks=4, trailing_ppm=5, good_till_us=6,
        replaces=7,
    )  # fmt: skip
    place = to_engine(row, Facts(None, 1, 2, -3))
    assert isinstance(place, Place)
    assert (place.order_type, place.time_in_force) == (OrderType.TRAILING_STOP, TimeInForce.GTD)
    assert (place.stp_mode, place.stp_group) == (SelfTradePrevention.EXPIRE_MAKER, -3)
    assert (place.display_lots, place.trigger_ticks, place.trailing_ppm) == (3, 4, 5)
    assert (place.good_till_us, place.replaces) == (6, 7)


def test_rules_logged_before_a_limit_existed_had_no_such_limit() -> None:
    old = (
        '{"before":{"version":1,"price_band_ppm":0,"max_order_value":0,"max_open_orders":0,"min_lots":1,"max_lots":0,'
        '"min_value":0,"initial_ticks":0},"after":{"version":2,"price_band_ppm":5,"max_order_value":0,'
        '"max_open_orders":0,"min_lots":1,"max_lots":0,"min_value":0,"initial_ticks":0},"limits":{"price_band_ppm":5}}'
    )
    rules = LoggedRules.read(old)
    assert (rules.after.price_band_ppm, rules.after.tick_multiple, rules.after.max_order_rate) == (5, 1, 0)


def test_a_change_of_rules_without_rules_is_an_error() -> None:
    with pytest.raises(InvariantViolated):
        to_engine(ROW._replace(kind=CommandKind.SET_RULES), NO_FACTS)


@pytest.mark.parametrize("changes", [{"side": 7}, {"order_type": 9}, {"time_in_force": 0}, {"stp_mode": 5}])
def test_a_row_no_web_process_logs_is_an_error(changes: dict[str, int]) -> None:
    with pytest.raises(KeyError):
        to_engine(ROW._replace(**changes), NO_FACTS)  # type: ignore[arg-type]


def test_columns_and_fields_are_equally_many() -> None:
    flat = COMMAND_COLUMNS
    for column in ("expires_at", "good_till"):
        flat = flat.replace(f"coalesce((extract(epoch FROM c.{column}) * 1000000)::bigint, 0)", column)
    assert len(flat.split(",")) == len(LoggedCommand._fields)
