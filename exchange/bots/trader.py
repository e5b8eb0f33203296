"""What makers and takers have in common: a connection, and what to do when the exchange says no."""

import asyncio
import logging
from typing import Any

from exchange.bots.connections import Connection
from exchange.bots.errors import BotError, Refused
from exchange.bots.floor import Floor, now_ms
from exchange.bots.strategy.terms import Quote, Terms

log = logging.getLogger(__name__)

_FIRST_REST_MS, _LONGEST_REST_MS = 1_000, 30_000
_MARKET_REST_MS = 10_000
_OVERLOADED = frozenset({"RATE_LIMITED", "EXCHANGE_BUSY", "SERVICE_UNAVAILABLE", "TOO_MANY_CONNECTIONS"})
_HALTED = frozenset({"MARKET_HALTED", "MARKET_CLOSED"})
_A_MATTER_OF_MOMENTS = frozenset({"PRICE_OUT_OF_BAND", "MAX_OPEN_ORDERS", "IOC_REMAINDER", "NO_LIQUIDITY"})


class Trader:
    """One house account at work."""

    def __init__(self, name: str, connection: Connection, floor: Floor) -> None:
        self.name = name
        self.connection = connection
        self.floor = floor
        self._rests_until_ms = 0
        self._rest_ms = _FIRST_REST_MS
        self._market_rests_until_ms: dict[str, int] = {}

    def may_send(self) -> bool:
        """Whether the exchange can be reached and has not asked for a rest."""
        return self.connection.is_ready and now_ms() >= self._rests_until_ms

    def may_trade(self, terms: Terms) -> bool:
        """Whether orders make sense now."""
        market_rests_until_ms = self._market_rests_until_ms.get(terms.symbol, 0)
        return self.may_send() and terms.is_trading and now_ms() >= market_rests_until_ms

    def surplus_micro(self, terms: Terms) -> int:
        """What the account holds of the market's base asset beyond its target."""
        return self.floor.surplus_micro(terms.base, self.connection.desk.total_of(terms.base))

    async def place(self, terms: Terms, quote: Quote, **fields: Any) -> None:
        """Send one order; a refusal decides when the next one is sent."""
        order = {
            "symbol": terms.symbol,
            "side": quote.side,
            "quantity": terms.quantity_text(quote.lots),
            "type": "LIMIT",
            "price": terms.price_text(quote.ticks),
            **fields,
        }
        try:
            placed = await self.connection.place(order)
            if placed["status"] == "REJECTED":
                raise Refused(placed["reason"])
            self._rest_ms = _FIRST_REST_MS
        except BotError as error:
            self.give_way(terms, quote.side, error)

    async def cancel(self, terms: Terms, order_id: str) -> None:
        try:
            await self.connection.cancel(order_id)
        except BotError as error:
            self.give_way(terms, None, error)

    def give_way(self, terms: Terms, side: str | None, error: BotError) -> None:
        """Do what a refusal asks for: rest, leave a market alone, or nothing."""
        if not isinstance(error, Refused) or error.code in _OVERLOADED:
            asked_ms = (error.retry_after or 0) * 1000 if isinstance(error, Refused) else 0
            self._rests_until_ms = now_ms() + max(self._rest_ms, asked_ms)
            self._rest_ms = min(self._rest_ms * 2, _LONGEST_REST_MS)
            log.info("%s rests: %s", self.name, error)
        elif error.code in _HALTED:
            self.floor.halt(terms.symbol)
        elif error.code == "POST_ONLY_WOULD_MATCH" and side is not None:
            # Somebody bids above, or asks below, what we think it is worth: that is an offer to take.
            self.floor.crossed[terms.symbol] = side
        elif error.code not in _A_MATTER_OF_MOMENTS:
            self._market_rests_until_ms[terms.symbol] = now_ms() + _MARKET_REST_MS
            log.info("%s rests in %s: %s", self.name, terms.symbol, error)


async def at_once(*work: Any) -> None:
    """Do all of it beside each other; one that fails unexpectedly fails all."""
    async with asyncio.TaskGroup() as group:
        for each in work:
            group.create_task(each)
