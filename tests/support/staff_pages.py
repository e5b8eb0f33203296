"""Staff pages as people use them: opened, looked at, filled in, saved."""

import re
from typing import Any

from django.test import Client

_AS_SHOWN = re.compile(r'name="as_shown" value="([0-9a-f]{64})"')


def as_shown(client: Client, page: str) -> dict[str, str]:
    """The hidden field of a row's page that says what was seen; nothing where there is none."""
    found = _AS_SHOWN.search(client.get(page).content.decode())
    return {"as_shown": found[1]} if found else {}


def save(client: Client, page: str, fields: dict[str, Any], **options: Any) -> Any:
    """Open the page of a row and save it with these fields."""
    return client.post(page, as_shown(client, page) | fields, **options)
