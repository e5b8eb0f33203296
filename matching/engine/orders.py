"""Orders as the engine keeps them: those that rest in the book, and those that wait for their trigger."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from matching.engine.types import BUY, TAKE_PROFIT_TYPES, OrderType, SelfTradePrevention, Side, TimeInForce

if TYPE_CHECKING:
    from matching.engine.ladder import PriceLevel


class Order:
    """An order that rests in the book.

    `lots` is what the book shows of it, `hidden_lots` what an iceberg has behind that. Its price never changes; an
    order that gets another place in the queue is another object with the same id, so that undo finds the old one
    unharmed.
    """

    __slots__ = (
        "account_id",
        "before",
        "behind",
        "display_lots",
        "filled_lots",
        "good_till_us",
        "hidden_lots",
        "level",
        "lots",
        "maker_ppm",
        "order_id",
        "other_leg",
        "post_only",
        "priority",
        "side",
        "stp_group",
        "stp_mode",
        "ticks",
    )

    level: "PriceLevel"
    before: "Order | None"
    behind: "Order | None"

    def __init__(
        self,
        order_id: int,
        account_id: int,
        side: Side,
        ticks: int,
        lots: int,
        priority: int,
        maker_ppm: int,
        stp_group: int,
        hidden_lots: int = 0,
        display_lots: int = 0,
        filled_lots: int = 0,
        post_only: bool = False,
        good_till_us: int = 0,
        stp_mode: SelfTradePrevention = SelfTradePrevention.EXPIRE_TAKER,
        other_leg: int = 0,
    ) -> None:
        self.order_id = order_id
        self.account_id = account_id
        self.side = side
        self.ticks = ticks
        self.lots = lots
        self.priority = priority
        self.maker_ppm = maker_ppm
        self.stp_group = stp_group
        self.hidden_lots = hidden_lots
        self.display_lots = display_lots
        self.filled_lots = filled_lots
        """What has left it so far: traded, or taken off by self-trade prevention."""
        self.post_only = post_only
        self.good_till_us = good_till_us
        self.stp_mode = stp_mode
        self.other_leg = other_leg
        """The waiting leg of its OCO; 0 = none."""

    @property
    def remaining_lots(self) -> int:
        """All that is left of it, shown or not."""
        return self.lots + self.hidden_lots

    @property
    def locked(self) -> int:
        """What it holds: tick-lots (BUY) or lots (SELL)."""
        remaining = self.lots + self.hidden_lots
        return self.ticks * remaining if self.side is BUY else remaining

    def requeued(self, priority: int, lots: int, hidden_lots: int) -> "Order":
        """The same order with another place in the queue, and other parts shown and hidden."""
        return Order(
            self.order_id,
            self.account_id,
            self.side,
            self.ticks,
            lots,
            priority,
            self.maker_ppm,
            self.stp_group,
            hidden_lots,
            self.display_lots,
            self.filled_lots,
            self.post_only,
            self.good_till_us,
            self.stp_mode,
            self.other_leg,
        )

    def fields(self) -> list[int]:
        """All that makes this order what it is, as plain integers in the order of `__init__`."""
        return [
            self.order_id,
            self.account_id,
            int(self.side),
            self.ticks,
            self.lots,
            self.priority,
            self.maker_ppm,
            self.stp_group,
            self.hidden_lots,
            self.display_lots,
            self.filled_lots,
            int(self.post_only),
            self.good_till_us,
            int(self.stp_mode),
            self.other_leg,
        ]

    @classmethod
    def of_fields(cls, row: Sequence[int]) -> Self:
        """The order of which `fields` was taken."""
        (
            order_id, account_id, side, ticks, lots, priority, maker_ppm, stp_group, hidden_lots, display_lots,
            filled_lots, post_only, good_till_us, stp_mode, other_leg,
        ) = row  # fmt: skip
        return cls(
            order_id,
            account_id,
            Side(side),
            ticks,
            lots,
            priority,
            maker_ppm,
            stp_group,
            hidden_lots,
            display_lots,
            filled_lots,
            bool(post_only),
            good_till_us,
            SelfTradePrevention(stp_mode),
            other_leg,
        )


class StopOrder:
    """An order that waits for its trigger."""

    __slots__ = (
        "account_id",
        "extreme_ticks",
        "good_till_us",
        "is_triggered",
        "locked",
        "lots",
        "maker_ppm",
        "order_id",
        "order_type",
        "other_leg",
        "priority",
        "protection_ticks",
        "side",
        "stp_group",
        "stp_mode",
        "taker_ppm",
        "ticks",
        "time_in_force",
        "trailing_ppm",
        "trigger_ticks",
        "value",
    )

    def __init__(
        self,
        order_id: int,
        account_id: int,
        side: Side,
        order_type: OrderType,
        time_in_force: TimeInForce,
        ticks: int,
        lots: int,
        value: int,
        trigger_ticks: int,
        trailing_ppm: int,
        extreme_ticks: int,
        protection_ticks: int,
        priority: int,
        maker_ppm: int,
        taker_ppm: int,
        stp_group: int,
        stp_mode: SelfTradePrevention,
        good_till_us: int,
        other_leg: int,
        locked: int,
    ) -> None:
        self.order_id = order_id
        self.account_id = account_id
        self.side = side
        self.order_type = order_type
        self.time_in_force = time_in_force
        self.ticks = ticks
        self.lots = lots
        self.value = value
        self.trigger_ticks = trigger_ticks
        self.trailing_ppm = trailing_ppm
        self.extreme_ticks = extreme_ticks
        self.protection_ticks = protection_ticks
        self.priority = priority
        self.maker_ppm = maker_ppm
        self.taker_ppm = taker_ppm
        self.stp_group = stp_group
        self.stp_mode = stp_mode
        self.good_till_us = good_till_us
        self.other_leg = other_leg
        """The resting leg of its OCO; 0 = none."""
        self.locked = locked
        """Tick-lots (BUY) or lots (SELL); the stop leg of an OCO holds only what it needs more than the other."""
        self.is_triggered = False
        """It has met its price and stands in the queue of those that are to act."""

    @property
    def remaining_lots(self) -> int:
        """Nothing of a waiting order has traded."""
        return self.lots

    @property
    def fires_rising(self) -> bool:
        """Triggered by a price at or above the trigger; else by one at or below."""
        return (self.side is BUY) is not (self.order_type in TAKE_PROFIT_TYPES)

    def fields(self) -> list[int]:
        """All that makes this order what it is, as plain integers in the order of `__init__`.

        Whether it is triggered stands in the book's queue.
        """
        return [
            self.order_id,
            self.account_id,
            int(self.side),
            int(self.order_type),
            int(self.time_in_force),
            self.ticks,
            self.lots,
            self.value,
            self.trigger_ticks,
            self.trailing_ppm,
            self.extreme_ticks,
            self.protection_ticks,
            self.priority,
            self.maker_ppm,
            self.taker_ppm,
            self.stp_group,
            int(self.stp_mode),
            self.good_till_us,
            self.other_leg,
            self.locked,
        ]

    @classmethod
    def of_fields(cls, row: Sequence[int]) -> Self:
        """The order of which `fields` was taken."""
        (
            order_id, account_id, side, order_type, time_in_force, ticks, lots, value, trigger_ticks, trailing_ppm,
            extreme_ticks, protection_ticks, priority, maker_ppm, taker_ppm, stp_group, stp_mode, good_till_us,
            other_leg, locked,
        ) = row  # fmt: skip
        return cls(
            order_id,
            account_id,
            Side(side),
            OrderType(order_type),
            TimeInForce(time_in_force),
            ticks,
            lots,
            value,
            trigger_ticks,
            trailing_ppm,
            extreme_ticks,
            protection_ticks,
            priority,
            maker_ppm,
            taker_ppm,
            stp_group,
            SelfTradePrevention(stp_mode),
            good_till_us,
            other_leg,
            locked,
        )


OpenOrder = Order | StopOrder
"""What its owner can cancel."""
