"""Amendments, cancel-replace, cancels, rules that change."""

from matching.engine.types import MarketState
from tests.unit.trading_rules.script import Scenario

SCENARIOS = [
    Scenario(
        "names an order that rests in the book, a new price, a new quantity, or both; the quantity is the "
        "whole one, what "
        "has traded included",
        """
        1 sell 5 at 100
        2 buy 2 at 100
        amend 1 lots 4 => 1 has 2 of 4 at 100 in place
        amend 1 at 101 => 1 has 2 of 4 at 101 anew; 1 rests 2 at 101
        amend 1 at 102 lots 9 => 1 has 7 of 9 at 102 anew; 1 rests 7 at 102
        """,
    ),
    Scenario(
        "A smaller quantity at the same price keeps the place in the queue. Of an iceberg the hidden part gets smaller "
        "first",
        """
        1 sell 5 at 100
        2 sell 5 at 100
        amend 1 lots 4 => 1 has 4 of 4 at 100 in place
        3 buy 1 at 100 => 3 takes 1 of 1 at 100; 3 FILLED
        4 sell 5 at 101 shows 2
        amend 4 lots 3 => 4 has 3 of 3 at 101 in place
        amend 4 lots 1 => 4 has 1 of 1 at 101 in place
        depth =>  | 8@100 1@101
        """,
    ),
    Scenario(
        "A larger quantity or another price loses it: the order acts as one that has just come in with what "
        "is left of it, "
        "under its own id, and may trade at once",
        """
        1 sell 5 at 100
        2 sell 5 at 100
        amend 1 lots 6 => 1 has 6 of 6 at 100 anew; 1 rests 6 at 100
        3 buy 1 at 100 => 3 takes 1 of 2 at 100; 3 FILLED
        4 buy 2 at 99
        amend 2 at 99 => 2 has 4 of 5 at 99 anew; 2 takes 2 of 4 at 99; 4 FILLED; 2 rests 2 at 99
        """,
    ),
    Scenario(
        "post-only: then refused",
        """
        1 sell 1 at 100
        2 buy 1 at 99 post
        amend 2 at 100 => 2 refused POST_ONLY_WOULD_MATCH
        depth => 1@99 | 1@100
        """,
    ),
    Scenario(
        "An iceberg shows display_quantity again",
        """
        1 sell 5 at 100 shows 2
        2 buy 1 at 100
        amend 1 at 101 => 1 has 4 of 5 at 101 anew; 1 rests 4 at 101 shows 2
        """,
    ),
    Scenario(
        "Nothing changed: accepted, nothing happens",
        """
        1 sell 5 at 100
        amend 1 at 100 lots 5 =>
        amend 1 =>
        """,
    ),
    Scenario(
        "Checks, in this order: too late, account, rate, state",
        """
        1 sell 5 at 100
        state HALTED
        amend 1 at 101 expires 2 refusal ACCOUNT_FROZEN time 3 => 1 refused COMMAND_EXPIRED
        amend 1 at 101 refusal ACCOUNT_FROZEN => 1 refused ACCOUNT_FROZEN
        amend 1 at 101 => 1 refused MARKET_HALTED
        amend 1 at 101 => 1 refused ORDER_RATE_EXCEEDED
        """,
        {"max_order_rate": 4},
    ),
    Scenario(
        "ORDER_NOT_AMENDABLE (it waits, or is a leg of an OCO), AMEND_BELOW_FILLED (the new quantity is not "
        "above what has "
        "traded, or been prevented)",
        """
        1 sell 5 at 100 stop 90
        amend 9 at 100 => 9 refused ORDER_NOT_FOUND
        amend 1 at 101 by 7 => 1 refused ORDER_NOT_FOUND
        amend 1 at 101 => 1 refused ORDER_NOT_AMENDABLE
        2 sell 5 at 105 oco 90
        amend 2 at 106 => 2 refused ORDER_NOT_AMENDABLE
        4 sell 5 at 100
        5 buy 2 at 100
        amend 4 lots 2 => 4 refused AMEND_BELOW_FILLED
        6 buy 1 at 100 group 4 mode DECREMENT
        amend 4 lots 3 => 4 refused AMEND_BELOW_FILLED
        amend 4 lots 4 => 4 has 1 of 4 at 100 in place
        """,
    ),
    Scenario(
        "band (only another price), value, post-only, INSUFFICIENT_BALANCE (only for what is needed more)",
        """
        1 buy 6 at 100
        amend 1 at -2 => 1 refused INVALID_PRICE
        amend 1 at 101 => 1 refused PRICE_OFF_TICK
        amend 1 lots 2 => 1 refused QUANTITY_TOO_SMALL
        amend 1 lots 42 => 1 refused QUANTITY_TOO_LARGE
        amend 1 lots 7 => 1 refused QUANTITY_OFF_LOT
        amend 1 at 50 lots 4 => 1 refused NOTIONAL_TOO_SMALL
        amend 1 at 112 => 1 refused PRICE_OUT_OF_BAND
        amend 1 lots 10 => 1 refused MAX_ORDER_VALUE
        amend 1 lots 8 funds 199 => 1 refused INSUFFICIENT_BALANCE
        amend 1 lots 8 funds 200 => 1 has 8 of 8 at 100 anew frees 600; 1 rests 8 at 100 locks 800
        amend 1 lots 6 funds 0 => 1 has 6 of 6 at 100 in place frees 200
        """,
        {
            "initial_ticks": 100,
            "price_band_ppm": 100_000,
            "tick_multiple": 2,
            "lot_multiple": 2,
            "min_lots": 4,
            "max_lots": 40,
            "min_value": 300,
            "max_order_value": 900,
        },
    ),
    Scenario(
        "the sizes of 6 (the whole quantity, then an iceberg's parts, INVALID_ORDER",
        """
        1 buy 9 at 100 shows 3
        amend 1 lots 301 => 1 refused INVALID_ORDER
        amend 1 lots 300 => 1 has 300 of 300 at 100 anew; 1 rests 300 at 100 shows 3
        """,
    ),
    Scenario(
        "A refused amendment changes nothing",
        """
        1 buy 6 at 100
        2 buy 6 at 100
        amend 1 lots 9 funds 0 => 1 refused INSUFFICIENT_BALANCE
        3 sell 1 at 100 => 3 takes 1 of 1 at 100; 3 FILLED
        """,
    ),
    Scenario(
        "What may go on trading with it uses the account's fee rates and group of now, and the order's own "
        "self-trade mode",
        """
        1 buy 2 at 99 mode NONE
        2 sell 1 at 100 by 7
        amend 1 at 100 group 7 => 1 has 2 of 2 at 100 anew; 1 takes 1 of 2 at 100; 2 FILLED; 1 rests 1 at 100
        3 buy 2 at 98
        4 sell 1 at 101 by 8
        amend 3 at 101 group 8 => 3 has 2 of 2 at 101 anew; 3 EXPIRED SELF_TRADE_PREVENTED left 2
        """,
    ),
    Scenario(
        "same account and market; resting or waiting; with an OCO leg goes its partner",
        """
        1 buy 2 at 99
        2 buy 2 at 98 by 1 replaces 1 => 1 CANCELLED REPLACED left 2; 2 rests 2 at 98
        3 sell 1 stop 90
        4 sell 1 stop 91 by 3 replaces 3 => 3 CANCELLED REPLACED left 1; 4 waits for 91
        5 sell 1 at 105 oco 95
        7 sell 1 at 106 by 5 replaces 6 => 6 CANCELLED REPLACED left 1; 5 CANCELLED OCO_OTHER_LEG left 1; 7
        .. rests 1 at 106
        8 sell 1 at 107 by 8 replaces 7 => 8 refused ORDER_NOT_FOUND
        """,
    ),
    Scenario(
        "In one command the old one is cancelled, REPLACED, and the new one placed with the funds that frees",
        """
        1 buy 2 at 100
        2 buy 3 at 101 by 1 replaces 1 funds 102 => 2 refused INSUFFICIENT_BALANCE
        3 buy 3 at 101 by 1 replaces 1 funds 103 => 1 CANCELLED REPLACED left 2 frees 200; 3 rests 3 at 101
        .. locks 303
        4 buy 3 at 100 by 1 replaces 3 funds 0 => 3 CANCELLED REPLACED left 3 frees 303; 4 rests 3 at 100 locks
        .. 300
        5 sell 3 at 110 by 1 replaces 4 funds 2 => 5 refused INSUFFICIENT_BALANCE
        """,
    ),
    Scenario(
        "Both or neither: where the new order is refused, or ends without having traded, rested or waited, the old one "
        "stays as it was, and no breaker is tripped",
        """
        1 buy 2 at 100
        2 buy 2 at 200 by 1 replaces 1 => 2 refused PRICE_OUT_OF_BAND
        3 buy 2 by 1 replaces 1 => 3 EXPIRED NO_LIQUIDITY left 2
        4 buy 2 at 101 ioc by 1 replaces 1 => 4 EXPIRED IOC_REMAINDER left 2
        5 sell 1 at 100 => 5 takes 1 of 1 at 100; 5 FILLED
        6 sell 1 at 120
        7 buy 2 at 120 by 1 replaces 1 => 7 EXPIRED CIRCUIT_BREAKER left 2
        depth => 1@100 | 1@120
        """,
        {"initial_ticks": 120, "price_band_ppm": 300_000, "breaker_ppm": 50_000, "breaker_window_us": 320},
    ),
    Scenario(
        "An open order is cancelled by its owner, in every market state; what has traded has traded",
        """
        1 buy 2 at 100
        2 sell 1 at 100
        state CLOSED
        cancel 1 => 1 CANCELLED CANCELLED_BY_OWNER left 1
        """,
    ),
    Scenario(
        "answers for an order that never was, is finished, or is somebody else's, and does not tell which",
        """
        1 buy 2 at 100
        cancel 1 by 2 => 1 refused ORDER_NOT_FOUND
        cancel 7 by 2 => 7 refused ORDER_NOT_FOUND
        cancel 1
        cancel 1 => 1 refused ORDER_NOT_FOUND
        """,
    ),
    Scenario(
        "Cancel all takes every open order of the account in that market, or those of one side, waiting ones included, "
        "oldest first; staff can take everybody's",
        """
        1 buy 2 at 100 by 9
        2 sell 2 stop 80 by 9
        3 sell 2 at 110 by 9
        4 buy 2 at 99 by 9
        5 buy 2 at 98 by 8
        cancel-all sell by 9 => 2 CANCELLED CANCELLED_BY_OWNER left 2; 3 CANCELLED CANCELLED_BY_OWNER left 2
        cancel-all by 9 reason CANCELLED_ON_DISCONNECT => 1 CANCELLED CANCELLED_ON_DISCONNECT left 2; 4
        .. CANCELLED CANCELLED_ON_DISCONNECT left 2
        6 buy 2 at 98 by 7
        cancel-all by 0 => 5 CANCELLED CANCELLED_BY_STAFF left 2; 6 CANCELLED CANCELLED_BY_STAFF left 2
        """,
    ),
    Scenario(
        "The partner of an OCO leg follows at once",
        """
        1 sell 2 at 110 oco 80 by 9
        3 sell 2 at 111 by 9
        cancel-all by 9 => 1 CANCELLED CANCELLED_BY_OWNER left 2; 2 CANCELLED OCO_OTHER_LEG left 2; 3 CANCELLED
        .. CANCELLED_BY_OWNER left 2
        """,
    ),
    Scenario(
        "It holds for every order applied after it. A change that was made for other rules than those in "
        "force is refused, "
        "MARKET_RULES_CHANGED, and changes nothing",
        """
        1 buy 2 at 100
        rules min_lots=3 => rules 2
        2 buy 2 at 100 => 2 refused QUANTITY_TOO_SMALL
        rules min_lots=1 version 1 => rules refused MARKET_RULES_CHANGED
        3 buy 2 at 100 => 3 refused QUANTITY_TOO_SMALL
        """,
    ),
    Scenario(
        "When the tick changes, open orders whose limit or trigger price is no multiple of the new one are cancelled, "
        "TICK_SIZE_CHANGED, oldest first (a trailing order has no such trigger)",
        """
        1 buy 2 at 101
        2 buy 2 at 100
        3 sell 2 stop 93
        4 sell 2 at 110 stop 90
        5 sell 2 at 108 stop 91
        6 sell 2 at 103
        7 sell 1 trail 70000
        8 sell 1 at 115 oco 92
        rules tick_multiple=5 => rules 2; 1 CANCELLED TICK_SIZE_CHANGED left 2; 3 CANCELLED TICK_SIZE_CHANGED
        .. left 2; 5 CANCELLED TICK_SIZE_CHANGED left 2; 6 CANCELLED TICK_SIZE_CHANGED left 2; 9 CANCELLED
        .. TICK_SIZE_CHANGED left 1; 8 CANCELLED OCO_OTHER_LEG left 1
        """,
        {"initial_ticks": 102},
    ),
    Scenario(
        "All other orders stay, also those outside of the new rules",
        """
        1 buy 2 at 100
        2 buy 3 at 50
        rules min_lots=5 price_band_ppm=1000 initial_ticks=200 lot_multiple=5 => rules 2
        depth => 2@100 3@50 |
        """,
    ),
    Scenario(
        "Prices and quantities of a market are counted in steps that never change; its tick and lot size are "
        "multiples of "
        "them, which may",
        """
        1 buy 5 at 101
        rules tick_multiple=2 lot_multiple=3 => rules 2; 1 CANCELLED TICK_SIZE_CHANGED left 5
        2 buy 3 at 101 => 2 refused PRICE_OFF_TICK
        3 buy 4 at 102 => 3 refused QUANTITY_OFF_LOT
        4 buy 3 at 102 => 4 rests 3 at 102
        """,
        state=MarketState.PRE_OPEN,
    ),
]
