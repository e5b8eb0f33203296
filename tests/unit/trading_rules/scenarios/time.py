"""What time brings."""

from tests.unit.trading_rules.script import Scenario

SCENARIOS = [
    Scenario(
        "First what is due by then happens, in order of its time (at one time: orders first, oldest first, "
        "then countdowns "
        "by account, then the market's state)",
        """
        1 sell 1 at 100
        2 buy 1 at 100
        3 sell 1 at 110 by 8 till 110
        4 sell 1 at 120 by 9
        5 sell 1 at 121 by 7 till 112
        6 sell 1 at 122 by 7 till 110
        7 buy 1 at 110 time 10 => 7 EXPIRED CIRCUIT_BREAKER left 1; HALTED CIRCUIT_BREAKER until 110
        countdown 98 by 9 time 12 => countdown to 110
        countdown 97 by 8 time 13 => countdown to 110
        cancel 4 by 9 time 500 => 3 EXPIRED GOOD_TILL_PASSED left 1; 6 EXPIRED GOOD_TILL_PASSED left 1; 4
        .. CANCELLED COUNTDOWN left 1; AUCTION AFTER_HALT until 160; 5 EXPIRED GOOD_TILL_PASSED left 1; TRADING
        .. AFTER_AUCTION; 4 refused ORDER_NOT_FOUND
        """,
        {"breaker_ppm": 50_000, "breaker_window_us": 320, "halt_us": 100, "auction_us": 50},
    ),
    Scenario(
        "then triggered orders that were left over; then the command itself; then what it triggered",
        """
        1 buy 1 at 100
        2 buy 1 at 95
        3 buy 5 at 90
        4 sell 1 stop 100
        5 sell 1 stop 95
        6 sell 1 stop 90
        state AUCTION
        7 sell 1 at 100
        state TRADING => TRADING staff; auction of 1 at 100; 1 and then 7 trade 1 at 100; 1 FILLED; 7 FILLED; 4
        .. triggered; 4 takes 1 of 2 at 95; 2 FILLED; 4 FILLED; 5 triggered; 5 takes 1 of 3 at 90; 5 FILLED; 6
        .. triggered; 6 takes 1 of 3 at 90; 6 FILLED
        """,
    ),
    Scenario(
        "GTD orders expire at good_till, whether they rest or wait. One that is past already when it comes "
        "in: EXPIRED, "
        "GOOD_TILL_PASSED",
        """
        1 buy 2 at 100 till 50
        2 sell 2 stop 90 till 49
        3 buy 1 at 90 time 60 => 2 EXPIRED GOOD_TILL_PASSED left 2; 1 EXPIRED GOOD_TILL_PASSED left 2; 3 rests 1
        .. at 90
        4 buy 1 at 90 till 61 time 61 => 4 EXPIRED GOOD_TILL_PASSED left 1
        5 buy 1 at 90 till 62 time 61 => 5 rests 1 at 90
        """,
    ),
    Scenario(
        "unless renewed in time, all orders of the account in the market are cancelled, COUNTDOWN. 0 ends it",
        """
        1 buy 2 at 100 by 9
        2 sell 2 stop 90 by 9
        3 buy 2 at 99 by 8
        countdown 50 by 9 time 10 => countdown to 60
        countdown 50 by 9 time 59 => countdown to 109
        countdown 50 by 8 time 60 => countdown to 110
        countdown 0 by 8 time 61 => countdown to 0
        tick time 108 =>
        tick time 109 => 1 CANCELLED COUNTDOWN left 2; 2 CANCELLED COUNTDOWN left 2
        tick time 300 =>
        """,
    ),
]
