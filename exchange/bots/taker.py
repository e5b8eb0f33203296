"""A taker: sends an order that trades at once, whenever chance or a price that is too good says so."""

import asyncio
from dataclasses import replace

from exchange.bots.connections import Connection
from exchange.bots.floor import Floor
from exchange.bots.strategy.fair_values import MICRO
from exchange.bots.strategy.taking import TakerStyle, decide, take
from exchange.bots.strategy.terms import Quote, Terms
from exchange.bots.trader import Trader

LOOK_MS = 200


class Taker(Trader):
    """Takes, and never rests: what does not trade at once expires."""

    def __init__(
        self, name: str, connection: Connection, floor: Floor, *, style: TakerStyle, correction_value: int = 0
    ) -> None:
        """`correction_value`: how much, in units of the reference asset, it trades against an order that is better
        than fair; 0 leaves such orders to others."""
        super().__init__(name, connection, floor)
        self._style = style
        self._correction_value = correction_value

    async def run(self) -> None:
        """For ever."""
        while True:
            await asyncio.sleep(LOOK_MS / 1000)
            for terms in list(self.floor.terms.values()):
                if self.may_trade(terms):
                    quote = self._correct(terms) or self._decide(terms)
                    if quote is not None:
                        await self.place(terms, quote, time_in_force="IOC")

    def _decide(self, terms: Terms) -> Quote | None:
        floor = self.floor
        return decide(
            terms,
            replace(self._style, once_in_ms=self._style.once_in_ms // floor.speed),
            floor.values,
            floor.chance,
            within_ms=LOOK_MS,
            move_ppm=floor.move_ppm(terms.symbol),
            surplus_micro=self.surplus_micro(terms),
        )

    def _correct(self, terms: Terms) -> Quote | None:
        side = self.floor.crossed.get(terms.symbol)
        if side is None or not self._correction_value:
            return None
        del self.floor.crossed[terms.symbol]
        value = self._correction_value * MICRO
        return take(terms, self.floor.values, side=side, value_micro=value, slip_ppm=0)
