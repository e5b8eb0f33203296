"""A market maker: looks at each market in turn and brings its open orders closer to the ladder it wants."""

import asyncio
from contextlib import suppress

from exchange.bots.connections import Connection
from exchange.bots.errors import BotError
from exchange.bots.floor import Floor
from exchange.bots.strategy.quoting import LadderStyle, OpenQuote, centre_milliticks, changes, ladder
from exchange.bots.strategy.terms import Terms
from exchange.bots.trader import Trader, at_once


class Maker(Trader):
    """Quotes on both sides of every market, with post-only orders: it never takes, not even from its own side."""

    def __init__(
        self,
        name: str,
        connection: Connection,
        floor: Floor,
        *,
        style: LadderStyle,
        round_seconds: float,
        commands_a_round: int,
    ) -> None:
        """A book that stands is moved by at most `commands_a_round` commands in each `round_seconds`."""
        super().__init__(name, connection, floor)
        self._style = style
        self._round_seconds = round_seconds
        self._commands_a_round = commands_a_round
        self._swept: set[str] = set()

    async def run(self) -> None:
        """For ever."""
        while True:
            for symbol in list(self.floor.terms):
                terms = self.floor.terms.get(symbol)
                if terms is not None:
                    await self._look_after(terms)
                await asyncio.sleep(self._round_seconds / max(len(self.floor.terms), 1))
            if not self.floor.terms:
                await asyncio.sleep(self._round_seconds)

    async def leave(self) -> None:
        """Take everything back, as far as the exchange still answers."""
        for symbol in self.floor.terms:
            with suppress(BotError):
                await self.connection.cancel_all(symbol)

    async def _look_after(self, terms: Terms) -> None:
        if terms.symbol not in self._swept and self.may_send():
            # Also where the market is halted: what stands in it would trade the moment it opens.
            await self._sweep(terms)
        if terms.symbol in self._swept and self.may_trade(terms):
            await self._requote(terms)

    async def _requote(self, terms: Terms) -> None:
        fair = terms.fair_milliticks(self.floor.values)
        centre = centre_milliticks(fair, self._style, surplus_micro=self.surplus_micro(terms))
        wanted = ladder(terms, self._style, self.floor.values, self.floor.chance, centre=centre)
        resting = self._resting(terms)
        # What is missing is put there at once; what stands is moved little by little.
        most = max(self._commands_a_round, len(wanted) - len(resting))
        cancels, places = changes(resting, wanted, centre=centre, most=most)
        await at_once(*(self.cancel(terms, order_id) for order_id in cancels))
        await at_once(*(self.place(terms, quote, time_in_force="GTC", post_only=True) for quote in places))

    async def _sweep(self, terms: Terms) -> None:
        """What an earlier life left in the book goes first."""
        try:
            await self.connection.cancel_all(terms.symbol)
            self._swept.add(terms.symbol)
        except BotError as error:
            self.give_way(terms, None, error)

    def _resting(self, terms: Terms) -> list[OpenQuote]:
        units = terms.units
        return [
            OpenQuote(order.order_id, order.side, units.ticks(order.price) or 0, units.most_lots(order.remaining))
            for order in self.connection.desk.orders_of(terms.symbol)
        ]
