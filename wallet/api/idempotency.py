"""The key under which a request may be repeated: header `Idempotency-Key`, or `request_id` in the body."""

import re
from collections.abc import Mapping
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

HEADER = "Idempotency-Key"
FIELD = "request_id"
MAX_LENGTH = 100
_KEY = re.compile(r"[\x21-\x7e]{1,100}", re.ASCII)
_HINT = f"1 to {MAX_LENGTH} letters, digits and signs, in the header {HEADER} or here."

KEY_PARAMETER = OpenApiParameter(
    HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="A repeat under the same key returns the first result; other content is refused. "
    "May be sent as request_id in the body instead.",
)


def idempotency_key(request: Request, body: Mapping[str, Any]) -> str:
    """The request's key. Raises DRF's ValidationError where there is none, or two that differ."""
    in_header, in_body = request._request.headers.get(HEADER), body.get(FIELD)
    if in_header and in_body and in_header != in_body:
        raise ValidationError({FIELD: [f"It differs from the header {HEADER}."]})
    key = in_header or in_body
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise ValidationError({FIELD: [_HINT]})
    return key
