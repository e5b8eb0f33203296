"""The bots process: `python -m exchange.bots --web http://127.0.0.1:8000 --streams ws://127.0.0.1:8001 --house FILE`.

It knows the exchange only as any client does, over HTTP and WebSocket; no database, no Redis, no Django.
"""

import argparse
import asyncio
import logging.config
import os
import signal
from contextlib import suppress
from pathlib import Path

from exchange.bots.house import HouseFile
from exchange.bots.team import trade
from exchange.observability.configuration import install_crash_log, install_logging, logging_settings

log = logging.getLogger("exchange.bots")

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5, 60


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m exchange.bots", description="Trade for the house.")
    parser.add_argument("--web", required=True, metavar="URL", help="where the API is, such as http://127.0.0.1:8000")
    parser.add_argument("--streams", required=True, metavar="URL", help="where the sockets are: ws://127.0.0.1:8001")
    parser.add_argument("--house", required=True, type=Path, metavar="FILE", help="keys of the house accounts")
    parser.add_argument("--seed", type=int, help="make prices and sizes repeatable")
    options = parser.parse_args()
    is_supervised = bool(os.environ.get("PROCESS_NAME"))
    logging.config.dictConfig(
        logging_settings(os.environ.get("LOG_LEVEL", "INFO"), style="json" if is_supervised else "text")
    )
    install_logging()
    if is_supervised:
        install_crash_log()
    asyncio.run(_run(options))


async def _run(options: argparse.Namespace) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    pause = FIRST_PAUSE_SECONDS
    while not stopping.is_set():
        try:
            house = HouseFile.read(options.house)
            await trade(house, web_url=options.web, streams_url=options.streams, seed=options.seed, until=stopping)
        except Exception:
            # An exchange without its house is still an exchange: it must not be stopped because the bots keep dying.
            log.exception("the bots stumbled and begin anew in %s s", pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


if __name__ == "__main__":
    main()
