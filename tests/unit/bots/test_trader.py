"""What a bot does when the exchange says no."""

import asyncio
import random
from typing import Any

import httpx
import pytest

from exchange.bots.connections import Connection
from exchange.bots.desk import Desk
from exchange.bots.errors import BotError, Refused, Unreachable
from exchange.bots.floor import Floor
from exchange.bots.strategy.terms import BUY, SELL, Quote
from exchange.bots.trader import Trader
from tests.unit.bots.markets import FIRST_PRICES, terms


class Answering:
    """A line to an exchange that has one answer to everything."""

    def __init__(self, answer: BotError | dict[str, Any]) -> None:
        self.answer = answer
        self.asked: list[dict[str, Any]] = []

    async def place(self, order: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(order)
        if isinstance(self.answer, BotError):
            raise self.answer
        return self.answer

    async def cancel(self, order_id: str) -> None:
        await self.place({"cancel": order_id})

    async def cancel_all(self, symbol: str) -> None:
        await self.place({"cancel_all": symbol})

    async def run(self, ready: Any) -> None:
        raise NotImplementedError


def trader(answer: BotError | dict[str, Any]) -> tuple[Trader, Answering]:
    line, desk = Answering(answer), Desk()
    desk.learn_snapshot([], [])
    connection = Connection("bot", "ws://nowhere", httpx.AsyncClient(), None, desk)  # type: ignore[arg-type]
    connection._line = line
    floor = Floor(httpx.AsyncClient(), first_prices=FIRST_PRICES, house_money={}, chance=random.Random(1))
    floor.terms = {market.symbol: market for market in (terms(), terms(symbol="ETH-USDT"))}
    return Trader("bot", connection, floor), line


def place(bot: Trader, side: str = BUY) -> None:
    asyncio.run(bot.place(bot.floor.terms["BTC-USDT"], Quote(side, 6_500_000, 100), time_in_force="IOC"))


def may_trade(bot: Trader) -> list[str]:
    return [symbol for symbol, market in bot.floor.terms.items() if bot.may_trade(market)]


def test_an_order_is_written_as_the_api_wants_it() -> None:
    bot, line = trader({"id": "1", "status": "FILLED", "price": "65000"})
    place(bot)
    assert line.asked == [
        {
            "symbol": "BTC-USDT",
            "side": "BUY",
            "quantity": "0.001",
            "type": "LIMIT",
            "price": "65000",
            "time_in_force": "IOC",
        }
    ]
    assert may_trade(bot) == ["BTC-USDT", "ETH-USDT"]


@pytest.mark.parametrize(
    "error", [Refused("RATE_LIMITED", 2), Refused("EXCHANGE_BUSY"), Refused("SERVICE_UNAVAILABLE"), Unreachable("x")]
)
def test_it_rests_everywhere_where_the_exchange_has_too_much_to_do(error: BotError) -> None:
    bot, _ = trader(error)
    place(bot)
    assert may_trade(bot) == []
    first = bot._rest_ms
    place(bot)
    assert bot._rest_ms == 2 * first


@pytest.mark.parametrize("code", ["MARKET_HALTED", "MARKET_CLOSED"])
def test_a_halted_market_is_known_to_be_halted(code: str) -> None:
    bot, _ = trader(Refused(code))
    place(bot)
    assert may_trade(bot) == ["ETH-USDT"]
    assert not bot.floor.terms["BTC-USDT"].is_trading


@pytest.mark.parametrize("side", [BUY, SELL])
def test_a_quote_that_would_trade_tells_where_something_is_offered_too_cheaply(side: str) -> None:
    bot, _ = trader({"id": "1", "status": "REJECTED", "reason": "POST_ONLY_WOULD_MATCH", "price": "65000"})
    place(bot, side)
    assert bot.floor.crossed == {"BTC-USDT": side}
    assert may_trade(bot) == ["BTC-USDT", "ETH-USDT"]


def test_what_the_market_does_not_take_is_not_sent_again_at_once() -> None:
    bot, _ = trader(Refused("INSUFFICIENT_BALANCE"))
    place(bot)
    assert may_trade(bot) == ["ETH-USDT"]


@pytest.mark.parametrize("code", ["ORDER_NOT_FOUND", "ORDER_NOT_OPEN"])
def test_an_order_that_has_ended_needs_no_cancel(code: str) -> None:
    bot, _ = trader(Refused(code))
    desk = bot.connection.desk
    desk.learn_order(
        {
            "id": "7",
            "symbol": "BTC-USDT",
            "side": "BUY",
            "price": "1",
            "quantity": "1",
            "filled_quantity": "0",
            "status": "OPEN",
        }
    )
    asyncio.run(bot.cancel(bot.floor.terms["BTC-USDT"], "7"))
    assert desk.orders_of("BTC-USDT") == []
    assert may_trade(bot) == ["BTC-USDT", "ETH-USDT"]


def test_who_is_not_connected_sends_nothing() -> None:
    bot, line = trader(Refused("MARKET_HALTED"))
    bot.connection._line = None
    assert may_trade(bot) == []
    place(bot)
    assert line.asked == []
