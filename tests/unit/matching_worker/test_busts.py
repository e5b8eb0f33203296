"""A bust in the log, with the trade it names, as the engine is told of it."""

from matching.engine.commands import BustTrade
from matching.engine.types import Side
from matching.models import CommandKind
from matching.worker.logged_trades import LoggedTrade, TradeSide
from matching.worker.translation import NO_FACTS, LoggedCommand, to_engine

MAKER, TAKER = TradeSide(5, 1, Side.BUY, 30), TradeSide(6, 2, Side.SELL, 40)
TRADE = LoggedTrade(99, 7, MAKER, TAKER, 100, 3, False)
ROW = LoggedCommand(
    77, 5, 3, None, CommandKind.BUST_TRADE, 0, 0, 0, False, 0, 0, 0, None, 0, TRADE.trade_id, 0, "an error", ""
)


def test_a_bust_carries_the_terms_of_its_trade() -> None:
    facts = NO_FACTS._replace(refusal="INSUFFICIENT_BALANCE", trade=TRADE)
    assert to_engine(ROW, facts) == BustTrade(77, 7, 5, 6, Side.SELL, 100, 3, "INSUFFICIENT_BALANCE")


def test_who_bought_and_who_sold() -> None:
    assert (TRADE.buyer, TRADE.seller) == (MAKER, TAKER)
    swapped = TRADE._replace(maker=TAKER, taker=MAKER)
    assert (swapped.buyer, swapped.seller) == (MAKER, TAKER)
