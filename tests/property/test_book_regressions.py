"""What the random test has found once, shrunk to the few commands that matter.

Written as the scenarios of the trading rules are (tests/unit/trading_rules/script.py).
"""

from dataclasses import dataclass, replace

import pytest

from matching.engine.commands import Command
from matching.engine.events import Event
from matching.engine.types import MarketState
from tests.property.both_books import Books
from tests.unit.trading_rules.script import FREE_RULES, Run

CASES: dict[str, tuple[dict[str, int], str]] = {
    "the stop leg of an OCO that came too late has its own price": (
        {},
        """
        1 sell 3 at 100 oco 96 expires 5 time 6 => 1 EXPIRED COMMAND_EXPIRED left 3; 2 EXPIRED COMMAND_EXPIRED left 3
        3 sell 3 at 100 oco 96 leg 95 expires 5 => 3 EXPIRED COMMAND_EXPIRED left 3; 4 EXPIRED COMMAND_EXPIRED left 3
        """,
    ),
    "a trailing purchase has no value before there is a price to trail": (
        {"max_order_value": 600, "min_value": 200, "protection_ppm": 50_000},
        """
        1 buy 16 trail 5000 => 1 refused NO_REFERENCE_PRICE
        2 buy 1 trail 5000 => 2 refused NO_REFERENCE_PRICE
        """,
    ),
    "a replacement that comes to nothing trips no breaker": (
        {"breaker_ppm": 25_000},
        """
        1 buy 7 at 103
        2 sell 2 at 100 ioc
        3 buy 5 at 93 profit 101
        4 sell 3 at 106
        5 buy 6 at 108 ioc by 3 replaces 3 => 5 EXPIRED CIRCUIT_BREAKER left 6
        6 buy 6 by 3 replaces 3 => 6 EXPIRED CIRCUIT_BREAKER left 6
        cancel 3 => 3 CANCELLED CANCELLED_BY_OWNER left 5
        """,
    ),
    "a replacement that comes to nothing has prevented nothing": (
        {},
        """
        1 buy 4 at 100
        2 sell 4 profit 102 by 1
        3 sell 6 at 92 ioc by 1 mode DECREMENT replaces 2 => 3 EXPIRED IOC_REMAINDER left 6
        depth => 4@100 |
        """,
    ),
    "a market order that comes to nothing leaves orders of its own group alone": (
        {},
        """
        1 buy 3 at 98 group 7
        2 sell 5 group 7 mode EXPIRE_MAKER => 2 EXPIRED NO_LIQUIDITY left 5
        3 sell 709q group 7 mode DECREMENT => 3 EXPIRED NO_LIQUIDITY
        4 sell 5 profit 99 group 7 mode EXPIRE_MAKER
        5 sell 1 at 99
        6 buy 1 at 99 => 6 takes 1 of 5 at 99; 5 FILLED; 6 FILLED; 4 triggered; 4 EXPIRED NO_LIQUIDITY left 5
        depth => 3@98 |
        """,
    ),
    "the stop leg of an OCO purchase is held to the smallest value": (
        {"min_value": 200, "protection_ppm": 15_000},
        """
        1 buy 2 at 100 oco 95 => 1 refused NOTIONAL_TOO_SMALL; 2 refused NOTIONAL_TOO_SMALL
        """,
    ),
    "an amendment that changes nothing is not asked for sizes of new rules": (
        {},
        """
        1 sell 5 at 101
        rules lot_multiple=2
        amend 1 =>
        amend 1 at 102 => 1 refused QUANTITY_OFF_LOT
        """,
    ),
}


@dataclass
class RunOnBoth(Run):
    """Everything the random test asserts holds after every line, too."""

    books: Books | None = None

    def deliver(self, command: Command, at_us: int, funds: int) -> list[Event]:
        assert self.books is not None
        return self.books.send(command, at_us, funds, twice=True)


@pytest.mark.parametrize("name", CASES)
def test_both_books_agree(name: str) -> None:
    rules, script = CASES[name]
    books = Books.opened(replace(FREE_RULES, **rules), MarketState.TRADING)
    run = RunOnBoth(books.naive, books.naive.depth, books=books)
    for sent, expected, told in run.lines(script):
        assert told == expected if expected is not None else "refused" not in told, f"{sent} => {told}"
