"""Which orders are refused, with which code, and which code wins when several would do."""

from dataclasses import replace

import pytest

from matching.engine.book import Book
from matching.engine.commands import Place, SetRules, SetState
from matching.engine.events import OrderClosed, OrderRejected
from matching.engine.types import MarketRules, MarketState
from risk.core import codes
from risk.core.pretrade import EXACT_LIMIT, UNBOUNDED, price_band
from tests.unit.engine.orders import BUY, FOK, FREE_RULES, GTC, IOC, SELL, limit, market

RULES = MarketRules(
    version=1,
    price_band_ppm=100_000,
    max_order_value=5_000,
    max_open_orders=2,
    min_lots=2,
    max_lots=100,
    min_value=300,
    initial_ticks=100,
)
NEW = 100
NOW_US = 1_000


def book_with(rules: MarketRules) -> Book:
    """Account 1 has an order resting at 95, account 2 offers 60 lots at 105."""
    book = Book(1, replace(FREE_RULES, initial_ticks=rules.initial_ticks))
    book.apply(limit(1, 1, BUY, 5, 95), 1, lambda need: True)
    book.apply(limit(2, 2, SELL, 60, 105), 1, lambda need: True)
    book.forget_undo()
    book.rules = rules
    return book


REFUSED: list[tuple[str, Place]] = [
    (codes.INVALID_PRICE, limit(NEW, 1, BUY, 5, 0)),
    (codes.INVALID_PRICE, limit(NEW, 1, BUY, 5, -3)),
    (codes.INVALID_PRICE, limit(NEW, 1, BUY, 5, EXACT_LIMIT)),
    (codes.QUANTITY_TOO_SMALL, limit(NEW, 1, BUY, 1, 100)),
    (codes.QUANTITY_TOO_SMALL, limit(NEW, 1, BUY, 0, 100)),
    (codes.QUANTITY_TOO_SMALL, limit(NEW, 1, BUY, -5, 100)),
    (codes.QUANTITY_TOO_SMALL, market(NEW, 1, BUY, lots=1)),
    (codes.QUANTITY_TOO_SMALL, market(NEW, 1, BUY)),
    (codes.QUANTITY_TOO_LARGE, limit(NEW, 1, BUY, 101, 100)),
    (codes.QUANTITY_TOO_LARGE, market(NEW, 1, BUY, lots=101)),
    (codes.NOTIONAL_TOO_SMALL, limit(NEW, 1, BUY, 2, 100)),
    (codes.NOTIONAL_TOO_SMALL, market(NEW, 1, BUY, value=299)),
    (codes.PRICE_OUT_OF_BAND, limit(NEW, 1, BUY, 5, 89)),
    (codes.PRICE_OUT_OF_BAND, limit(NEW, 1, SELL, 5, 111)),
    (codes.MAX_ORDER_VALUE, limit(NEW, 1, BUY, 51, 100)),
    (codes.MAX_ORDER_VALUE, market(NEW, 1, BUY, lots=50)),
    (codes.MAX_ORDER_VALUE, market(NEW, 1, BUY, value=5_040)),
    (codes.INVALID_ORDER, limit(NEW, 1, BUY, 5, 100, IOC, post_only=True)),
    (codes.INVALID_ORDER, limit(NEW, 1, BUY, 5, 100, FOK, post_only=True)),
    (codes.INVALID_ORDER, replace(limit(NEW, 1, BUY, 5, 100), value=5)),
    (codes.INVALID_ORDER, replace(market(NEW, 1, BUY, lots=5), post_only=True)),
    (codes.INVALID_ORDER, replace(market(NEW, 1, BUY, lots=5), ticks=100)),
    (codes.INVALID_ORDER, market(NEW, 1, BUY, lots=5, value=500)),
    (codes.INVALID_ORDER, market(NEW, 1, BUY, value=-5)),
]


@pytest.mark.parametrize(("code", "place"), REFUSED)
def test_refused_without_a_trace(code: str, place: Place) -> None:
    book = book_with(RULES)
    before = book.snapshot()

    def lockable(need: int) -> bool:
        raise AssertionError("a refused order does not ask for funds")

    assert book.apply(place, NOW_US, lockable) == [OrderRejected(NEW, 1, code)]
    after = book.snapshot()
    assert after.pop("event_hash") != before.pop("event_hash")
    assert after.pop("rates") != before.pop("rates")
    assert after == before


@pytest.mark.parametrize(
    "place",
    [
        replace(limit(NEW, 1, BUY, 2, 100), lots=3),
        replace(limit(NEW, 1, BUY, 100, 50), ticks=90, lots=55),
        limit(NEW, 1, BUY, 4, 90),
        limit(NEW, 1, SELL, 4, 110),
        limit(NEW, 1, BUY, 50, 100),
        market(NEW, 1, BUY, lots=2),
        market(NEW, 1, BUY, value=300),
    ],
)
def test_on_the_edge_of_a_limit_is_allowed(place: Place) -> None:
    (event, *_) = book_with(RULES).apply(place, NOW_US, lambda need: True)
    assert not isinstance(event, OrderRejected)


def test_the_number_of_open_orders_is_limited_for_orders_that_can_rest() -> None:
    book = book_with(RULES)
    book.apply(limit(3, 1, BUY, 5, 95), NOW_US, lambda need: True)
    refused = [OrderRejected(NEW, 1, codes.MAX_OPEN_ORDERS)]
    assert book.apply(limit(NEW, 1, BUY, 5, 95), NOW_US, lambda need: True) == refused
    assert book.apply(limit(NEW, 1, BUY, 5, 105), NOW_US, lambda need: True) == refused
    for place in (limit(NEW, 1, BUY, 5, 105, IOC), limit(NEW, 1, BUY, 5, 105, FOK), market(NEW, 1, BUY, lots=5)):
        (event, *_) = book.apply(place, NOW_US, lambda need: True)
        assert not isinstance(event, OrderRejected)
    assert len(book.apply(limit(NEW + 1, 9, BUY, 5, 95), NOW_US, lambda need: True)) == 1


# The faults of one order, in the order in which they are answered. A row keeps all faults from its own on.
PRECEDENCE = [
    "COMMAND_EXPIRED",
    "ACCOUNT_FROZEN",
    "MARKET_HALTED",
    codes.QUANTITY_TOO_LARGE,
    codes.PRICE_OUT_OF_BAND,
    codes.MAX_ORDER_VALUE,
    codes.MAX_OPEN_ORDERS,
    "POST_ONLY_WOULD_MATCH",
    codes.INSUFFICIENT_BALANCE,
]


@pytest.mark.parametrize("first_fault", range(len(PRECEDENCE)))
def test_the_first_fault_is_answered(first_fault: int) -> None:
    """One order with every fault there is; they are mended one by one from the front."""
    faults = PRECEDENCE[first_fault:]
    book = book_with(
        replace(
            RULES,
            price_band_ppm=10_000 if codes.PRICE_OUT_OF_BAND in faults else 0,
            max_lots=5 if codes.QUANTITY_TOO_LARGE in faults else 0,
            max_order_value=500 if codes.MAX_ORDER_VALUE in faults else 0,
            max_open_orders=1 if codes.MAX_OPEN_ORDERS in faults else 0,
        )
    )
    if "MARKET_HALTED" in faults:
        book.apply(SetState(50, MarketState.HALTED, "staff"), 1, lambda need: True)
    place = limit(
        NEW,
        1,
        BUY,
        6,
        106,
        post_only="POST_ONLY_WOULD_MATCH" in faults,
        expires_at_us=NOW_US - 1 if "COMMAND_EXPIRED" in faults else 0,
        refusal="ACCOUNT_FROZEN" if "ACCOUNT_FROZEN" in faults else None,
    )
    (event,) = book.apply(place, NOW_US, lambda need: False)
    if first_fault == 0:
        assert event == OrderClosed(NEW, 1, BUY, 106, 6, "EXPIRED", "COMMAND_EXPIRED", False, 0)
    else:
        assert event == OrderRejected(NEW, 1, faults[0])


@pytest.mark.parametrize(("expires_at_us", "expired"), [(0, False), (NOW_US, False), (NOW_US - 1, True)])
def test_a_command_expires_after_its_moment(expires_at_us: int, expired: bool) -> None:
    (event,) = book_with(RULES).apply(
        limit(NEW, 1, BUY, 5, 100, expires_at_us=expires_at_us), NOW_US, lambda need: True
    )
    assert isinstance(event, OrderClosed) is expired


@pytest.mark.parametrize(
    ("ppm", "reference", "band"),
    [
        (0, 100, UNBOUNDED),
        (100_000, 0, UNBOUNDED),
        (100_000, 100, (90, 110)),
        (30_000, 101, (98, 104)),
        (999_999, 5, (1, 9)),
        (2_000_000, 5, (1, 15)),
        (100_000, EXACT_LIMIT - 1, ((EXACT_LIMIT - 1) * 9 // 10 + 1, EXACT_LIMIT - 1)),
    ],
)
def test_the_band_rounds_inwards(ppm: int, reference: int, band: tuple[int, int]) -> None:
    assert price_band(replace(FREE_RULES, price_band_ppm=ppm), reference) == band


def test_a_market_order_never_trades_outside_the_band() -> None:
    rules = replace(FREE_RULES, initial_ticks=100)
    book = Book(1, rules)
    for order_id, ticks in ((1, 104), (2, 106)):
        book.apply(limit(order_id, 2, SELL, 5, ticks), 1, lambda need: True)
    book.forget_undo()
    book.apply(SetRules(90, 1, replace(rules, version=2, price_band_ppm=50_000)), 1, lambda need: True)
    events = book.apply(market(NEW, 1, BUY, lots=8), 1, lambda need: True)
    assert events[-1] == OrderClosed(NEW, 1, BUY, 0, 3, "EXPIRED", "PRICE_BAND", False, 0)
    assert book.last_ticks == 104
    # 106 is within five per cent of 104, the price of the last trade: the band has moved.
    assert book.apply(market(NEW + 1, 1, BUY, lots=5), 1, lambda need: True)[0].ticks == 106  # type: ignore[union-attr]


def test_a_market_order_with_nothing_in_the_band_says_so() -> None:
    book = book_with(replace(RULES, price_band_ppm=10_000))
    assert book.apply(market(NEW, 1, BUY, lots=8), 1, lambda need: True) == [
        OrderClosed(NEW, 1, BUY, 0, 8, "EXPIRED", "PRICE_BAND", False, 0)
    ]


def test_time_in_force_of_a_market_order_does_not_matter() -> None:
    for time_in_force in (GTC, IOC, FOK):
        place = replace(market(NEW, 1, BUY, lots=5), time_in_force=time_in_force)
        assert len(book_with(RULES).apply(place, NOW_US, lambda need: True)) == 2
