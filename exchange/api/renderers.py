"""Answers as JSON, by orjson: several times faster than the standard library, and never a float for an amount."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer

from kernel.units import plain

_OPTIONS = orjson.OPT_NON_STR_KEYS


def to_json(data: Any) -> bytes:
    """Amounts become plain decimal strings."""
    return orjson.dumps(data, default=_other, option=_OPTIONS)


def _other(value: object) -> object:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


class OrjsonRenderer(BaseRenderer):
    """The only renderer of the API."""

    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "binary"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return b"" if data is None else to_json(data)
