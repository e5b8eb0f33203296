"""Trades that are busted."""

from tests.unit.trading_rules.script import Scenario

SCENARIOS = [
    Scenario(
        "The market does not change by it: its last price, its bands and its window, the orders and what they have "
        "filled stay as the trade left them",
        """
        1 sell 3 at 110
        2 buy 2 at 110 => 2 takes 2 of 1 at 110; 2 FILLED
        bust 1 => trade 1 of 2 at 110 busted
        depth => | 1@110
        3 buy 1 at 122 => 3 refused PRICE_OUT_OF_BAND
        4 buy 1 at 121 => 4 takes 1 of 1 at 110; 1 FILLED; 4 FILLED
        """,
        {"initial_ticks": 100, "price_band_ppm": 100_000},
    ),
    Scenario(
        "A bust takes its place among the commands, in every market state",
        """
        1 sell 3 at 100
        2 buy 2 at 100
        state CLOSED
        bust 1 => trade 1 of 2 at 100 busted
        """,
    ),
    Scenario(
        "It is refused, and nothing moves, where the trade is busted already (`TRADE_ALREADY_BUSTED`) or somebody "
        "cannot give back what it brought (`INSUFFICIENT_BALANCE`)",
        """
        1 sell 3 at 100
        2 buy 2 at 100
        bust 1 refusal INSUFFICIENT_BALANCE => 1 refused INSUFFICIENT_BALANCE
        bust 1
        bust 1 refusal TRADE_ALREADY_BUSTED => 1 refused TRADE_ALREADY_BUSTED
        """,
    ),
]
