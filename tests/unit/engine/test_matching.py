"""What each kind of order does to a book, one scenario a row.

Every scenario starts from the same book, written here best price last in the asks and first in the bids:

    asks   103: account 3, 10 lots (order 6)
           102: account 2, 5 lots (order 4), then account 3, 5 lots (order 5)
    bids    99: account 2, 5 lots (order 1), then account 3, 5 lots (order 2)
            98: account 3, 10 lots (order 3)

Account 1 is the taker. Events are compared in a short notation: `trade 4 5@102` is five lots of order 4 at 102.
"""

from dataclasses import replace

import pytest

from matching.engine import codes
from matching.engine.book import Book
from matching.engine.commands import Cancel, CancelAll, Command, Place, SetRules, SetState
from matching.engine.events import (
    ChangeRejected,
    Event,
    OrderClosed,
    OrderOpened,
    OrderRejected,
    RulesChanged,
    RulesRejected,
    StateChanged,
    Traded,
)
from matching.engine.types import MarketState
from tests.unit.engine.orders import BUY, FOK, FREE_RULES, IOC, SELL, limit, market

TAKER = 100


def filled_book(**rules: int) -> Book:
    book = Book(1, replace(FREE_RULES, **rules))
    for place in (
        limit(1, 2, BUY, 5, 99),
        limit(2, 3, BUY, 5, 99),
        limit(3, 3, BUY, 10, 98),
        limit(4, 2, SELL, 5, 102),
        limit(5, 3, SELL, 5, 102),
        limit(6, 3, SELL, 10, 103),
    ):
        book.apply(place, 1, lambda need: True)
    return book


def short(event: Event) -> str:
    match event:
        case Traded():
            return f"trade {event.maker_order_id} {event.lots}@{event.ticks}"
        case OrderClosed():
            reason = f" {event.reason}" if event.reason else ""
            return f"{event.status.lower()} {event.order_id} {event.lots}{reason}"
        case OrderOpened():
            return f"opened {event.order_id} {event.lots}@{event.ticks}"
        case OrderRejected() | ChangeRejected():
            return f"rejected {event.order_id} {event.code}"
        case RulesChanged():
            return f"rules {event.version}"
        case RulesRejected():
            return f"rules refused {event.code}"
        case StateChanged():
            return f"state {event.state.name}"
        case _:
            raise AssertionError(f"no scenario here has {event}")


SCENARIOS: list[tuple[str, Command, list[str]]] = [
    ("a limit order away from the book rests", limit(TAKER, 1, BUY, 7, 100), ["opened 100 7@100"]),
    (
        "the oldest order at the best price trades first, at its own price",
        limit(TAKER, 1, BUY, 3, 103),
        ["trade 4 3@102", "filled 100 0"],
    ),
    (
        "a sell order trades at the bid",
        limit(TAKER, 1, SELL, 3, 98),
        ["trade 1 3@99", "filled 100 0"],
    ),
    (
        "what a limit order cannot trade rests at its limit",
        limit(TAKER, 1, BUY, 12, 102),
        ["trade 4 5@102", "filled 4 0", "trade 5 5@102", "filled 5 0", "opened 100 2@102"],
    ),
    (
        "a limit order goes through the prices it allows",
        limit(TAKER, 1, SELL, 15, 98),
        ["trade 1 5@99", "filled 1 0", "trade 2 5@99", "filled 2 0", "trade 3 5@98", "filled 100 0"],
    ),
    (
        "IOC: the remainder expires",
        limit(TAKER, 1, BUY, 12, 102, IOC),
        ["trade 4 5@102", "filled 4 0", "trade 5 5@102", "filled 5 0", "expired 100 2 IOC_REMAINDER"],
    ),
    (
        "IOC that meets nothing expires whole",
        limit(TAKER, 1, BUY, 12, 101, IOC),
        ["expired 100 12 IOC_REMAINDER"],
    ),
    (
        "FOK that fits is filled",
        limit(TAKER, 1, BUY, 10, 102, FOK),
        ["trade 4 5@102", "filled 4 0", "trade 5 5@102", "filled 5 0", "filled 100 0"],
    ),
    (
        "FOK that does not fit within its price does nothing",
        limit(TAKER, 1, BUY, 11, 102, FOK),
        ["expired 100 11 FOK_NOT_FILLABLE"],
    ),
    (
        "FOK counts only what stands before the first order of its own group",
        limit(TAKER, 1, BUY, 6, 103, FOK, stp_group=3),
        ["expired 100 6 FOK_NOT_FILLABLE"],
    ),
    (
        "FOK before an order of its own group is filled",
        limit(TAKER, 1, BUY, 5, 103, FOK, stp_group=3),
        ["trade 4 5@102", "filled 4 0", "filled 100 0"],
    ),
    (
        "post-only away from the book rests",
        limit(TAKER, 1, BUY, 1, 101, post_only=True),
        ["opened 100 1@101"],
    ),
    (
        "post-only that would trade is refused",
        limit(TAKER, 1, BUY, 1, 102, post_only=True),
        ["rejected 100 POST_ONLY_WOULD_MATCH"],
    ),
    (
        "post-only is refused before its own group's order as well: the book must not cross",
        limit(TAKER, 2, BUY, 1, 102, post_only=True),
        ["rejected 100 POST_ONLY_WOULD_MATCH"],
    ),
    (
        "a self-trade ends the taker; the maker does not notice",
        limit(TAKER, 3, BUY, 20, 103),
        ["trade 4 5@102", "filled 4 0", "expired 100 15 SELF_TRADE_PREVENTED"],
    ),
    (
        "self-trade groups reach over accounts",
        limit(TAKER, 9, BUY, 4, 103, stp_group=2),
        ["expired 100 4 SELF_TRADE_PREVENTED"],
    ),
    (
        "a market order by base takes price after price",
        market(TAKER, 1, BUY, lots=11),
        ["trade 4 5@102", "filled 4 0", "trade 5 5@102", "filled 5 0", "trade 6 1@103", "filled 100 0"],
    ),
    (
        "a market order takes what there is, the rest expires",
        market(TAKER, 1, SELL, lots=25),
        [
            "trade 1 5@99",
            "filled 1 0",
            "trade 2 5@99",
            "filled 2 0",
            "trade 3 10@98",
            "filled 3 0",
            "expired 100 5 NO_LIQUIDITY",
        ],
    ),
    (
        "a market order ends at its own group's order",
        market(TAKER, 3, BUY, lots=6),
        ["trade 4 5@102", "filled 4 0", "expired 100 1 SELF_TRADE_PREVENTED"],
    ),
    (
        "by quote: spends what buys whole lots and is filled though a little is left",
        market(TAKER, 1, BUY, value=102 * 7 + 101),
        ["trade 4 5@102", "filled 4 0", "trade 5 2@102", "filled 100 0"],
    ),
    (
        "by quote: what does not pay for a lot at the next price is left over",
        market(TAKER, 1, BUY, value=102 * 10 + 102),
        ["trade 4 5@102", "filled 4 0", "trade 5 5@102", "filled 5 0", "filled 100 0"],
    ),
    (
        "by quote, selling: receives at most the amount",
        market(TAKER, 1, SELL, value=99 * 6 + 98),
        ["trade 1 5@99", "filled 1 0", "trade 2 1@99", "filled 100 0"],
    ),
    (
        "by quote: less than one lot's price buys nothing",
        market(TAKER, 1, BUY, value=101),
        ["expired 100 0 BUDGET_TOO_SMALL"],
    ),
    (
        "by quote: the book may end before the money",
        market(TAKER, 1, SELL, value=99 * 10 + 98 * 10 + 98),
        [
            "trade 1 5@99",
            "filled 1 0",
            "trade 2 5@99",
            "filled 2 0",
            "trade 3 10@98",
            "filled 3 0",
            "expired 100 0 NO_LIQUIDITY",
        ],
    ),
    ("cancel", Cancel(TAKER, 2, 3), ["cancelled 2 5 CANCELLED_BY_OWNER"]),
    ("cancel of somebody else's order", Cancel(TAKER, 2, 1), ["rejected 2 ORDER_NOT_FOUND"]),
    ("cancel of an order that never was", Cancel(TAKER, 77, 1), ["rejected 77 ORDER_NOT_FOUND"]),
    (
        "cancel all of an account, oldest first, both sides",
        CancelAll(TAKER, 3),
        [f"cancelled {order_id} {lots} CANCELLED_BY_OWNER" for order_id, lots in ((2, 5), (3, 10), (5, 5), (6, 10))],
    ),
    (
        "cancel all of everybody",
        CancelAll(TAKER, 0),
        [
            f"cancelled {order_id} {lots} CANCELLED_BY_STAFF"
            for order_id, lots in ((1, 5), (2, 5), (3, 10), (4, 5), (5, 5), (6, 10))
        ],
    ),
    ("cancel all where there is nothing", CancelAll(TAKER, 1), []),
    ("halt", SetState(TAKER, MarketState.HALTED, "staff"), ["state HALTED"]),
    ("new limits", SetRules(TAKER, 1, replace(FREE_RULES, version=2, min_lots=3)), ["rules 2"]),
    (
        "limits made for others than those in force",
        SetRules(TAKER, 2, replace(FREE_RULES, version=3)),
        ["rules refused MARKET_RULES_CHANGED"],
    ),
]


@pytest.mark.parametrize(("command", "expected"), [row[1:] for row in SCENARIOS], ids=[row[0] for row in SCENARIOS])
def test_scenario(command: Command, expected: list[str]) -> None:
    book = filled_book()
    events = book.apply(command, 1, lambda need: True)
    assert [short(event) for event in events] == expected
    book.check_invariants()


def test_a_trade_names_both_sides_and_their_rates() -> None:
    book = filled_book()
    (traded, closed) = book.apply(limit(TAKER, 1, BUY, 3, 102), 1, lambda need: True)
    assert traded == Traded(
        number=1,
        maker_order_id=4,
        maker_account_id=2,
        maker_ppm=1_000,
        maker_remaining_lots=2,
        taker_order_id=TAKER,
        taker_account_id=1,
        taker_ppm=1_500,
        taker_side=BUY,
        ticks=102,
        lots=3,
    )
    assert closed == OrderClosed(TAKER, 1, BUY, 102, 0, "FILLED", "", False, 0)


def test_a_filled_maker_is_closed_as_one_that_was_open() -> None:
    book = filled_book()
    events = book.apply(market(TAKER, 1, BUY, lots=5), 1, lambda need: True)
    assert events[1:] == [
        OrderClosed(4, 2, SELL, 102, 0, "FILLED", "", True, 0),
        OrderClosed(TAKER, 1, BUY, 0, 0, "FILLED", "", False, 0),
    ]


def test_a_partly_filled_order_keeps_its_place_in_the_queue() -> None:
    book = filled_book()
    book.apply(limit(TAKER, 1, BUY, 3, 102), 1, lambda need: True)
    events = book.apply(limit(TAKER + 1, 1, BUY, 3, 102), 1, lambda need: True)
    assert [short(event) for event in events] == ["trade 4 2@102", "filled 4 0", "trade 5 1@102", "filled 101 0"]


def test_depth_and_open_orders() -> None:
    book = filled_book()
    assert book.depth(10) == ([(99, 10), (98, 10)], [(102, 10), (103, 10)])
    assert book.depth(1) == ([(99, 10)], [(102, 10)])
    assert book.depth(0) == ([], [])
    assert [order.order_id for order in book.open_orders(3)] == [2, 3, 5, 6]
    assert book.open_orders(99) == []
    assert book.level_lots(BUY, 98) == 10
    assert book.level_lots(SELL, 98) == 0
    assert len(book) == 6


@pytest.mark.parametrize(
    ("state", "code"),
    [(MarketState.HALTED, codes.MARKET_HALTED), (MarketState.CLOSED, codes.MARKET_CLOSED)],
)
def test_a_market_that_does_not_trade_takes_cancels_only(state: MarketState, code: str) -> None:
    book = filled_book()
    book.apply(SetState(50, state, "staff"), 1, lambda need: True)
    for place in (limit(TAKER, 1, BUY, 3, 90), market(TAKER, 1, BUY, lots=1)):
        assert book.apply(place, 1, lambda need: True) == [OrderRejected(TAKER, 1, code)]
    assert [short(event) for event in book.apply(Cancel(51, 1, 2), 1, lambda need: True)] == [
        "cancelled 1 5 CANCELLED_BY_OWNER"
    ]
    book.apply(SetState(52, MarketState.TRADING, "staff"), 1, lambda need: True)
    assert [short(event) for event in book.apply(limit(TAKER, 1, BUY, 3, 90), 1, lambda need: True)] == [
        "opened 100 3@90"
    ]


@pytest.mark.parametrize(
    ("command", "need"),
    [
        (limit(TAKER, 1, BUY, 7, 103), 7 * 103),
        (limit(TAKER, 1, SELL, 7, 98), 7),
        (limit(TAKER, 1, BUY, 7, 90), 7 * 90),
        (market(TAKER, 1, BUY, lots=11), 10 * 102 + 103),
        (market(TAKER, 1, BUY, lots=1_000), 10 * 102 + 10 * 103),
        (market(TAKER, 1, BUY, value=102 * 7 + 50), 102 * 7),
        (market(TAKER, 1, SELL, lots=1_000), 20),
        (market(TAKER, 1, SELL, value=99 * 7 + 50), 7),
        (market(TAKER, 3, BUY, lots=1_000), 5 * 102),
    ],
)
def test_funds_are_asked_for_once_and_exactly(command: Place, need: int) -> None:
    asked: list[int] = []

    def lockable(amount: int) -> bool:
        asked.append(amount)
        return False

    book = filled_book()
    before = book.snapshot()
    assert book.apply(command, 1, lockable) == [OrderRejected(TAKER, command.account_id, "INSUFFICIENT_BALANCE")]
    assert asked == [need]
    unchanged = {"event_hash": None, "rates": None}
    assert {**book.snapshot(), **unchanged} == {**before, **unchanged}


@pytest.mark.parametrize("command", [market(TAKER, 1, BUY, lots=5), market(TAKER, 1, SELL, value=5)])
def test_an_order_that_could_not_trade_does_not_ask_for_funds(command: Command) -> None:
    def lockable(need: int) -> bool:
        raise AssertionError("asked")

    (closed,) = Book(1, FREE_RULES).apply(command, 1, lockable)
    assert short(closed) in ("expired 100 5 NO_LIQUIDITY", "expired 100 0 NO_LIQUIDITY")
