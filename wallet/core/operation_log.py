"""How the log of funds is chained: one link a batch of applied operations, over operations and outcomes alike.

Pure. The text of a link is one line an operation, in the order of their applied sequences, each a JSON array without
spaces, UTF-8:

    [sequence, operation id, origin, request id, message, code, detail, applied_at]

`message` is the operation's canonical text (a string), `detail` an object with sorted keys and strings as values,
`applied_at` microseconds since the Unix epoch. The hash is BLAKE2b-256 over the previous hash, the head of the funds
writer's journal chain after the batch, and the lines joined by newlines. So a link binds what was asked, what became
of it, and what it did to money.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import orjson

GENESIS_HASH = b""
_HASH_BYTES = 32


class AppliedOperation(NamedTuple):
    """An operation and its outcome, as the chain sees them."""

    sequence: int
    operation_id: int
    origin: str
    request_id: str
    message: str
    code: str
    detail: Mapping[str, str]
    applied_at_us: int


def link_hash(previous: bytes, journal_hash: bytes, applied: Iterable[AppliedOperation]) -> bytes:
    """The link that binds these operations, and all before them."""
    text = b"\n".join(orjson.dumps(tuple(operation), option=orjson.OPT_SORT_KEYS) for operation in applied)
    return hashlib.blake2b(previous + journal_hash + text, digest_size=_HASH_BYTES).digest()
