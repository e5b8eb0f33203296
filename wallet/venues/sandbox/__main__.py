"""The sandbox's exchanges as a process: `python -m wallet.venues.sandbox --port 8004`. Nothing of Django is in it."""

import argparse
import logging
import os
import sys

from aiohttp import web

from wallet.simchain.__main__ import JsonLines
from wallet.venues.sandbox.demo import DEMO_SEED
from wallet.venues.sandbox.far_end import FarEnd
from wallet.venues.sandbox.server import application

log = logging.getLogger("wallet.venues.sandbox")


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m wallet.venues.sandbox", description="Eight exchanges to try things with; they hold nothing."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seed", default=DEMO_SEED, help="makes keys and addresses (default: %(default)s)")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="how long every answer takes")
    options = parser.parse_args()
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "INFO"), handlers=[handler])
    far_end = FarEnd(options.seed)
    far_end.latency_seconds = options.latency_ms / 1000
    log.info("the sandbox's exchanges answer on port %s", options.port)
    web.run_app(
        application(far_end), host=options.host, port=options.port, print=None, access_log=None, shutdown_timeout=1
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
