"""What is written to sockets: JSON texts, serialised once for however many clients, and framed once.

A server's frames are not masked, so the bytes on the wire are the same for every client.
"""

import struct
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from exchange.api.errors import error_body
from exchange.api.renderers import to_json
from kernel.errors import BourseError
from ledger.api.parameters import rfc3339

_FINAL_TEXT = 0x81
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Message:
    """A JSON text and the WebSocket frame around it."""

    __slots__ = ("_header_length", "frame")

    def __init__(self, content: Any) -> None:
        """`content`: whatever the API's renderer takes; amounts become plain decimal strings."""
        payload = to_json(content)
        header = _header(len(payload))
        self._header_length = len(header)
        self.frame = header + payload

    @property
    def text(self) -> str:
        return self.frame[self._header_length :].decode()


def _header(length: int) -> bytes:
    """RFC 6455, section 5.2: one final text frame, not masked."""
    if length < 126:
        return bytes((_FINAL_TEXT, length))
    if length < 1 << 16:
        return struct.pack("!BBH", _FINAL_TEXT, 126, length)
    return struct.pack("!BBQ", _FINAL_TEXT, 127, length)


def error_message(error: BourseError, *, reply_to: str | int | None, request_id: str) -> Message:
    """A refusal in the shape it has everywhere; `reply_to` is the id of the frame that asked."""
    return Message({"type": "error", "id": reply_to, **error_body(error, request_id)})


def time_text(at_us: int) -> str:
    """Microseconds since the Unix epoch as RFC 3339."""
    return rfc3339(datetime_at(at_us))


def datetime_at(at_us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at_us)


def now_text() -> str:
    return time_text(time.time_ns() // 1000)
