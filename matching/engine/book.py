"""Skeleton of the book; the matching rules follow."""

from collections.abc import Callable

from matching.engine.commands import Command
from matching.engine.events import Event
from matching.engine.types import MarketRules, MarketState, Side


class Book:
    """The order book of one market."""

    event_hash: bytes
    last_ticks: int
    last_trade_number: int
    last_priority: int
    state: MarketState

    def __init__(self, market_id: int, rules: MarketRules, state: MarketState = MarketState.TRADING) -> None:
        self.market_id = market_id
        self.rules = rules
        self.state = state
        self.last_ticks = self.last_trade_number = self.last_priority = 0
        self.event_hash = bytes(16)

    def apply(self, command: Command, at_us: int, lockable: Callable[[int], bool]) -> list[Event]:
        raise NotImplementedError

    def mark(self) -> int:
        raise NotImplementedError

    def undo(self, mark: int) -> None:
        raise NotImplementedError

    def forget_undo(self) -> None:
        raise NotImplementedError

    def drain_touched(self) -> set[tuple[Side, int]]:
        raise NotImplementedError

    def level_lots(self, side: Side, ticks: int) -> int:
        raise NotImplementedError

    def depth(self, limit: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        raise NotImplementedError

    def load_order(
        self,
        *,
        order_id: int,
        account_id: int,
        side: Side,
        ticks: int,
        lots: int,
        priority: int,
        maker_ppm: int,
        stp_group: int,
    ) -> None:
        raise NotImplementedError

    def set_counters(
        self, *, last_ticks: int, last_trade_number: int, last_priority: int, event_hash: bytes
    ) -> None:
        raise NotImplementedError

    def set_rules(self, rules: MarketRules) -> None:
        raise NotImplementedError
