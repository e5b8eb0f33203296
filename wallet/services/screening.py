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

from risk.models import RiskEventType, Severity
from risk.services import record_risk_event

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


class ListUnreadable(Exception):
    """A list of addresses has a line that is neither `address` nor `network address`."""


class ListFileProvider:
    """Addresses of a text file, one a line: `address`, or `network address`, and what is known of it behind a `#`.

    The file is read at every question, so a new list counts at once. `settings.SCREENING_LIST` is its path; without one
    nothing is on the list. A list with a line of another form is no answer at all: the address asked for may be in it.
    """

    name = "list"

    def screen(self, *, network: str, address: str, tag: str) -> ScreeningResult:
        """Raises OSError where there should be a list and is none, ListUnreadable, and UnicodeDecodeError."""
        if not settings.SCREENING_LIST:
            return ScreeningResult(is_hit=False)
        address, network = address.casefold(), network.casefold()
        found: ScreeningResult | None = None
        # Some editors begin a file with a mark that would be part of the first address.
        text = Path(settings.SCREENING_LIST).read_text(encoding="utf-8-sig")
        for number, line in enumerate(text.splitlines(), start=1):
            entry, _, note = line.partition("#")
            words = entry.casefold().split()
            if len(words) > 2:
                raise ListUnreadable(f"line {number}")
            # An address with a word behind it is one whose note lacks its `#`.
            if found is None and (words[:1] == [address] or words == [network, address]):
                found = ScreeningResult(is_hit=True, detail=note.strip() or "on the list")
        return found or ScreeningResult(is_hit=False)


def screen_address(*, network: str, address: str, tag: str, at: datetime) -> dict[str, Any]:
    """What is kept with a withdrawal: provider, time, and whether it was a hit or there was no answer. Never raises."""
    provider: ScreeningProvider = import_string(settings.SCREENING_PROVIDER)()
    kept: dict[str, Any] = {"provider": provider.name, "at": at.isoformat()}
    try:
        result = provider.screen(network=network, address=address, tag=tag)
    except Exception as problem:
        # Whatever went wrong, it is no reason to send and none to refuse.
        log.exception("the address screening does not answer")
        _alarm(provider.name, problem, at=at)
        return kept | {"is_available": False, "is_hit": False, "detail": ""}
    return kept | {"is_available": True, "is_hit": result.is_hit, "detail": result.detail}


def _alarm(provider: str, problem: Exception, *, at: datetime) -> None:
    """Have staff see to the provider: until then they look at every withdrawal."""
    record_risk_event(
        event_type=RiskEventType.WITHDRAWAL,
        severity=Severity.HIGH,
        fingerprint=f"screening:{provider}",
        description=f"The address screening does not answer ({type(problem).__name__}: {problem})",
        first_seen_at=at,
        last_seen_at=at,
    )
