"""Which request the code at hand works for. Every line of the log says so, wherever in the call it is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Of the request that this thread or task answers, or on whose behalf a background task runs; else empty."""


@contextmanager
def working_for(request: str) -> Iterator[None]:
    """Everything that is logged inside carries this request id."""
    token = request_id.set(request)
    try:
        yield
    finally:
        request_id.reset(token)
