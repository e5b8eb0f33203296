"""Orders that end with the connection of their owner, for those who asked for it.

Whatever ends the connection, the commands are the same as those of a cancel of everything, and nobody counts them
against a limit. They come after all that the connection had sent. A streams process that dies can do nothing any more:
for that there is the countdown (`SetCountdown`), which the engine itself keeps.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from exchange.streams.orders import OrderDesk
from exchange.streams.threads import Threads
from kernel.errors import BourseError
from matching.engine.codes import CANCELLED_ON_DISCONNECT
from matching.selectors.orders import markets_with_open_orders
from matching.services import CancelAllCommand

log = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0
ATTEMPTS = 60
"""Where the database is away. Later than that the owner may be back, and has placed orders that are wanted."""

PATIENCE_AT_THE_END_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What ends with a connection: the account's orders in these markets, None in all."""

    account_id: int
    symbols: tuple[str, ...] | None


class Departures:
    """The wishes of all connections of this process."""

    def __init__(self, desk: OrderDesk, readers: Threads, start: Callable[[Coroutine[Any, Any, None]], object]) -> None:
        self._desk = desk
        self._readers = readers
        self._start = start
        self._wishes: dict[object, Wish] = {}
        self._leaving: set[asyncio.Future[None]] = set()

    def wish(self, connection: object, wish: Wish | None) -> None:
        """In the place of what this connection wished before; None: nothing."""
        self._wishes.pop(connection, None)
        if wish is not None:
            self._wishes[connection] = wish

    def leave(self, connection: object) -> None:
        """The connection has ended."""
        wish = self._wishes.pop(connection, None)
        if wish is None:
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._leaving.add(done)
        self._start(self._carry_out(wish, done))

    async def leave_all(self) -> None:
        """The process ends: so do all connections. Returns when all is in the log, or after some seconds."""
        for connection in tuple(self._wishes):
            self.leave(connection)
        if self._leaving:
            _, missing = await asyncio.wait(tuple(self._leaving), timeout=PATIENCE_AT_THE_END_SECONDS)
            if missing:
                log.error("orders of %s connections were not cancelled at their end", len(missing))

    async def _carry_out(self, wish: Wish, done: "asyncio.Future[None]") -> None:
        try:
            for _ in range(ATTEMPTS):
                try:
                    await self._cancel(wish)
                except Exception:
                    log.warning("orders are not cancelled yet at the end of a connection", exc_info=True)
                    await asyncio.sleep(PAUSE_SECONDS)
                else:
                    return
            log.error("orders of account %s were not cancelled at the end of a connection", wish.account_id)
        finally:
            self._leaving.discard(done)
            if not done.done():
                done.set_result(None)

    async def _cancel(self, wish: Wish) -> None:
        account_id, symbols = wish.account_id, wish.symbols
        if symbols is None:
            # What the connection had sent is in the log before it is asked where its orders are.
            await self._desk.submit_uncounted([])
            markets = await self._readers.run(lambda: markets_with_open_orders(account_id=account_id))
            symbols = tuple(market.symbol for market in markets)
        commands = [CancelAllCommand(account_id, symbol, reason=CANCELLED_ON_DISCONNECT) for symbol in symbols]
        if commands:
            for receipt in await self._desk.submit_uncounted(commands):
                if isinstance(receipt, BourseError):
                    raise receipt
