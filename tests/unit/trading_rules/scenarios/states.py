"""Market states and auctions."""

from matching.engine.types import MarketState
from tests.unit.trading_rules.script import Scenario

SCENARIOS = [
    Scenario(
        "| PRE_OPEN | collected | yes | none |",
        """
        1 buy 2 at 100 => 1 rests 2 at 100
        2 sell 2 at 99 => 2 rests 2 at 99
        amend 1 lots 1 => 1 has 1 of 1 at 100 in place
        cancel 2 => 2 CANCELLED CANCELLED_BY_OWNER left 2
        """,
        state=MarketState.PRE_OPEN,
    ),
    Scenario(
        "| AUCTION | collected | yes | when it ends |",
        """
        1 buy 2 at 100 => 1 rests 2 at 100
        2 sell 2 at 99 => 2 rests 2 at 99
        amend 1 lots 1 => 1 has 1 of 1 at 100 in place
        state TRADING => TRADING staff; auction of 1 at 99; 1 and then 2 trade 1 at 99; 1 FILLED
        cancel 2 => 2 CANCELLED CANCELLED_BY_OWNER left 1
        """,
        state=MarketState.AUCTION,
    ),
    Scenario(
        "| TRADING | yes | yes | yes |",
        """
        1 buy 2 at 100 => 1 rests 2 at 100
        2 sell 1 at 99 => 2 takes 1 of 1 at 100; 2 FILLED
        amend 1 lots 3 => 1 has 2 of 3 at 100 anew; 1 rests 2 at 100
        cancel 1 => 1 CANCELLED CANCELLED_BY_OWNER left 2
        """,
    ),
    Scenario(
        "refused, MARKET_CANCEL_ONLY",
        """
        1 buy 1 at 100
        state CANCEL_ONLY => CANCEL_ONLY staff
        2 buy 1 => 2 refused MARKET_CANCEL_ONLY
        amend 1 at 99 => 1 refused MARKET_CANCEL_ONLY
        cancel 1 => 1 CANCELLED CANCELLED_BY_OWNER left 1
        """,
    ),
    Scenario(
        "refused, MARKET_HALTED",
        """
        1 buy 1 at 100
        state HALTED => HALTED staff
        2 sell 1 at 105 oco 95 => 2 refused MARKET_HALTED; 3 refused MARKET_HALTED
        amend 1 at 99 => 1 refused MARKET_HALTED
        cancel-all by 1 => 1 CANCELLED CANCELLED_BY_OWNER left 1
        """,
    ),
    Scenario(
        "refused, MARKET_CLOSED",
        """
        1 buy 1 at 100
        state CLOSED => CLOSED staff
        2 buy 1 at 100 stop 100 => 2 refused MARKET_CLOSED
        amend 1 at 99 => 1 refused MARKET_CLOSED
        cancel 1 => 1 CANCELLED CANCELLED_BY_OWNER left 1
        """,
    ),
    Scenario(
        "MARKET, IOC, FOK, post-only and OCO orders are refused, NOT_IN_AUCTION",
        """
        1 buy 1 => 1 refused NOT_IN_AUCTION
        2 buy 1 at 100 ioc => 2 refused NOT_IN_AUCTION
        3 buy 1 at 100 fok => 3 refused NOT_IN_AUCTION
        4 buy 1 at 100 post => 4 refused NOT_IN_AUCTION
        5 buy 1 at 95 oco 105 => 5 refused NOT_IN_AUCTION; 6 refused NOT_IN_AUCTION
        7 buy 3 at 100 shows 1 => 7 rests 3 at 100 shows 1
        8 buy 3 at 100 stop 100 ioc => 8 waits for 100
        9 buy 3 at 100 till 900 => 9 rests 3 at 100
        """,
        state=MarketState.PRE_OPEN,
    ),
    Scenario(
        "Stops wait and are triggered by nothing but the auction's price and what comes after. The book may be crossed",
        """
        1 buy 1 at 105
        2 sell 1 at 95
        depth => 1@105 | 1@95
        3 sell 1 stop 95 => 3 waits for 95
        4 sell 1 stop 96 => 4 waits for 96
        5 buy 9 at 90
        state TRADING => TRADING staff; auction of 1 at 100; 1 and then 2 trade 1 at 100; 1 FILLED; 2 FILLED
        6 sell 1 at 90 => 6 takes 1 of 5 at 90; 6 FILLED; 3 triggered; 3 takes 1 of 5 at 90; 3 FILLED; 4
        .. triggered; 4 takes 1 of 5 at 90; 4 FILLED
        """,
        {"initial_ticks": 100},
        state=MarketState.AUCTION,
    ),
    Scenario(
        "An amendment there may not make an order take; it goes to its place in the queue",
        """
        1 buy 1 at 99
        2 sell 1 at 100
        amend 1 at 101 => 1 has 1 of 1 at 101 anew; 1 rests 1 at 101
        depth => 1@101 | 1@100
        """,
        state=MarketState.AUCTION,
    ),
    Scenario(
        "1. the price at which most lots trade",
        """
        1 buy 5 at 105
        2 buy 5 at 102
        3 sell 8 at 101
        4 sell 4 at 104
        state TRADING => TRADING staff; auction of 8 at 101; 1 and then 3 trade 5 at 101; 1 FILLED; 2 and then 3
        .. trade 3 at 101; 3 FILLED
        """,
        state=MarketState.AUCTION,
    ),
    Scenario(
        "2. of these, the one with the least surplus on either side",
        """
        1 buy 5 at 105
        2 buy 3 at 103
        3 sell 5 at 100
        state TRADING => TRADING staff; auction of 5 at 104; 1 and then 3 trade 5 at 104; 1 FILLED; 3 FILLED
        """,
        {"initial_ticks": 90},
        state=MarketState.AUCTION,
    ),
    Scenario(
        "3. of these, the one nearest to the reference (last price, else initial price, else 0)",
        """
        1 buy 5 at 105
        2 sell 5 at 100
        state TRADING => TRADING staff; auction of 5 at 103; 1 and then 2 trade 5 at 103; 1 FILLED; 2 FILLED
        state AUCTION
        rules initial_ticks=108
        3 buy 5 at 110
        4 sell 5 at 102
        state TRADING => TRADING staff; auction of 5 at 103; 3 and then 4 trade 5 at 103; 3 FILLED; 4 FILLED
        """,
        {"initial_ticks": 103},
        state=MarketState.AUCTION,
    ),
    Scenario(
        "4. of these, the lower",
        """
        1 buy 5 at 105
        2 sell 5 at 99
        state TRADING => TRADING staff; auction of 5 at 99; 1 and then 2 trade 5 at 99; 1 FILLED; 2 FILLED
        """,
        state=MarketState.AUCTION,
    ),
    Scenario(
        "Any price between the best bid and the best ask can be it, hidden parts of icebergs count",
        """
        1 buy 9 at 110 shows 1
        2 buy 5 at 104
        3 sell 9 at 100
        state TRADING => TRADING staff; auction of 9 at 107; 1 and then 3 trade 1 at 107; 1 shows 1; 3 and then
        .. 1 trade 1 at 107; 1 shows 1; 3 and then 1 trade 1 at 107; 1 shows 1; 3 and then 1 trade 1 at 107; 1
        .. shows 1; 3 and then 1 trade 1 at 107; 1 shows 1; 3 and then 1 trade 1 at 107; 1 shows 1; 3 and then 1
        .. trade 1 at 107; 1 shows 1; 3 and then 1 trade 1 at 107; 1 shows 1; 3 and then 1 trade 1 at 107; 1
        .. FILLED; 3 FILLED
        """,
        {"initial_ticks": 107},
        state=MarketState.AUCTION,
    ),
    Scenario(
        "Bids at or above and asks at or below trade at that price, each side best price first, then oldest first",
        """
        1 buy 1 at 100
        2 buy 1 at 102
        3 buy 1 at 102
        4 sell 1 at 100
        5 sell 1 at 99
        6 sell 1 at 100
        state TRADING => TRADING staff; auction of 3 at 100; 2 and then 5 trade 1 at 100; 2 FILLED; 5 FILLED; 3
        .. and then 4 trade 1 at 100; 3 FILLED; 4 FILLED; 1 and then 6 trade 1 at 100; 1 FILLED; 6 FILLED
        """,
        state=MarketState.AUCTION,
    ),
    Scenario(
        "of an iceberg part after part: the next one goes behind all that is shown at its price",
        """
        1 buy 4 at 100 shows 1
        2 buy 3 at 100 shows 1
        3 buy 1 at 100
        4 sell 6 at 100
        state TRADING => TRADING staff; auction of 6 at 100; 1 and then 4 trade 1 at 100; 1 shows 1; 2 and then
        .. 4 trade 1 at 100; 2 shows 1; 3 and then 4 trade 1 at 100; 3 FILLED; 4 and then 1 trade 1 at 100; 1 shows
        .. 1; 4 and then 2 trade 1 at 100; 2 shows 1; 4 and then 1 trade 1 at 100; 1 shows 1; 4 FILLED
        depth => 2@100 |
        """,
        state=MarketState.AUCTION,
    ),
    Scenario(
        "both sides pay their maker fee, and a buyer gets back what its limit was higher. The older order of "
        "a pair counts "
        "as the maker",
        """
        1 buy 2 at 105
        2 sell 2 at 100
        3 sell 1 at 100
        4 buy 1 at 105
        state TRADING => TRADING staff; auction of 3 at 100; 1 and then 2 trade 2 at 100 frees 10; 1 FILLED
        .. frees 0; 2 FILLED frees 0; 3 and then 4 trade 1 at 100 frees 5; 4 FILLED frees 0; 3 FILLED frees 0
        """,
        state=MarketState.AUCTION,
    ),
    Scenario(
        "The auction's price is the last price, and the static reference",
        """
        1 buy 1 at 105
        2 sell 1 at 105
        state TRADING => TRADING staff; auction of 1 at 105; 1 and then 2 trade 1 at 105; 1 FILLED; 2 FILLED
        3 buy 1 at 94 => 3 refused PRICE_OUT_OF_BAND
        4 buy 1 at 100 => 4 rests 1 at 100
        """,
        {"initial_ticks": 100, "static_band_ppm": 50_000},
        state=MarketState.AUCTION,
    ),
    Scenario(
        "Whenever a market becomes TRADING, its book is uncrossed first, at one price",
        """
        1 buy 1 at 99
        2 sell 1 at 101
        state PRE_OPEN
        3 buy 1 at 103
        state HALTED
        state TRADING => TRADING staff; auction of 1 at 101; 2 and then 3 trade 1 at 101; 3 FILLED; 2 FILLED
        """,
    ),
    Scenario(
        "A change by staff ends what the breaker had planned",
        """
        1 sell 1 at 100
        2 buy 1 at 100
        3 sell 1 at 110
        4 buy 1 => 4 EXPIRED CIRCUIT_BREAKER left 1; HALTED CIRCUIT_BREAKER until 104
        state HALTED => HALTED staff
        tick time 900 =>
        """,
        {"breaker_ppm": 50_000, "breaker_window_us": 320, "halt_us": 100, "auction_us": 50},
    ),
]
