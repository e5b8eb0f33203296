"""All bots of the house in one process."""

import asyncio
import logging
import random
from contextlib import suppress

from exchange.bots.connections import STOP_SECONDS, Connection, stop
from exchange.bots.desk import Desk
from exchange.bots.floor import Floor
from exchange.bots.house import HOUSE_MONEY, HouseFile, HouseKey, Role
from exchange.bots.http_client import http_client
from exchange.bots.maker import Maker
from exchange.bots.signing import Signer
from exchange.bots.strategy.quoting import CLOSE, WIDE
from exchange.bots.strategy.taking import LARGE, SMALL
from exchange.bots.taker import Taker

log = logging.getLogger(__name__)

LEAVE_SECONDS = 1.0
"""How long the orders may take to come out of the book when the bots are told to stop."""
LONGEST_STOP_SECONDS = LEAVE_SECONDS + 2 * STOP_SECONDS
"""From being told to stop to having stopped, whatever the exchange does: before the supervisor loses its patience."""

CORRECTION_VALUE = 2_000


async def trade(house: HouseFile, *, web_url: str, streams_url: str, seed: int | None, until: asyncio.Event) -> None:
    """Trade until the event is set; then take the quotes out of the books and return."""
    async with http_client(web_url) as client:
        floor = Floor(client, first_prices=house.first_prices, house_money=HOUSE_MONEY, chance=random.Random(seed))
        connections: list[Connection] = []
        bots: list[Maker | Taker] = []
        for key in house.keys:
            connection = Connection(key.username, streams_url, client, Signer(key), Desk())
            connections.append(connection)
            bots.append(_bot(key, connection, floor))
        # The orders come out of the books at the end, so connections outlive the work.
        lines: list[asyncio.Task[None]] = []
        work = asyncio.create_task(_work(floor, connections, bots, lines))
        stopping = asyncio.create_task(until.wait())
        try:
            await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                await work
        finally:
            await stop([work, stopping])
            with suppress(TimeoutError):
                async with asyncio.timeout(LEAVE_SECONDS):
                    await asyncio.gather(*(bot.leave() for bot in bots if isinstance(bot, Maker)))
            await stop(lines)


async def _work(
    floor: Floor, connections: list[Connection], bots: list[Maker | Taker], lines: list["asyncio.Task[None]"]
) -> None:
    await floor.open()
    lines += [asyncio.create_task(connection.run()) for connection in connections]
    log.info("the bots trade in %s", ", ".join(floor.terms))
    async with asyncio.TaskGroup() as group:
        group.create_task(floor.watch())
        group.create_task(floor.walk())
        for bot in bots:
            group.create_task(bot.run())


def _bot(key: HouseKey, connection: Connection, floor: Floor) -> Maker | Taker:
    match key.role:
        case Role.CLOSE_MAKER:
            return Maker(key.username, connection, floor, style=CLOSE, round_seconds=0.6, commands_a_round=3)
        case Role.WIDE_MAKER:
            return Maker(key.username, connection, floor, style=WIDE, round_seconds=2.0, commands_a_round=2)
        case Role.SMALL_TAKER:
            return Taker(key.username, connection, floor, style=SMALL, correction_value=CORRECTION_VALUE)
        case Role.LARGE_TAKER:
            return Taker(key.username, connection, floor, style=LARGE)
