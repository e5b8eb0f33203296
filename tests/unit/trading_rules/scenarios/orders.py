"""Who trades with whom; order types; times in force."""

from tests.unit.trading_rules.script import Scenario

SCENARIOS = [
    Scenario(
        "the best price first: the lowest ask for a buyer, the highest bid for a seller",
        """
        1 sell 3 at 102
        2 sell 2 at 101
        3 buy 2 at 99
        4 buy 2 at 100
        5 buy 3 at 105 => 5 takes 2 of 2 at 101; 2 FILLED; 5 takes 1 of 1 at 102; 5 FILLED
        6 sell 3 at 90 => 6 takes 2 of 4 at 100; 4 FILLED; 6 takes 1 of 3 at 99; 6 FILLED
        """,
    ),
    Scenario(
        "at one price the oldest order first. An order that trades in part keeps its place",
        """
        1 sell 3 at 100
        2 sell 3 at 100
        3 buy 1 at 100 => 3 takes 1 of 1 at 100; 3 FILLED
        4 buy 3 at 100 => 4 takes 2 of 1 at 100; 1 FILLED; 4 takes 1 of 2 at 100; 4 FILLED
        """,
    ),
    Scenario(
        "at the maker's price, always",
        """
        1 sell 1 at 100
        2 buy 1 at 120 => 2 takes 1 of 1 at 100; 1 FILLED; 2 FILLED
        3 buy 1 at 100
        4 sell 1 at 80 => 4 takes 1 of 3 at 100; 3 FILLED; 4 FILLED
        """,
    ),
    Scenario(
        "the best bid is below the best ask",
        """
        1 sell 1 at 100
        2 buy 3 at 100 => 2 takes 1 of 1 at 100; 1 FILLED; 2 rests 2 at 100
        depth => 2@100 |
        """,
    ),
    Scenario(
        "trades everything at its price or better; what becomes of the rest its time in force says",
        """
        1 sell 1 at 100
        2 sell 1 at 101
        3 sell 1 at 102
        4 buy 3 at 101 => 4 takes 1 of 1 at 100; 1 FILLED; 4 takes 1 of 2 at 101; 2 FILLED; 4 rests 1 at 101
        """,
    ),
    Scenario(
        "trades that many lots, no further than its worst price; the rest expires",
        """
        1 sell 2 at 100
        2 sell 2 at 106
        3 buy 3 => 3 takes 2 of 1 at 100; 1 FILLED; 3 EXPIRED PRICE_PROTECTION left 1
        """,
        {"protection_ppm": 50_000},
    ),
    Scenario(
        "BUY: spends at most the amount; SELL: sells until it has received at most the amount",
        """
        1 sell 2 at 100
        2 sell 2 at 110
        3 buy 350q => 3 takes 2 of 1 at 100; 1 FILLED; 3 takes 1 of 2 at 110; 3 FILLED
        4 buy 9 at 90
        5 sell 200q => 5 takes 2 of 4 at 90; 5 FILLED
        """,
    ),
    Scenario(
        "a LIMIT order that shows display_quantity at a time",
        """
        1 sell 7 at 100 shows 3 => 1 rests 7 at 100 shows 3
        depth =>  | 3@100
        """,
    ),
    Scenario(
        "waits; becomes a LIMIT or MARKET order when the last price reaches its trigger against it: BUY at or above, "
        "SELL at or below",
        """
        1 sell 9 at 100
        2 buy 9 at 99
        3 buy 1 at 101 stop 100
        4 sell 1 stop 99
        5 buy 1 at 100 => 5 takes 1 of 1 at 100; 5 FILLED; 3 triggered; 3 takes 1 of 1 at 100; 3 FILLED
        6 sell 1 at 99 => 6 takes 1 of 2 at 99; 6 FILLED; 4 triggered; 4 takes 1 of 2 at 99; 4 FILLED
        """,
    ),
    Scenario(
        "the same with the trigger on the other side: BUY at or below, SELL at or above",
        """
        1 sell 9 at 100
        2 buy 9 at 99
        3 buy 1 at 100 profit 99
        4 sell 1 profit 100
        5 sell 1 at 99 => 5 takes 1 of 2 at 99; 5 FILLED; 3 triggered; 3 takes 1 of 1 at 100; 3 FILLED; 4
        .. triggered; 4 takes 1 of 2 at 99; 4 FILLED
        """,
    ),
    Scenario(
        "a STOP_MARKET whose trigger follows the price at a distance",
        """
        1 sell 1 at 110
        2 buy 9 at 99
        3 sell 2 trail 100000 => 3 waits for 90
        4 buy 1 at 110 => 4 takes 1 of 1 at 110; 1 FILLED; 4 FILLED; 3 trails at 99
        5 sell 1 at 99 => 5 takes 1 of 2 at 99; 5 FILLED; 3 triggered; 3 takes 2 of 2 at 99; 3 FILLED
        """,
        {"initial_ticks": 100},
    ),
    Scenario(
        "a LIMIT order and a stop order of one side and quantity; one cancels the other",
        """
        1 sell 2 at 105 oco 95 => 1 rests 2 at 105; 2 waits for 95
        3 buy 1 at 105 => 3 takes 1 of 1 at 105; 2 CANCELLED OCO_OTHER_LEG left 2; 3 FILLED
        """,
    ),
    Scenario(
        "rests until it is filled or cancelled",
        """
        1 buy 1 at 100 => 1 rests 1 at 100
        2 sell 1 at 100 time 900000000 => 2 takes 1 of 1 at 100; 1 FILLED; 2 FILLED
        """,
    ),
    Scenario(
        "rests until good_till, then expires, GOOD_TILL_PASSED",
        """
        1 buy 2 at 100 till 50 => 1 rests 2 at 100
        tick time 49 =>
        tick time 50 => 1 EXPIRED GOOD_TILL_PASSED left 2
        """,
    ),
    Scenario(
        "expires, IOC_REMAINDER",
        """
        1 sell 1 at 100
        2 buy 2 at 100 ioc => 2 takes 1 of 1 at 100; 1 FILLED; 2 EXPIRED IOC_REMAINDER left 1
        3 buy 2 at 100 ioc => 3 EXPIRED IOC_REMAINDER left 2
        """,
    ),
    Scenario(
        "there is none: the order is filled whole or expires untouched, FOK_NOT_FILLABLE",
        """
        1 sell 2 at 100
        2 buy 3 at 100 fok => 2 EXPIRED FOK_NOT_FILLABLE left 3
        3 buy 2 at 100 fok => 3 takes 2 of 1 at 100; 1 FILLED; 3 FILLED
        """,
    ),
    Scenario(
        "The time in force of a MARKET order does not matter: it never rests. Any other combination is INVALID_ORDER",
        """
        1 sell 1 at 100
        2 buy 2 fok => 2 takes 1 of 1 at 100; 1 FILLED; 2 EXPIRED NO_LIQUIDITY left 1
        3 buy 4 at 100 shows 2 ioc => 3 refused INVALID_ORDER
        4 buy 4 stop 105 ioc => 4 refused INVALID_ORDER
        """,
        {"protection_ppm": 10_000},
    ),
    Scenario(
        "an order that would meet another one is refused, POST_ONLY_WOULD_MATCH, also where that one is of "
        "its own group",
        """
        1 sell 1 at 100
        2 buy 1 at 100 post => 2 refused POST_ONLY_WOULD_MATCH
        3 buy 1 at 100 post group 1 => 3 refused POST_ONLY_WOULD_MATCH
        4 buy 3 at 100 shows 1 post => 4 refused POST_ONLY_WOULD_MATCH
        5 buy 1 at 99 post => 5 rests 1 at 99
        """,
    ),
    Scenario(
        "Post-only (LIMIT and ICEBERG that rest)",
        """
        1 buy 1 at 100 ioc post => 1 refused INVALID_ORDER
        2 buy 1 at 100 stop 100 post => 2 refused INVALID_ORDER
        3 buy 1 post => 3 refused INVALID_ORDER
        """,
    ),
    Scenario(
        "Market by quote trades whole lots. It is FILLED as soon as what is left of the amount does not cover one more "
        "lot at the price it has reached",
        """
        1 sell 5 at 100
        2 buy 250q => 2 takes 2 of 1 at 100; 2 FILLED
        """,
    ),
    Scenario(
        "An amount that does not cover a single lot at the best price expires with BUDGET_TOO_SMALL",
        """
        1 sell 5 at 100
        2 buy 99q => 2 EXPIRED BUDGET_TOO_SMALL
        """,
    ),
]
