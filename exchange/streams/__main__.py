"""The streams process: `python -m exchange.streams -b 127.0.0.1 -p 8001`."""

import argparse
import asyncio
import gc
import os
import sys

_SWITCH_SECONDS = 0.001


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m exchange.streams", description="Serve the WebSockets.")
    parser.add_argument("-b", "--bind", default="127.0.0.1", metavar="HOST", help="address to listen on")
    parser.add_argument("-p", "--port", type=int, default=8001, help="port to listen on (default: %(default)s)")
    options = parser.parse_args()

    # daphne makes its event loop when it is imported, and Django imports it.
    import uvloop

    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")
    import django

    django.setup()
    from daphne.endpoints import build_endpoint_description_strings

    from exchange.asgi import application
    from exchange.streams.server import StreamServer

    # What is loaded now stays: without this the collector walks all of it again and again while orders come in.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)

    # The thread that accepts orders comes back from the database several times a batch. With Python's usual 5 ms it
    # would wait each time for the event loop, which always has something to do while orders come in.
    sys.setswitchinterval(_SWITCH_SECONDS)

    endpoints = build_endpoint_description_strings(host=options.bind, port=options.port)
    StreamServer(application=application, endpoints=endpoints).run()


if __name__ == "__main__":
    main()
