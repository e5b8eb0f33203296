"""Reads a recorded order-by-order file: one JSON object a line.

    {"op": "add", "t": 1649023812987, "id": "64a2…", "side": "BUY", "price": "4726.2", "qty": "15.0"}
    {"op": "cancel", "t": 1649023838841, "id": "9239…"}

`t` is in milliseconds. Numbers go through the same parser as those of the API and are refused with its codes; small
ones that were published as "1e-05" are first written out, as a client of the API would have to. A line that is no such
object is refused as a whole. A refused line never ends the reading.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import orjson

from exchange.replay.failure import ReplayImpossible
from kernel.errors import BourseError
from kernel.units import parse_positive
from matching.engine.types import Side

MALFORMED_LINE = "MALFORMED_LINE"

_WITH_EXPONENT = re.compile(r"\d{1,20}(\.\d{1,20})?[eE][+-]?\d{1,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Add:
    """An order of the recording."""

    line: int
    at_ms: int
    recorded_id: str
    side: Side
    price: Decimal
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Cancel:
    """The end of an order that is named by its recorded id."""

    line: int
    at_ms: int
    recorded_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that is not sent. `recorded_id` is set where an order was meant, so that its cancel is understood."""

    line: int
    code: str
    reason: str
    recorded_id: str | None = None


Row = Add | Cancel | Refused


def read_recording(path: Path) -> list[Row]:
    """All lines but empty ones, in order. Raises ReplayImpossible where the file cannot be read or holds nothing."""
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        raise ReplayImpossible(f"There is no file {path}.") from None
    except OSError as error:
        raise ReplayImpossible(f"{path} cannot be read: {error.strerror}.") from None
    rows = [_row(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not any(isinstance(row, Add) for row in rows):
        raise ReplayImpossible(f"{path} holds no order.")
    return rows


def _row(number: int, line: bytes) -> Row:
    try:
        content = orjson.loads(line)
    except orjson.JSONDecodeError:
        return Refused(number, MALFORMED_LINE, "not a JSON object")
    if not isinstance(content, dict):
        return Refused(number, MALFORMED_LINE, "not a JSON object")
    operation, at_ms, recorded_id = content.get("op"), content.get("t"), content.get("id")
    if type(at_ms) is not int:
        return Refused(number, MALFORMED_LINE, "t is not a whole number of milliseconds")
    if not isinstance(recorded_id, str) or not recorded_id:
        return Refused(number, MALFORMED_LINE, "id is not a text")
    if operation == "cancel":
        return Cancel(number, at_ms, recorded_id)
    if operation != "add":
        return Refused(number, MALFORMED_LINE, "op is neither add nor cancel")
    return _add(number, at_ms, recorded_id, content)


def _add(number: int, at_ms: int, recorded_id: str, content: dict[str, object]) -> Row:
    side = content.get("side")
    if side not in ("BUY", "SELL"):
        return Refused(number, MALFORMED_LINE, "side is neither BUY nor SELL", recorded_id)
    try:
        price = parse_positive(_written_out(content.get("price")), field="price")
        quantity = parse_positive(_written_out(content.get("qty")), field="qty")
    except BourseError as error:
        reason = f"{error.details.get('field')}: {error.text}"
        return Refused(number, error.code, reason, recorded_id)
    return Add(number, at_ms, recorded_id, Side.BUY if side == "BUY" else Side.SELL, price, quantity)


def _written_out(number: object) -> object:
    """The same number without an exponent; anything else stays as it is, for the parser to judge."""
    if isinstance(number, str) and _WITH_EXPONENT.fullmatch(number):
        return format(Decimal(number), "f")
    return number
