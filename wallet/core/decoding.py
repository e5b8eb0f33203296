"""From the stored text of an operation back to the message it was.

Pure, and the exact reverse of `Message.canonical`: what is read from the log is applied as it was asked for, whatever
this process would make of the same request today.
"""

from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson

from wallet.core.operations import MESSAGES, Message, Party

_TYPES: dict[int, type[Message]] = {int(kind): message_type for kind, message_type in MESSAGES.items()}
_AMOUNTS = ("amount", "fee", "network_fee")
_PARTIES = ("source", "destination")


def read_message(request_id: str, text: str) -> Message:
    """The message whose canonical text this is."""
    content: dict[str, Any] = orjson.loads(text)
    message_type = _TYPES[content.pop("kind")]
    for name in _AMOUNTS:
        if name in content:
            content[name] = Decimal(content[name])
    for name in _PARTIES:
        if name in content:
            content[name] = _party(**content[name])
    if "lines" in content:
        content["lines"] = tuple(tuple(line) for line in content["lines"])
    return message_type(request_id=request_id, **content)


@lru_cache(maxsize=1_000)
def _party(**content: Any) -> Party:
    """Most deposits say the same about where they come from."""
    return Party(**content)
