"""What all bots share: the markets as the exchange describes them, and where the house thinks prices are."""

import asyncio
import logging
import random
import time
from collections import deque
from decimal import Decimal

import httpx

from exchange.bots.errors import BotError
from exchange.bots.http_client import ask
from exchange.bots.strategy.fair_values import MICRO, REFERENCE, FairValues
from exchange.bots.strategy.terms import Terms
from kernel.units import PPM

log = logging.getLogger(__name__)

MARKETS_SECONDS = 2.0
WALK_SECONDS = 0.25
QUICK_MS = 60_000
QUICK_SPEED = 4
"""A new exchange has no history: in its first minute prices move, and takers trade, so many times as fast."""

_MOVE_MS = 20_000
_LONGEST_PAUSE_SECONDS = 15.0
_LONGEST_WAIT_SECONDS = 2.0
"""At the start, when the exchange is about to be there."""


class Floor:
    """Markets, values and chance. `house_money` is what each account was given, and so what it wants to hold."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        first_prices: dict[str, str],
        house_money: dict[str, str],
        chance: random.Random,
    ) -> None:
        self._client = client
        self._targets = {asset: Decimal(amount) for asset, amount in house_money.items()}
        self._history: deque[tuple[int, dict[str, int]]] = deque()
        self._quick_until_ms = 0
        self.chance = chance
        self.values = FairValues({asset: Decimal(price) for asset, price in first_prices.items()})
        self.terms: dict[str, Terms] = {}
        self.crossed: dict[str, str] = {}
        """Markets in which somebody's resting order is better than fair, with the side of the order that takes it."""

    @property
    def speed(self) -> int:
        return QUICK_SPEED if now_ms() < self._quick_until_ms else 1

    async def open(self) -> None:
        """Wait until the exchange describes its markets, and begin at their last prices."""
        pause = 0.25
        while True:
            try:
                await self._read_markets()
                break
            except BotError as error:
                log.info("the exchange does not answer yet: %s", error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_WAIT_SECONDS)
        for terms in self.terms.values():
            if terms.quote == REFERENCE and terms.last_ticks:
                self.values.start_at(terms.base, terms.units.price(terms.last_ticks))
        if not any(terms.last_ticks for terms in self.terms.values()):
            self._quick_until_ms = now_ms() + QUICK_MS

    async def watch(self) -> None:
        """Keep rules and states of the markets up to date, for ever."""
        pause = MARKETS_SECONDS
        while True:
            await asyncio.sleep(pause)
            try:
                await self._read_markets()
                pause = MARKETS_SECONDS
            except BotError:
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def walk(self) -> None:
        """Let values move, for ever."""
        while True:
            at_ms = now_ms()
            self.values.advance(at_ms, self.chance, speed=self.speed)
            fair = {symbol: terms.fair_milliticks(self.values) for symbol, terms in self.terms.items()}
            self._history.append((at_ms, fair))
            while self._history[0][0] < at_ms - _MOVE_MS:
                self._history.popleft()
            await asyncio.sleep(WALK_SECONDS)

    def move_ppm(self, symbol: str) -> int:
        """How far the fair price went within the last moments."""
        if not self._history or symbol not in self._history[0][1] or symbol not in self._history[-1][1]:
            return 0
        before, now = self._history[0][1][symbol], self._history[-1][1][symbol]
        return (now - before) * PPM // max(before, 1)

    def surplus_micro(self, asset: str, total: Decimal | None) -> int:
        """What an account holds beyond its target, in millionths of the reference asset."""
        if total is None or asset not in self._targets:
            return 0
        return int((total - self._targets[asset]) * self.values.value_micro(asset))

    def halt(self, symbol: str) -> None:
        """The exchange said so; the next look at the markets decides whether it is over."""
        self.terms[symbol] = self.terms[symbol].halted()

    async def _read_markets(self) -> None:
        answer = await ask(self._client, "GET", "/api/v1/markets", signer=None)
        terms = [Terms.read(market) for market in answer["items"]]
        self.terms = {
            market.symbol: market
            for market in terms
            if self.values.knows(market.base) and self.values.knows(market.quote)
        }


def now_ms() -> int:
    """Milliseconds on a clock that never goes back."""
    return time.monotonic_ns() // MICRO
