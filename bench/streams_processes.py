"""The matching worker and the streams process for benchmarks, as `./bourse up` starts them."""

import contextlib
import resource
import sys
from collections.abc import Iterator

from bench.processes import matching_and
from exchange.embedded.ports import free_port

NO_LIMIT = 1_000_000


@contextlib.contextmanager
def matching_and_streams(**environment: object) -> Iterator[int]:
    """Both, until the end; yields the port of the sockets. Limits on what one address may do are lifted."""
    _allow_many_files()
    port = free_port()
    lifted = {
        "STREAM_MAX_CONNECTIONS_PER_ADDRESS": NO_LIMIT,
        "STREAM_MAX_FRAMES_PER_SECOND": NO_LIMIT,
        "RATE_LIMIT_ORDERS_PER_KEY": f"{NO_LIMIT}/second",
        "RATE_LIMIT_ORDERS_PER_ADDRESS": f"{NO_LIMIT}/second",
        "RATE_LIMIT_READS_PER_ADDRESS": f"{NO_LIMIT}/second",
    }
    streams = [sys.executable, "-m", "exchange.streams", "-b", "127.0.0.1", "-p", str(port)]
    health_url = f"http://127.0.0.1:{port}/health"
    with matching_and(streams, health_url=health_url, environment=lifted | environment):
        yield port


def _allow_many_files() -> None:
    """Each socket is a file, here and in the children."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
