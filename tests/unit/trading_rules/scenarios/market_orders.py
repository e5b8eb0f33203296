"""Why market orders end, fill-or-kill, worst prices, icebergs."""

from tests.unit.trading_rules.script import Scenario

SCENARIOS = [
    Scenario(
        "NO_LIQUIDITY the book has no more orders on that side",
        """
        1 buy 1 => 1 EXPIRED NO_LIQUIDITY left 1
        2 sell 1 at 100
        3 buy 2 => 3 takes 1 of 2 at 100; 2 FILLED; 3 EXPIRED NO_LIQUIDITY left 1
        """,
    ),
    Scenario(
        "PRICE_PROTECTION the next one is beyond its worst price",
        """
        1 sell 1 at 100
        2 sell 1 at 102
        3 buy 2 => 3 takes 1 of 1 at 100; 1 FILLED; 3 EXPIRED PRICE_PROTECTION left 1
        """,
        {"protection_ppm": 10_000},
    ),
    Scenario(
        "SELF_TRADE_PREVENTED the next one is of its own group",
        """
        1 sell 1 at 100
        2 sell 1 at 101
        3 buy 2 group 2 => 3 takes 1 of 1 at 100; 1 FILLED; 3 EXPIRED SELF_TRADE_PREVENTED left 1
        """,
    ),
    Scenario(
        "CIRCUIT_BREAKER the next trade would have moved the price too far",
        """
        1 sell 1 at 100
        2 sell 1 at 102
        3 buy 2 => 3 takes 1 of 1 at 100; 1 FILLED; 3 EXPIRED CIRCUIT_BREAKER left 1; HALTED CIRCUIT_BREAKER
        .. until 503
        """,
        {"breaker_ppm": 10_000, "breaker_window_us": 1_000, "halt_us": 500},
    ),
    Scenario(
        "The first thing that stops it is the reason, whether or not something traded before",
        """
        1 sell 1 at 100
        2 sell 1 at 106
        3 buy 1 => 3 takes 1 of 1 at 100; 1 FILLED; 3 FILLED
        4 buy 1 group 2 => 4 EXPIRED PRICE_BAND left 1
        """,
        {"price_band_ppm": 50_000},
    ),
    Scenario(
        "One that trades nothing leaves the book as it was, also orders of its own group; but it trips the breaker "
        "where that stopped it",
        """
        1 sell 1 at 100
        2 buy 1 group 1 mode EXPIRE_MAKER => 2 EXPIRED NO_LIQUIDITY left 1
        depth => | 1@100
        3 buy 1 => 3 takes 1 of 1 at 100; 1 FILLED; 3 FILLED
        4 sell 1 at 110
        5 buy 1 => 5 EXPIRED CIRCUIT_BREAKER left 1; HALTED CIRCUIT_BREAKER
        """,
        {"breaker_ppm": 10_000, "breaker_window_us": 1_000},
    ),
    Scenario(
        "other people's orders within its price and before anything that would end it. Orders of its own "
        "group are left out: where its mode takes them out of the way (EXPIRE_MAKER) it is "
        "filled from "
        "behind them",
        """
        1 sell 1 at 100
        2 sell 2 at 101
        3 buy 2 at 101 fok group 1 mode EXPIRE_MAKER => 1 EXPIRED SELF_TRADE_PREVENTED left 1; 3 takes 2 of 2 at
        .. 101; 2 FILLED; 3 FILLED
        """,
    ),
    Scenario(
        "where its mode ends it there (EXPIRE_TAKER, EXPIRE_BOTH) or uses it up (DECREMENT) nothing from "
        "there on counts",
        """
        1 sell 1 at 100
        2 sell 2 at 101
        3 buy 2 at 101 fok group 1 => 3 EXPIRED FOK_NOT_FILLABLE left 2
        4 buy 2 at 101 fok group 1 mode EXPIRE_BOTH => 4 EXPIRED FOK_NOT_FILLABLE left 2
        5 buy 2 at 101 fok group 1 mode DECREMENT => 5 EXPIRED FOK_NOT_FILLABLE left 2
        depth =>  | 1@100 2@101
        """,
    ),
    Scenario(
        "A FOK order that expires untouched has changed nothing: no maker was expired, no breaker tripped",
        """
        1 sell 1 at 100
        2 sell 1 at 101
        3 buy 1 => 3 takes 1 of 1 at 100; 1 FILLED; 3 FILLED
        4 sell 1 at 110
        5 buy 2 at 110 fok group 2 mode EXPIRE_MAKER => 5 EXPIRED FOK_NOT_FILLABLE left 2
        6 buy 2 at 110 fok => 6 EXPIRED FOK_NOT_FILLABLE left 2
        depth =>  | 1@101 1@110
        """,
        {"breaker_ppm": 50_000, "breaker_window_us": 1_000},
    ),
    Scenario(
        "Only the visible part stands in the book's depth; at first that is display_quantity, or the whole "
        "rest if less",
        """
        1 sell 5 at 100 shows 2 => 1 rests 5 at 100 shows 2
        2 buy 4 at 99
        3 sell 5 at 99 shows 2 => 3 takes 4 of 2 at 99; 2 FILLED; 3 rests 1 at 99
        depth => | 1@99 2@100
        """,
    ),
    Scenario(
        "When it is used up, the next part (again display_quantity, or the rest) is shown and goes to the back of the "
        "queue of its price",
        """
        1 sell 5 at 100 shows 2
        2 sell 2 at 100
        3 buy 1 at 100 => 3 takes 1 of 1 at 100; 3 FILLED
        4 buy 2 at 100 => 4 takes 1 of 1 at 100; 1 shows 2; 4 takes 1 of 2 at 100; 4 FILLED
        5 buy 9 at 100 => 5 takes 1 of 2 at 100; 2 FILLED; 5 takes 2 of 1 at 100; 1 shows 1; 5 takes 1 of 1 at
        .. 100; 1 FILLED; 5 rests 5 at 100
        """,
    ),
    Scenario(
        "As a taker, before it rests, an iceberg trades its whole quantity",
        """
        1 sell 4 at 100
        2 buy 7 at 100 shows 2 => 2 takes 4 of 1 at 100; 1 FILLED; 2 rests 3 at 100 shows 2
        """,
    ),
    Scenario(
        "display_quantity is at least the market's smallest quantity, less than the quantity and at least a hundredth "
        "of it, else INVALID_ORDER: an iceberg has at most 100 parts",
        """
        1 buy 9 at 100 shows 2 => 1 refused INVALID_ORDER
        2 buy 9 at 100 shows 9 => 2 refused INVALID_ORDER
        3 buy 301 at 100 shows 3 => 3 refused INVALID_ORDER
        4 buy 300 at 100 shows 3 => 4 rests 300 at 100 shows 3
        """,
        {"min_lots": 3},
    ),
    Scenario(
        "the far end of the price band (below): above for a purchase, below for a sale. Where this one stops it: "
        "PRICE_BAND",
        """
        1 sell 1 at 105
        2 buy 1 at 95
        rules initial_ticks=99
        3 sell 1 => 3 takes 1 of 2 at 95; 2 FILLED; 3 FILLED
        4 buy 1 => 4 EXPIRED PRICE_BAND left 1
        """,
        {"price_band_ppm": 50_000, "initial_ticks": 100},
    ),
    Scenario(
        "the best opposite price when it arrives, plus p for a purchase, minus p for a sale, rounded "
        "inwards. Where this "
        "one stops it and is the tighter: PRICE_PROTECTION",
        """
        1 sell 1 at 100
        2 sell 1 at 101
        3 sell 1 at 102
        4 buy 3 => 4 takes 1 of 1 at 100; 1 FILLED; 4 takes 1 of 2 at 101; 2 FILLED; 4 EXPIRED PRICE_PROTECTION
        .. left 1
        5 buy 1 at 100
        6 buy 1 at 99
        7 buy 1 at 98
        8 sell 3 => 8 takes 1 of 5 at 100; 5 FILLED; 8 takes 1 of 6 at 99; 6 FILLED; 8 EXPIRED PRICE_PROTECTION
        .. left 1
        """,
        {"protection_ppm": 15_000, "price_band_ppm": 50_000, "initial_ticks": 100},
    ),
]
