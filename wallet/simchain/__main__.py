"""The simulated chain as a process: `python -m wallet.simchain --port 8003 --data chain.sqlite`.

Its token comes from the environment, SIMCHAIN_TOKEN. It needs the standard library alone: no Django, no database
server, no Redis.
"""

import argparse
import json
import logging
import os
import secrets
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from wallet.simchain.chain import Chain
from wallet.simchain.server import ChainServer
from wallet.simchain.store import Store

log = logging.getLogger("wallet.simchain")


class JsonLines(logging.Formatter):
    """A line of a log as the other processes write it."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds")
        line = {
            "timestamp": moment.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "logger": record.name,
            "process": os.environ.get("PROCESS_NAME", "chain"),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m wallet.simchain", description="A chain to try things with.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, metavar="FILE", help="where it keeps everything")
    parser.add_argument(
        "--block-seconds", type=float, default=2.0, help="time between blocks; 0: only on demand (default: %(default)s)"
    )
    parser.add_argument("--seed", default="", help="makes addresses, ids and hashes of a new chain repeatable")
    options = parser.parse_args()
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "INFO"), handlers=[handler])
    token = os.environ.get("SIMCHAIN_TOKEN", "")
    if len(token) < 16:
        log.error("SIMCHAIN_TOKEN is missing or shorter than 16 characters")
        return 2
    store = Store(options.data)
    chain = Chain(store, seed=options.seed or secrets.token_hex(16))
    server = ChainServer((options.host, options.port), chain, token=token)
    for number in (signal.SIGTERM, signal.SIGINT):
        # `shutdown` waits for the loop that this very thread runs.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    miner = threading.Thread(target=server.mine_forever, args=(options.block_seconds,), daemon=True)
    if options.block_seconds > 0:
        miner.start()
    log.info("the chain answers on port %s", server.server_address[1])
    try:
        server.serve_forever(poll_interval=0.1)
    finally:
        server.stopping.set()
        if miner.is_alive():
            miner.join(1)
        server.server_close()
        store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
