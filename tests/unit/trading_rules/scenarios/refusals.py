"""Which refusal is answered: of two that hold, the one further up in the table."""

from matching.engine.types import MarketState
from tests.unit.trading_rules.script import Scenario

SCENARIOS = [
    Scenario(
        "| 1 | the command came too late | EXPIRED, COMMAND_EXPIRED |",
        """
        1 buy 1 at 100 expires 10 time 10 => 1 rests 1 at 100
        2 buy 1 at 100 expires 10 time 11 => 2 EXPIRED COMMAND_EXPIRED left 1
        3 buy 1 at 100 expires 10 refusal ACCOUNT_FROZEN => 3 EXPIRED COMMAND_EXPIRED left 1
        4 sell 1 at 105 oco 95 expires 10 => 4 EXPIRED COMMAND_EXPIRED left 1; 5 EXPIRED COMMAND_EXPIRED left 1
        """,
    ),
    Scenario(
        "| 2 | the account may not trade this (decided outside the engine: state, KYC level, position) | REJECTED with "
        "that code |",
        """
        1 buy 1 at 100 refusal ACCOUNT_FROZEN => 1 refused ACCOUNT_FROZEN
        2 buy 1 at 100 refusal KYC_LEVEL_TOO_LOW => 2 refused KYC_LEVEL_TOO_LOW
        """,
        {"max_order_rate": 1},
        MarketState.HALTED,
    ),
    Scenario(
        "| 3 | order rate of the account in this market | ORDER_RATE_EXCEEDED |",
        """
        1 buy 1 at 100 by 9 => 1 refused MARKET_HALTED
        2 buy 1 at 100 by 9 => 2 refused ORDER_RATE_EXCEEDED
        """,
        {"max_order_rate": 1},
        MarketState.HALTED,
    ),
    Scenario(
        "| 4 | the market's state | MARKET_HALTED, MARKET_CLOSED, MARKET_CANCEL_ONLY, NOT_IN_AUCTION |",
        """
        1 buy 1 at 100 replaces 77 => 1 refused MARKET_CLOSED
        state PRE_OPEN
        2 buy 1 replaces 77 => 2 refused NOT_IN_AUCTION
        """,
        state=MarketState.CLOSED,
    ),
    Scenario(
        "| 5 | cancel-replace: the order to replace | ORDER_NOT_FOUND |",
        """
        1 buy 0 at 100 replaces 77 => 1 refused ORDER_NOT_FOUND
        """,
    ),
    Scenario(
        "| 6 | the order by itself: combination, good till, price, tick, quantity, lot, value, trigger |",
        """
        1 buy 3 at 3 ioc shows 1 => 1 refused INVALID_ORDER
        2 buy 1 at -1 till 1 time 9 => 2 EXPIRED GOOD_TILL_PASSED left 1
        3 buy 1 at -1 => 3 refused INVALID_PRICE
        4 buy 1 at 51 stop -1 => 4 refused PRICE_OFF_TICK
        5 buy 1 at 50 stop -1 => 5 refused INVALID_PRICE
        6 buy 1 at 50 stop 51 => 6 refused PRICE_OFF_TICK
        7 buy 1 at 50 => 7 refused QUANTITY_TOO_SMALL
        8 buy 99 at 50 => 8 refused QUANTITY_TOO_LARGE
        9 buy 5 at 50 => 9 refused QUANTITY_OFF_LOT
        10 buy 8 at 50 shows 5 => 10 refused QUANTITY_OFF_LOT
        11 buy 4 at 2 => 11 refused NOTIONAL_TOO_SMALL
        12 buy 4 at 50 => 12 refused PRICE_OUT_OF_BAND
        """,
        {
            "initial_ticks": 100,
            "price_band_ppm": 10_000,
            "tick_multiple": 2,
            "min_lots": 4,
            "max_lots": 40,
            "lot_multiple": 4,
            "min_value": 20,
        },
    ),
    Scenario(
        "| 7 | price band (LIMIT, ICEBERG, the limit leg of an OCO) | PRICE_OUT_OF_BAND |",
        """
        1 buy 9 at 80 => 1 refused PRICE_OUT_OF_BAND
        2 buy 9 at 80 shows 1 => 2 refused PRICE_OUT_OF_BAND
        3 buy 9 at 80 oco 110 => 3 refused PRICE_OUT_OF_BAND; 4 refused PRICE_OUT_OF_BAND
        5 buy 9 at 80 stop 110 => 5 refused MAX_ORDER_VALUE
        """,
        {"initial_ticks": 100, "price_band_ppm": 100_000, "max_order_value": 100},
    ),
    Scenario(
        "what it would lock, or (MARKET) what it would trade for now | MAX_ORDER_VALUE |",
        """
        1 buy 1 at 90 by 9
        2 buy 2 at 90 by 9 => 2 refused MAX_ORDER_VALUE
        3 buy 1 at 120 stop 110 by 9 => 3 refused MAX_ORDER_VALUE
        4 buy 1 stop 110 by 9 => 4 refused MAX_ORDER_VALUE
        5 buy 101q stop 110 by 9 => 5 refused MAX_ORDER_VALUE
        6 sell 9 stop 89 => 6 waits for 89
        7 sell 2 at 51 => 7 refused MAX_ORDER_VALUE
        8 sell 1 at 50
        rules max_order_value=0
        9 sell 2 at 91
        rules max_order_value=100
        10 buy 2 => 10 refused MAX_ORDER_VALUE
        11 buy 1 => 11 takes 1 of 9 at 91; 11 FILLED
        """,
        {"initial_ticks": 100, "protection_ppm": 10_000, "max_order_value": 100, "max_open_orders": 1},
    ),
    Scenario(
        "| 9 | open orders of the account in this market, waiting ones included (only an order that can rest "
        "or wait; an "
        "OCO is two) | MAX_OPEN_ORDERS |",
        """
        1 sell 1 stop 90 by 9
        2 sell 1 at 105 oco 90 by 9 => 2 refused MAX_OPEN_ORDERS; 3 refused MAX_OPEN_ORDERS
        4 sell 1 at 105 by 9 => 4 rests 1 at 105
        5 sell 1 at 105 by 9 => 5 refused MAX_OPEN_ORDERS
        6 sell 1 stop 90 by 9 => 6 refused MAX_OPEN_ORDERS
        7 sell 1 at 105 ioc by 9 => 7 EXPIRED IOC_REMAINDER left 1
        8 sell 1 by 9 => 8 EXPIRED NO_LIQUIDITY left 1
        """,
        {"max_open_orders": 2, "max_stop_orders": 1},
    ),
    Scenario(
        "| 10 | waiting orders of the account in this market | MAX_STOP_ORDERS |",
        """
        1 sell 1 stop 90 by 9
        2 sell 1 stop 110 by 9 => 2 refused MAX_STOP_ORDERS
        3 sell 1 at 105 oco 110 by 9 => 3 refused MAX_STOP_ORDERS; 4 refused MAX_STOP_ORDERS
        5 sell 1 at 105 by 9 => 5 rests 1 at 105
        """,
        {"max_stop_orders": 1, "initial_ticks": 100},
    ),
    Scenario(
        "| 11 | trigger | NO_REFERENCE_PRICE, STOP_WOULD_TRIGGER |",
        """
        1 sell 1 trail 1000 funds 0 => 1 refused NO_REFERENCE_PRICE
        rules initial_ticks=100
        2 sell 1 stop 100 funds 0 => 2 refused STOP_WOULD_TRIGGER
        3 buy 1 at 105
        4 sell 1 at 105 oco 100 funds 0 => 4 refused STOP_WOULD_TRIGGER; 5 refused STOP_WOULD_TRIGGER
        """,
    ),
    Scenario(
        "| 12 | post-only would trade | POST_ONLY_WOULD_MATCH |",
        """
        1 sell 1 at 100
        2 buy 1 at 100 post funds 0 => 2 refused POST_ONLY_WOULD_MATCH
        """,
    ),
    Scenario(
        "| 13 | FOK cannot be filled; MARKET would trade nothing | EXPIRED, reasons above |",
        """
        1 buy 1 at 100 fok funds 0 => 1 EXPIRED FOK_NOT_FILLABLE left 1
        2 buy 1 funds 0 => 2 EXPIRED NO_LIQUIDITY left 1
        """,
    ),
    Scenario(
        "| 14 | funds | INSUFFICIENT_BALANCE |",
        """
        1 buy 1 at 100 funds 99 => 1 refused INSUFFICIENT_BALANCE
        2 sell 2 at 100 funds 1 => 2 refused INSUFFICIENT_BALANCE
        3 buy 1 at 100 funds 100
        4 sell 1 funds 0 => 4 refused INSUFFICIENT_BALANCE
        """,
    ),
    Scenario(
        "For MARKET orders 8 is asked after 13. A market order that would trade nothing because of the "
        "breaker trips it",
        """
        1 sell 1 at 100
        2 buy 1 at 100
        3 sell 1 at 110
        4 buy 1 funds 0 => 4 EXPIRED CIRCUIT_BREAKER left 1; HALTED CIRCUIT_BREAKER
        """,
        {"max_order_value": 110, "breaker_ppm": 50_000, "breaker_window_us": 320},
    ),
    Scenario(
        "The smallest value holds for orders with a limit price and for amounts. A market order by quantity "
        "has no value "
        "before it trades; a purchase that waits is held to what it locks",
        """
        1 buy 1 at 99 => 1 refused NOTIONAL_TOO_SMALL
        2 sell 1 at 120
        3 buy 99q => 3 refused NOTIONAL_TOO_SMALL
        4 buy 1 stop 95 => 4 refused NOTIONAL_TOO_SMALL
        5 buy 1 stop 100 => 5 waits for 100 protected at 101
        rules min_value=200
        6 buy 1 => 6 takes 1 of 2 at 120; 2 FILLED; 6 FILLED; 5 triggered; 5 EXPIRED NO_LIQUIDITY left 1
        """,
        {"min_value": 100, "protection_ppm": 10_000},
    ),
    Scenario(
        "Within 6 the order is: combination (type, time in force, post-only, display, trailing distance, "
        "which amounts are "
        "given), good till, limit price (INVALID_PRICE, PRICE_OFF_TICK), trigger price (the same), quantity "
        "(_TOO_SMALL, "
        "_TOO_LARGE, _OFF_LOT, then display: off lot QUANTITY_OFF_LOT), value",
        """
        1 buy 1 at 100 ioc post => 1 refused INVALID_ORDER
        2 buy 9 at 100 shows 9 => 2 refused INVALID_ORDER
        3 buy 9 trail 1000000 => 3 refused INVALID_ORDER
        4 buy 9q at 100 => 4 refused INVALID_ORDER
        5 buy 0 => 5 refused QUANTITY_TOO_SMALL
        """,
        {"protection_ppm": 10_000},
    ),
    Scenario(
        "at most so many orders, OCOs and amendments of one account in one market per 10 seconds of the clock",
        """
        1 buy 1 at 100 by 9 => 1 rests 1 at 100
        amend 1 at 99 => 1 has 1 of 1 at 99 anew; 1 rests 1 at 99
        2 sell 1 at 120 oco 90 by 9 => 2 rests 1 at 120; 3 waits for 90
        4 buy 1 at 100 by 9 => 4 refused ORDER_RATE_EXCEEDED
        amend 1 at 98 => 1 refused ORDER_RATE_EXCEEDED
        5 buy 1 at 100 by 8 => 5 rests 1 at 100
        cancel 1 => 1 CANCELLED CANCELLED_BY_OWNER left 1
        6 buy 1 at 100 by 9 time 9999999 => 6 refused ORDER_RATE_EXCEEDED
        7 buy 1 at 100 by 9 time 10000000 => 7 rests 1 at 100
        """,
        {"max_order_rate": 3},
    ),
    Scenario(
        "Each one that is applied counts, whatever becomes of it, those too late and those refused included",
        """
        1 buy 1 at 100 by 9 expires 0 => 1 EXPIRED COMMAND_EXPIRED left 1
        2 buy 1 at 100 by 9 refusal ACCOUNT_FROZEN => 2 refused ACCOUNT_FROZEN
        3 buy 1 at 100 by 9 => 3 rests 1 at 100
        4 buy 1 at 100 by 9 => 4 refused ORDER_RATE_EXCEEDED
        """,
        {"max_order_rate": 3},
    ),
    Scenario(
        "A refused order changes nothing but its account's rate",
        """
        1 sell 2 at 100
        2 buy 1 at 101 group 1 mode EXPIRE_MAKER funds 0 => 2 refused INSUFFICIENT_BALANCE
        depth =>  | 2@100
        """,
    ),
    Scenario(
        "Funds are asked for once, for exactly: what a waiting order locks",
        """
        1 buy 3 at 105 stop 101 funds 314 => 1 refused INSUFFICIENT_BALANCE
        2 buy 3 at 105 stop 101 funds 315 => 2 waits for 101
        3 buy 3 at 99 funds 296 => 3 refused INSUFFICIENT_BALANCE
        4 buy 3 at 99 funds 297 => 4 rests 3 at 99
        5 sell 3 at 101 funds 2 => 5 refused INSUFFICIENT_BALANCE
        6 sell 2 at 99 funds 2 => 6 takes 2 of 4 at 99; 6 FILLED
        7 sell 2 at 100
        8 buy 9 funds 199 => 8 refused INSUFFICIENT_BALANCE
        9 buy 9 funds 200 => 9 takes 2 of 7 at 100; 7 FILLED; 9 EXPIRED NO_LIQUIDITY left 7
        """,
        {"initial_ticks": 100},
    ),
    Scenario(
        "A buyer that trades below its limit gets the difference back in the settlement of the same command",
        """
        1 sell 2 at 100
        2 buy 3 at 105 funds 314 => 2 refused INSUFFICIENT_BALANCE
        3 buy 3 at 105 funds 315 => 3 takes 2 of 1 at 100; 1 FILLED frees 0; 3 rests 1 at 105 locks 105
        """,
    ),
]
