"""JSON as it is meant: one object, each name once, no NaN, text that a database can hold.

A number with a point or an exponent is read as a float, so an amount sent as a number is recognised and refused by
`kernel.units.parse_positive`; no amount is ever computed from it.
"""

import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from rest_framework.parsers import JSONParser

from exchange.errors import JsonMalformed, NameTwice


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise NameTwice(details={"field": name[:40].encode(errors="replace").decode()})
            seen.add(name)
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant)


def parse_json_object(body: bytes) -> dict[str, Any]:
    """The body as a dictionary. Raises JsonMalformed, NameTwice."""
    try:
        text = body.decode()
        found = _decoder.decode(text)
    except (ValueError, RecursionError) as error:
        raise JsonMalformed from error
    if not isinstance(found, dict):
        raise JsonMalformed("The body must be a JSON object.")
    if "\\u" in text and not _is_storable(found):
        raise JsonMalformed("The body has characters that are no text.")
    return found


def _is_storable(text_or_tree: Any) -> bool:
    """Whether no text in it has NUL or half a surrogate pair: only escapes can bring them in."""
    match text_or_tree:
        case str():
            return _is_encodable(text_or_tree)
        case dict():
            return all(_is_storable(name) and _is_storable(value) for name, value in text_or_tree.items())
        case list():
            return all(map(_is_storable, text_or_tree))
        case _:
            return True


def _is_encodable(text: str) -> bool:
    try:
        return b"\x00" not in text.encode()
    except UnicodeEncodeError:
        return False


class StrictJsonParser(JSONParser):
    """DRF's JSON parser with the rules of this module."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Raises JsonMalformed, NameTwice."""
        return parse_json_object(stream.read())
