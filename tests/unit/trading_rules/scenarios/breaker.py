"""The circuit breaker."""

from tests.unit.trading_rules.script import Scenario

BREAKER = {"breaker_ppm": 50_000, "breaker_window_us": 320, "halt_us": 100, "auction_us": 50}

SCENARIOS = [
    Scenario(
        "before each would-be trade its price is held against the lowest and the highest price of the window "
        "(its trades, "
        "and the last price before it; this command's trades included)",
        """
        1 sell 1 at 100
        2 sell 1 at 105
        3 sell 1 at 106
        4 buy 9 at 106 => 4 takes 1 of 1 at 100; 1 FILLED; 4 takes 1 of 2 at 105; 2 FILLED; 4 EXPIRED
        .. CIRCUIT_BREAKER left 7; HALTED CIRCUIT_BREAKER until 104
        """,
        BREAKER,
    ),
    Scenario(
        "More than p above the lowest or more than p below the highest, and the trade does not happen",
        """
        1 buy 1 at 100
        2 buy 1 at 95
        3 buy 1 at 94
        4 sell 2 at 94 => 4 takes 1 of 1 at 100; 1 FILLED; 4 takes 1 of 2 at 95; 2 FILLED; 4 FILLED
        5 sell 1 at 94 => 5 EXPIRED CIRCUIT_BREAKER left 1; HALTED CIRCUIT_BREAKER until 105
        """,
        BREAKER,
    ),
    Scenario(
        "the market is HALTED, CIRCUIT_BREAKER, for the market's halt time, then in AUCTION for its auction time, then "
        "TRADING",
        """
        1 sell 1 at 100
        2 buy 1 at 100
        3 sell 1 at 110
        4 buy 1 at 110 time 10 => 4 EXPIRED CIRCUIT_BREAKER left 1; HALTED CIRCUIT_BREAKER until 110
        tick time 109 =>
        tick time 110 => AUCTION AFTER_HALT until 160
        5 buy 1 at 110 => 5 rests 1 at 110
        tick time 160 => TRADING AFTER_AUCTION; auction of 1 at 110; 3 and then 5 trade 1 at 110; 5 FILLED; 3
        .. FILLED
        """,
        BREAKER,
    ),
    Scenario(
        "What the order has traded stands; its rest expires, CIRCUIT_BREAKER, also of one that would have rested",
        """
        1 sell 1 at 100
        2 sell 1 at 110
        3 buy 2 at 110 => 3 takes 1 of 1 at 100; 1 FILLED; 3 EXPIRED CIRCUIT_BREAKER left 1; HALTED
        .. CIRCUIT_BREAKER until 103
        """,
        BREAKER,
    ),
    Scenario(
        "A halt time of 0 lasts until staff end it; an auction time of 0 means none",
        """
        1 sell 1 at 100
        2 buy 1 at 100
        3 sell 1 at 110
        4 buy 1 => 4 EXPIRED CIRCUIT_BREAKER left 1; HALTED CIRCUIT_BREAKER
        tick time 9000 =>
        rules halt_us=100
        state TRADING => TRADING staff
        5 buy 1 time 9100 => 5 EXPIRED CIRCUIT_BREAKER left 1; HALTED CIRCUIT_BREAKER until 9200
        tick time 9200 => TRADING AFTER_HALT
        """,
        {"breaker_ppm": 50_000, "breaker_window_us": 320_000},
    ),
    Scenario(
        "A FOK order that would run into the breaker expires untouched instead and trips nothing",
        """
        1 sell 1 at 100
        2 sell 1 at 110
        3 buy 2 at 110 fok => 3 EXPIRED FOK_NOT_FILLABLE left 2
        """,
        BREAKER,
    ),
    Scenario(
        "The window moves on in 32 steps of its length (at least a microsecond each): a trade counts in the step it "
        "happened in and the 31 after",
        """
        1 sell 1 at 100 time 5
        2 buy 1 at 100 time 9
        3 sell 1 at 104
        4 buy 1 at 104 time 20
        5 sell 1 at 107
        6 buy 1 at 107 time 339 => 6 EXPIRED CIRCUIT_BREAKER left 1; HALTED CIRCUIT_BREAKER until 439
        """,
        BREAKER,
    ),
    Scenario(
        "a trade counts in the step it happened in and the 31 after",
        """
        1 sell 1 at 100 time 5
        2 buy 1 at 100 time 9
        3 sell 1 at 104
        4 buy 1 at 104 time 20
        5 sell 1 at 107
        6 buy 1 at 107 time 340 => 6 takes 1 of 5 at 107; 5 FILLED; 6 FILLED
        """,
        BREAKER,
    ),
    Scenario(
        "It begins anew, with only the last price, when rules change and whenever the market becomes TRADING",
        """
        1 sell 1 at 100
        2 buy 1 at 100
        3 sell 1 at 104
        4 buy 1 at 104
        5 sell 1 at 107
        rules min_lots=1
        6 buy 1 at 107 => 6 takes 1 of 5 at 107; 5 FILLED; 6 FILLED
        7 sell 1 at 111
        state HALTED
        state TRADING
        8 buy 1 at 111 => 8 takes 1 of 7 at 111; 7 FILLED; 8 FILLED
        """,
        BREAKER,
    ),
    Scenario(
        "Triggered orders that have not run yet stay in their queue until the market trades again",
        """
        1 buy 1 at 100
        2 buy 1 at 90
        3 sell 1 stop 100
        4 sell 1 stop 100
        5 sell 1 at 100 => 5 takes 1 of 1 at 100; 1 FILLED; 5 FILLED; 3 triggered; 3 EXPIRED CIRCUIT_BREAKER
        .. left 1; HALTED CIRCUIT_BREAKER until 105
        tick time 105 => AUCTION AFTER_HALT until 155
        6 buy 1 at 99
        tick time 155 => TRADING AFTER_AUCTION; 4 triggered; 4 takes 1 of 6 at 99; 6 FILLED; 4 FILLED
        """,
        BREAKER | {"initial_ticks": 101},
    ),
]
