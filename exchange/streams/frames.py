"""What clients may write: one JSON object a frame, with `op`, an `id` to be echoed, and the fields of the operation.

Fields are read strictly, as in REST: an unknown one is refused. Every function raises FieldInvalid or UnknownField.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from accounts.errors import FieldInvalid, UnknownField
from ledger.api.parameters import refuse_unknown
from marketdata.intervals import INTERVALS

FrameId = str | int | None

_LONGEST_ID = 64
_SAFE_INTEGER = 2**53
_MOST_SYMBOLS = 1_000
_MOST_WRITERS = 32
SPEEDS = ("100ms", "full")
DEPTH_LEVELS = (5, 10, 20, 100)
NOTICES = "notices"
CHANNELS = ("book", "depth", "trades", "ticker", "candles", "statistics", "market", NOTICES)
ALL = "*"

_VARIANTS = {"book": "speed", "depth": "levels", "candles": "interval"}
"""The field that a channel has beside its symbols."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """`symbols` is None for all markets, empty for a channel that is about none in particular.

    `variant` is the speed of a book, its levels, or the interval of candles.
    """

    channel: str
    symbols: list[str] | None
    variant: str

    @property
    def echo(self) -> dict[str, str | int]:
        """How the confirmation names the variant."""
        if self.channel == "depth":
            return {"levels": int(self.variant)}
        return {_VARIANTS[self.channel]: self.variant} if self.channel in _VARIANTS else {}


def frame_id(frame: Mapping[str, Any]) -> FrameId:
    """The id to echo."""
    identifier = frame.get("id")
    is_text = isinstance(identifier, str) and len(identifier) <= _LONGEST_ID
    is_number = isinstance(identifier, int) and not isinstance(identifier, bool) and abs(identifier) < _SAFE_INTEGER
    if identifier is not None and not is_text and not is_number:
        _invalid("id", f"A text of at most {_LONGEST_ID} characters, or an integer.")
    return identifier


def know_only(frame: Mapping[str, Any], *fields: str) -> None:
    """Refuse every field but these and those that all frames have."""
    refuse_unknown(frame, ("op", "id", *fields))


def read_subscription(frame: Mapping[str, Any]) -> Subscription:
    """The fields of `subscribe` and `unsubscribe` on the market socket."""
    know_only(frame, "channel", "symbols", *_VARIANTS.values())
    channel = _choice(frame, "channel", CHANNELS)
    variant = ""
    if channel == "book":
        variant = _choice(frame, "speed", SPEEDS, SPEEDS[0])
    elif channel == "depth":
        variant = _levels(frame.get("levels"))
    elif channel == "candles":
        variant = _choice(frame, "interval", tuple(INTERVALS))
    needless = set(_VARIANTS.values()) - {_VARIANTS.get(channel, "")}
    if not needless.isdisjoint(frame):
        raise UnknownField(details={"fields": sorted(needless & frame.keys())})
    if channel == NOTICES:
        if "symbols" in frame:
            raise UnknownField(details={"fields": ["symbols"]})
        return Subscription(channel, [], variant)
    return Subscription(channel, _symbols(frame.get("symbols")), variant)


def read_since(frame: Mapping[str, Any]) -> dict[str, int] | None:
    """The field `from` of the user socket's `subscribe`: writer to the last number that arrived."""
    since = frame.get("from")
    if since is None:
        return None
    if not isinstance(since, dict) or len(since) > _MOST_WRITERS:
        _invalid("from", 'The last number of each writer, such as {"main": 120}.')
    for number in since.values():
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < _SAFE_INTEGER:
            _invalid("from", "Numbers are integers, 0 or more.")
    return since


def read_text(frame: Mapping[str, Any], field: str) -> str:
    """A field that must be there, as text."""
    value = frame.get(field)
    if not isinstance(value, str) or not value:
        _invalid(field, "A text that must not be empty.")
    return value


def read_object(frame: Mapping[str, Any], field: str) -> dict[str, Any]:
    """A field that must be there, as an object."""
    value = frame.get(field)
    if not isinstance(value, dict):
        _invalid(field, "An object.")
    return value


def read_switch(frame: Mapping[str, Any]) -> list[str] | None:
    """`enabled` and `symbols` of `cancel_on_disconnect`: the markets, None for all; none where it is switched off."""
    enabled = frame.get("enabled")
    if not isinstance(enabled, bool):
        _invalid("enabled", "true or false.")
    return _symbols(frame.get("symbols")) if enabled else []


def without(frame: Mapping[str, Any], *fields: str) -> dict[str, Any]:
    """A frame as the body of a request: without these fields, and without those that all frames have."""
    return {name: value for name, value in frame.items() if name not in ("op", "id", *fields)}


def _symbols(value: Any) -> list[str] | None:
    if value == ALL:
        return None
    is_list = isinstance(value, list) and 0 < len(value) <= _MOST_SYMBOLS
    if not is_list or not all(isinstance(symbol, str) and symbol for symbol in value):
        _invalid("symbols", 'A list of symbols such as ["BTC-USDT"], or "*" for all.')
    return list(dict.fromkeys(symbol.replace("/", "-", 1) for symbol in value))


def _levels(value: Any) -> str:
    if not isinstance(value, int) or value not in DEPTH_LEVELS:
        _invalid("levels", f"One of {', '.join(map(str, DEPTH_LEVELS))}.")
    return str(value)


def _choice(frame: Mapping[str, Any], field: str, choices: tuple[str, ...], default: str | None = None) -> str:
    word = frame.get(field, default)
    if word not in choices:
        _invalid(field, f"One of {', '.join(choices)}.")
    return str(word)


def _invalid(field: str, sentence: str) -> NoReturn:
    raise FieldInvalid(details={field: [sentence]})
