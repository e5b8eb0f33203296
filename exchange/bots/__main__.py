"""The bots process: `python -m exchange.bots --web http://127.0.0.1:8000 --streams ws://127.0.0.1:8001 --house FILE`.

It knows the exchange only as any client does, over HTTP and WebSocket; no database, no Redis, no Django.
"""

import argparse
import asyncio
import logging.config
import os
import signal
from pathlib import Path

from exchange.bots.house import HouseFile
from exchange.bots.team import trade
from exchange.observability.configuration import install_crash_log, install_logging, logging_settings


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
    house = HouseFile.read(options.house)
    await trade(house, web_url=options.web, streams_url=options.streams, seed=options.seed, until=stopping)


if __name__ == "__main__":
    main()
