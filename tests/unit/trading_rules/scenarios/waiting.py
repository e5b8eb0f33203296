"""Orders that wait, and OCO."""

from matching.engine.types import MarketState
from tests.unit.trading_rules.script import Scenario

CASCADE = "\n".join(
    [
        *(f"{number} buy 1 at {1000 - number}" for number in range(1, 121)),
        *(f"{number} sell 1 stop {1200 - number}" for number in range(201, 321)),
    ]
)
"""Every sale of the second half is triggered by the trade of the one before, a tick below."""
CHAIN_OF_100 = "; ".join(
    f"{number} triggered; {number} takes 1 of {number - 199} at {1199 - number}; {number - 199} FILLED; {number} FILLED"
    for number in range(201, 301)
)
CHAIN_OF_THE_REST = "; ".join(
    f"{number} triggered; {number} takes 1 of {number - 199} at {1199 - number}; {number - 199} FILLED; {number} FILLED"
    for number in range(301, 320)
)

SCENARIOS = [
    Scenario(
        "locks its funds at once, has a place in time (the same counter as orders in the book), and is not in the book",
        """
        1 sell 3 stop 95 by 7 => 1 waits for 95 locks 3
        2 sell 1 at 101 by 7
        depth =>  | 1@101
        cancel-all by 7 => 1 CANCELLED CANCELLED_BY_OWNER left 3 frees 3; 2 CANCELLED CANCELLED_BY_OWNER left 1
        .. frees 1
        """,
    ),
    Scenario(
        "The price of every trade is held against all triggers",
        """
        1 buy 1 at 103
        2 buy 1 at 99
        3 sell 1 profit 103
        4 buy 1 at 99 profit 99
        5 sell 2 at 99 => 5 takes 1 of 1 at 103; 1 FILLED; 5 takes 1 of 2 at 99; 2 FILLED; 5 FILLED; 3
        .. triggered; 3 EXPIRED NO_LIQUIDITY left 1; 4 triggered; 4 rests 1 at 99
        """,
    ),
    Scenario(
        "What a command's trades reach is triggered together when that order is done, first placed first",
        """
        1 buy 1 at 100
        2 buy 1 at 99
        3 buy 9 at 98
        4 sell 1 stop 99
        5 sell 1 stop 100
        6 sell 2 at 99 => 6 takes 1 of 1 at 100; 1 FILLED; 6 takes 1 of 2 at 99; 2 FILLED; 6 FILLED; 4
        .. triggered; 4 takes 1 of 3 at 98; 4 FILLED; 5 triggered; 5 takes 1 of 3 at 98; 5 FILLED
        """,
    ),
    Scenario(
        "Each then acts as a new order at the end of a queue: its trades may trigger more, which go behind",
        """
        1 buy 1 at 100
        2 buy 1 at 99
        3 buy 9 at 98
        4 sell 1 stop 98
        5 sell 1 stop 100
        6 sell 1 stop 100
        7 sell 1 at 100 => 7 takes 1 of 1 at 100; 1 FILLED; 7 FILLED; 5 triggered; 5 takes 1 of 2 at 99; 2
        .. FILLED; 5 FILLED; 6 triggered; 6 takes 1 of 3 at 98; 6 FILLED; 4 triggered; 4 takes 1 of 3 at 98; 4
        .. FILLED
        """,
    ),
    Scenario(
        "At most 100 are run with one command; what is left runs first with the next one",
        f"""
        {CASCADE}
        400 sell 1 at 999 => 400 takes 1 of 1 at 999; 1 FILLED; 400 FILLED; {CHAIN_OF_100}
        401 buy 1 at 5 => {CHAIN_OF_THE_REST}; 320 triggered; 320 EXPIRED NO_LIQUIDITY left 1; 401 rests 1 at 5
        """,
    ),
    Scenario(
        "on a quiet market the clock sends one at once",
        f"""
        {CASCADE}
        400 sell 1 at 999 => 400 takes 1 of 1 at 999; 1 FILLED; 400 FILLED; {CHAIN_OF_100}
        tick => {CHAIN_OF_THE_REST}; 320 triggered; 320 EXPIRED NO_LIQUIDITY left 1
        """,
    ),
    Scenario(
        "A trigger that the last price has reached already when the order comes in is refused, STOP_WOULD_TRIGGER",
        """
        1 sell 1 at 100
        2 buy 1 at 100
        3 buy 1 at 105 stop 100 => 3 refused STOP_WOULD_TRIGGER
        4 sell 1 stop 100 => 4 refused STOP_WOULD_TRIGGER
        5 buy 1 at 105 profit 100 => 5 refused STOP_WOULD_TRIGGER
        6 sell 1 profit 100 => 6 refused STOP_WOULD_TRIGGER
        7 buy 1 at 105 stop 101 => 7 waits for 101
        """,
    ),
    Scenario(
        "Before the market's first trade its initial price stands for the last one; without one, an order "
        "waits for the "
        "first trade",
        """
        1 sell 1 stop 100 => 1 waits for 100
        rules initial_ticks=100
        2 sell 1 stop 100 => 2 refused STOP_WOULD_TRIGGER
        3 buy 1 at 90
        4 sell 1 at 90 => 4 takes 1 of 3 at 90; 3 FILLED; 4 FILLED; 1 triggered; 1 EXPIRED NO_LIQUIDITY left 1
        """,
    ),
    Scenario(
        "STOP_LIMIT and TAKE_PROFIT_LIMIT: price",
        """
        1 buy 3 at 105 stop 101 => 1 waits for 101 locks 315
        2 sell 3 at 95 stop 97 => 2 waits for 97 locks 3
        3 buy 3 at 105 profit 95 funds 314 => 3 refused INSUFFICIENT_BALANCE
        4 sell 3 at 95 profit 105 funds 2 => 4 refused INSUFFICIENT_BALANCE
        """,
        {"initial_ticks": 100},
    ),
    Scenario(
        "STOP_MARKET, TAKE_PROFIT and TRAILING_STOP sale: quantity; purchase by quote_amount: the amount",
        """
        1 sell 3 stop 95 => 1 waits for 95 locks 3
        2 sell 3 profit 105 => 2 waits for 105 locks 3
        3 sell 3 trail 100000 => 3 waits for 90 locks 3
        4 buy 345q stop 105 => 4 waits for 105 locks 345
        5 buy 3 stop 105 => 5 waits for 105 protected at 107 locks 321
        6 buy 3 trail 100000 => 6 waits for 110 protected at 112 locks 336
        """,
        {"initial_ticks": 100, "protection_ppm": 20_000},
    ),
    Scenario(
        "which is the trigger when it came in plus the market's protection (or, without one, its price "
        "band), rounded down",
        """
        1 buy 1 stop 111 => 1 waits for 111 protected at 112 locks 112
        rules protection_ppm=0
        2 buy 1 stop 111 => 2 waits for 111 protected at 122 locks 122
        """,
        {"initial_ticks": 100, "protection_ppm": 15_000, "price_band_ppm": 100_000},
    ),
    Scenario(
        "Without either such a purchase is INVALID_ORDER. A sale by quote_amount cannot wait: INVALID_ORDER",
        """
        1 buy 1 stop 111 => 1 refused INVALID_ORDER
        2 buy 500q stop 111 => 2 waits for 111
        3 sell 500q stop 90 => 3 refused INVALID_ORDER
        """,
    ),
    Scenario(
        "the whole lock is released, and the order acts as one that has just come in",
        """
        1 sell 1 at 100
        2 sell 2 at 101
        3 buy 3 at 101 stop 100 => 3 waits for 100
        4 buy 1 at 100 => 4 takes 1 of 1 at 100; 1 FILLED frees 0; 4 FILLED; 3 triggered frees 303; 3 takes 2 of
        .. 2 at 101; 2 FILLED frees 0; 3 rests 1 at 101 locks 101
        """,
    ),
    Scenario(
        "counts, sizes, values, rates and the account's state are not asked again",
        """
        1 sell 1 at 100
        2 buy 3 at 101 stop 100
        rules max_lots=2 max_order_value=300 max_open_orders=1 max_order_rate=1
        4 buy 1 at 100 => 4 takes 1 of 1 at 100; 1 FILLED; 4 FILLED; 2 triggered; 2 rests 3 at 101
        """,
    ),
    Scenario(
        "a limit price outside of the price band expires, PRICE_OUT_OF_BAND",
        """
        1 buy 5 at 96
        2 sell 2 at 85 stop 96 => 2 waits for 96
        3 sell 1 at 96 => 3 takes 1 of 1 at 96; 3 FILLED; 2 triggered; 2 EXPIRED PRICE_OUT_OF_BAND left 2
        """,
        {"initial_ticks": 100, "price_band_ppm": 50_000},
    ),
    Scenario(
        "the worst price of a purchase by quantity is its protection price, if that is tighter (PRICE_PROTECTION)",
        """
        1 sell 1 at 100
        2 sell 1 at 101
        3 sell 1 at 102
        4 buy 3 stop 100 => 4 waits for 100 protected at 101
        rules protection_ppm=50000
        5 buy 1 at 100 => 5 takes 1 of 1 at 100; 1 FILLED; 5 FILLED; 4 triggered; 4 takes 1 of 2 at 101; 2
        .. FILLED; 4 EXPIRED PRICE_PROTECTION left 2
        """,
        {"protection_ppm": 10_000},
    ),
    Scenario(
        "A sale remembers the highest price since it came in (the last price then included), its trigger is "
        "that less the "
        "distance, rounded up; a purchase the lowest, plus the distance, rounded down",
        """
        1 sell 2 trail 55000 => 1 waits for 95
        2 buy 2 trail 55000 => 2 waits for 105 protected at 106
        3 sell 1 at 103
        4 buy 1 at 103 => 4 takes 1 of 3 at 103; 3 FILLED; 4 FILLED; 1 trails at 98
        5 buy 1 at 99
        6 sell 1 at 99 => 6 takes 1 of 5 at 99; 5 FILLED; 6 FILLED; 2 trails at 104
        7 sell 1 at 101
        8 buy 1 at 101 => 8 takes 1 of 7 at 101; 7 FILLED; 8 FILLED
        """,
        {"initial_ticks": 100, "protection_ppm": 10_000},
    ),
    Scenario(
        "Without a last or an initial price it is refused, NO_REFERENCE_PRICE. 0 < trailing_ppm < 1,000,000",
        """
        1 sell 2 trail 55000 => 1 refused NO_REFERENCE_PRICE
        2 sell 2 trail 1000000 => 2 refused INVALID_ORDER
        3 sell 2 trail -1 => 3 refused INVALID_ORDER
        """,
    ),
    Scenario(
        "Nothing is triggered while the market is not TRADING. What an auction's price reaches is triggered after it",
        """
        1 sell 2 stop 100 => 1 waits for 100
        2 buy 3 at 100
        3 sell 1 at 100
        tick =>
        state TRADING => TRADING staff; auction of 1 at 100; 2 and then 3 trade 1 at 100; 3 FILLED; 1 triggered;
        .. 1 takes 2 of 2 at 100; 2 FILLED; 1 FILLED
        """,
        state=MarketState.PRE_OPEN,
    ),
    Scenario(
        "A LIMIT leg and a stop leg (STOP_LIMIT with a price, else STOP_MARKET) of the same side and quantity",
        """
        1 sell 2 at 105 oco 95 leg 94 => 1 rests 2 at 105; 2 waits for 95
        3 sell 2 at 105 oco 95 => 3 rests 2 at 105; 4 waits for 95
        5 buy 9 at 90
        6 sell 1 at 90 => 6 takes 1 of 5 at 90; 6 FILLED; 2 triggered; 1 CANCELLED OCO_OTHER_LEG left 2; 2 rests
        .. 2 at 94; 4 triggered; 3 CANCELLED OCO_OTHER_LEG left 2; 4 takes 2 of 5 at 90; 4 FILLED
        """,
    ),
    Scenario(
        "Both or neither come in. The limit leg is post-only and GTC",
        """
        1 buy 1 at 100
        2 sell 2 at 100 oco 90 => 2 refused POST_ONLY_WOULD_MATCH; 3 refused POST_ONLY_WOULD_MATCH
        depth => 1@100 |
        cancel 3 by 2 => 3 refused ORDER_NOT_FOUND
        """,
    ),
    Scenario(
        "The larger of the two legs' needs is locked, once: the limit leg has its own lock, the stop leg "
        "what it needs more",
        """
        1 buy 2 at 95 oco 105 leg 106 => 1 rests 2 at 95 locks 190; 2 waits for 105 locks 22
        3 sell 2 at 105 oco 95 => 3 rests 2 at 105 locks 2; 4 waits for 95 locks 0
        5 buy 2 at 95 oco 105 leg 106 funds 211 => 5 refused INSUFFICIENT_BALANCE; 6 refused
        .. INSUFFICIENT_BALANCE
        """,
        {"initial_ticks": 100},
    ),
    Scenario(
        "As soon as the limit leg trades, however little, or is touched by self-trade prevention, the stop leg is "
        "cancelled, OCO_OTHER_LEG",
        """
        1 sell 2 at 105 oco 95
        3 buy 1 at 105 => 3 takes 1 of 1 at 105; 2 CANCELLED OCO_OTHER_LEG left 2; 3 FILLED
        4 sell 2 at 104 oco 95
        6 buy 1 at 104 group 4 mode DECREMENT => 4 and 6 less by 1; 5 CANCELLED OCO_OTHER_LEG left 2; 6 EXPIRED
        .. SELF_TRADE_PREVENTED
        """,
    ),
    Scenario(
        "as soon as the stop leg is triggered, so is the limit leg. Whoever cancels one cancels both",
        """
        1 buy 9 at 95
        2 sell 2 at 105 oco 95
        4 sell 1 at 95 => 4 takes 1 of 1 at 95; 4 FILLED; 3 triggered; 2 CANCELLED OCO_OTHER_LEG left 2; 3 takes
        .. 2 of 1 at 95; 3 FILLED
        5 sell 2 at 105 oco 90
        cancel 6 by 5 => 6 CANCELLED CANCELLED_BY_OWNER left 2; 5 CANCELLED OCO_OTHER_LEG left 2
        7 sell 2 at 105 oco 90
        cancel 7 => 7 CANCELLED CANCELLED_BY_OWNER left 2; 8 CANCELLED OCO_OTHER_LEG left 2
        """,
    ),
    Scenario(
        "A leg cannot be amended",
        """
        1 sell 2 at 105 oco 95
        amend 1 at 106 => 1 refused ORDER_NOT_AMENDABLE
        amend 2 lots 1 => 2 refused ORDER_NOT_AMENDABLE
        """,
    ),
]
