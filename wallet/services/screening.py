"""Whether an address is on a list of addresses nobody may be paid at.

A provider is a class named in `settings.SCREENING_PROVIDER`. Ours reads a file; one that asks somebody else's service
has the same interface. It is asked outside of database transactions, when a withdrawal is requested, and its answer is
kept with the withdrawal: a hit, and no answer at all, send it to staff.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ScreeningResult:
    """What a provider said about an address."""

    is_hit: bool
    detail: str = ""
    """For staff: why."""


class ScreeningProvider(Protocol):
    """Somebody who knows addresses. May raise anything when it cannot answer."""

    name: str

    def screen(self, *, network: str, address: str, tag: str) -> ScreeningResult:
        """What is known about an address of a network."""


class ListFileProvider:
    """Addresses of a text file, one a line: `address`, or `network address`, and what is known of it behind a `#`.

    The file is read at every question, so a new list counts at once. `settings.SCREENING_LIST` is its path; without one
    nothing is on the list.
    """

    name = "list"

    def screen(self, *, network: str, address: str, tag: str) -> ScreeningResult:
        """Raises OSError where there should be a list and is none."""
        if not settings.SCREENING_LIST:
            return ScreeningResult(is_hit=False)
        for line in Path(settings.SCREENING_LIST).read_text(encoding="utf-8").splitlines():
            entry, _, note = line.partition("#")
            words = entry.casefold().split()
            if not words or words[-1] != address.casefold():
                continue
            if len(words) == 1 or words[0] == network.casefold():
                return ScreeningResult(is_hit=True, detail=note.strip() or "on the list")
        return ScreeningResult(is_hit=False)


def screen_address(*, network: str, address: str, tag: str, at: datetime) -> dict[str, Any]:
    """What is kept with a withdrawal: provider, time, and whether it was a hit or there was no answer. Never raises."""
    provider: ScreeningProvider = import_string(settings.SCREENING_PROVIDER)()
    kept: dict[str, Any] = {"provider": provider.name, "at": at.isoformat()}
    try:
        result = provider.screen(network=network, address=address, tag=tag)
    except Exception:
        # Whatever went wrong, it is no reason to send and none to refuse.
        log.exception("the address screening does not answer")
        return kept | {"is_available": False, "is_hit": False, "detail": ""}
    return kept | {"is_available": True, "is_hit": result.is_hit, "detail": result.detail}
