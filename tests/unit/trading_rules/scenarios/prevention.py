"""Self-trade prevention and price bands."""

from tests.unit.trading_rules.script import Scenario

SCENARIOS = [
    Scenario(
        "| NONE | they trade |",
        """
        1 sell 2 at 100
        2 buy 1 at 100 group 1 mode NONE => 2 takes 1 of 1 at 100; 2 FILLED
        """,
    ),
    Scenario(
        "the taker's rest expires, SELF_TRADE_PREVENTED; the resting order does not change",
        """
        1 sell 1 at 99
        2 sell 2 at 100
        3 buy 3 at 100 group 2 => 3 takes 1 of 1 at 99; 1 FILLED; 3 EXPIRED SELF_TRADE_PREVENTED left 2
        depth =>  | 2@100
        """,
    ),
    Scenario(
        "the resting order (an iceberg whole) expires, SELF_TRADE_PREVENTED; the taker goes on",
        """
        1 sell 5 at 100 shows 2
        2 sell 2 at 101
        3 buy 1 at 101 group 1 mode EXPIRE_MAKER => 1 EXPIRED SELF_TRADE_PREVENTED left 5; 3 takes 1 of 2 at
        .. 101; 3 FILLED
        """,
    ),
    Scenario(
        "| EXPIRE_BOTH | both |",
        """
        1 sell 2 at 100
        2 sell 2 at 101
        3 buy 1 at 101 group 1 mode EXPIRE_BOTH => 1 EXPIRED SELF_TRADE_PREVENTED left 2; 3 EXPIRED
        .. SELF_TRADE_PREVENTED left 1
        depth =>  | 2@101
        """,
    ),
    Scenario(
        "both get smaller by the smaller of the two quantities (of an iceberg: of its visible part), without a trade",
        """
        1 sell 5 at 100 shows 2
        2 buy 3 at 100 group 1 mode DECREMENT => 1 and 2 less by 2; 1 shows 2; 1 and 2 less by 1; 2 EXPIRED
        .. SELF_TRADE_PREVENTED
        depth =>  | 1@100
        """,
    ),
    Scenario(
        "what has nothing left by that expires, SELF_TRADE_PREVENTED; the taker goes on with what it has left",
        """
        1 sell 2 at 100
        2 sell 2 at 101
        3 buy 3 at 101 group 1 mode DECREMENT => 1 and 3 less by 2; 1 EXPIRED SELF_TRADE_PREVENTED; 3 takes 1 of
        .. 2 at 101; 3 FILLED
        """,
    ),
    Scenario(
        "Orders of one self-trade group (by default: of one account) are prevented from trading with each other in the "
        "way the taker's mode says",
        """
        1 sell 1 at 100 group 9 mode NONE
        2 buy 1 at 100 group 9 => 2 EXPIRED SELF_TRADE_PREVENTED left 1
        3 buy 1 at 100 group 8 mode EXPIRE_BOTH => 3 takes 1 of 1 at 100; 1 FILLED; 3 FILLED
        """,
    ),
    Scenario(
        "By quote, DECREMENT uses up as much of the amount as the lots would have cost",
        """
        1 sell 1 at 99
        2 sell 2 at 100
        3 sell 5 at 101
        4 buy 501q group 2 mode DECREMENT => 4 takes 1 of 1 at 99; 1 FILLED; 2 and 4 less by 2; 2 EXPIRED
        .. SELF_TRADE_PREVENTED; 4 takes 2 of 3 at 101; 4 FILLED
        """,
    ),
    Scenario(
        "An auction knows no self-trade prevention: it has one price for all",
        """
        state PRE_OPEN
        1 sell 1 at 100 group 7
        2 buy 1 at 100 group 7
        state TRADING => TRADING staff; auction of 1 at 100; 1 and then 2 trade 1 at 100; 2 FILLED; 1 FILLED
        """,
    ),
    Scenario(
        "Two bands, bounds included and rounded inwards; what is said of the band holds for both together",
        """
        1 buy 1 at 96 => 1 refused PRICE_OUT_OF_BAND
        2 buy 1 at 97 => 2 rests 1 at 97
        3 sell 1 at 106 => 3 refused PRICE_OUT_OF_BAND
        4 sell 1 at 105 => 4 rests 1 at 105
        rules price_band_ppm=60000
        5 buy 1 at 95 => 5 refused PRICE_OUT_OF_BAND
        6 buy 1 at 96 => 6 rests 1 at 96
        7 sell 1 at 107 => 7 refused PRICE_OUT_OF_BAND
        8 sell 1 at 106 => 8 rests 1 at 106
        """,
        {"initial_ticks": 101, "price_band_ppm": 45_000, "static_band_ppm": 50_000},
    ),
    Scenario(
        "dynamic: ± p around the price of the last trade (before the first one: the market's initial price)",
        """
        1 sell 1 at 105 => 1 rests 1 at 105
        2 buy 1 at 105 => 2 takes 1 of 1 at 105; 1 FILLED; 2 FILLED
        3 sell 1 at 110 => 3 rests 1 at 110
        4 sell 1 at 111 => 4 refused PRICE_OUT_OF_BAND
        5 buy 1 at 99 => 5 refused PRICE_OUT_OF_BAND
        """,
        {"initial_ticks": 100, "price_band_ppm": 50_000},
    ),
    Scenario(
        "static: ± q around the static reference: the market's initial price, and after an auction its "
        "price. New rules "
        "with another initial price set it to that",
        """
        1 sell 1 at 110
        2 buy 1 at 110
        3 sell 1 at 111 => 3 refused PRICE_OUT_OF_BAND
        state AUCTION
        4 sell 1 at 110
        5 buy 1 at 110
        state TRADING => TRADING staff; auction of 1 at 110; 4 and then 5 trade 1 at 110; 5 FILLED; 4 FILLED
        6 sell 1 at 121 => 6 rests 1 at 121
        rules initial_ticks=200
        7 sell 1 at 121 => 7 refused PRICE_OUT_OF_BAND
        8 sell 1 at 220 => 8 rests 1 at 220
        """,
        {"initial_ticks": 100, "static_band_ppm": 100_000},
    ),
    Scenario(
        "A LIMIT or ICEBERG order priced outside is refused, PRICE_OUT_OF_BAND, on either side",
        """
        1 buy 1 at 106 => 1 refused PRICE_OUT_OF_BAND
        2 buy 1 at 94 => 2 refused PRICE_OUT_OF_BAND
        3 sell 9 at 94 shows 2 => 3 refused PRICE_OUT_OF_BAND
        4 sell 9 at 106 shows 2 => 4 refused PRICE_OUT_OF_BAND
        """,
        {"initial_ticks": 100, "price_band_ppm": 50_000},
    ),
    Scenario(
        "A MARKET order goes no further than the far end; a better price than the other end is taken",
        """
        1 sell 1 at 90
        rules initial_ticks=100
        2 buy 1 => 2 takes 1 of 1 at 90; 1 FILLED; 2 FILLED
        """,
        {"initial_ticks": 90, "price_band_ppm": 50_000},
    ),
    Scenario(
        "The bands of a command are fixed when it, or the triggered order, begins: an order cannot move its own band",
        """
        1 sell 1 at 104
        2 sell 1 at 105
        3 sell 1 at 108
        rules initial_ticks=100
        4 buy 3 => 4 takes 1 of 1 at 104; 1 FILLED; 4 takes 1 of 2 at 105; 2 FILLED; 4 EXPIRED PRICE_BAND left 1
        """,
        {"initial_ticks": 103, "price_band_ppm": 50_000},
    ),
    Scenario(
        "Orders that rest outside after the price has moved stay, and may be traded with",
        """
        1 buy 1 at 95
        2 sell 1 at 105
        3 buy 1 at 105
        4 sell 1 at 100 ioc => 4 EXPIRED IOC_REMAINDER left 1
        5 sell 1 at 100
        6 buy 1 at 100
        7 sell 1 => 7 takes 1 of 1 at 95; 1 FILLED; 7 FILLED
        """,
        {"initial_ticks": 100, "price_band_ppm": 50_000},
    ),
]
