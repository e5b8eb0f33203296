"""Failures on demand: what the next calls shall suffer, at an exchange or at all, for a key or for all.

`Problem`  the exchange refuses, in its own words
`Trouble`  the way between has trouble: nothing, too late, or nonsense arrives
`Twist`    the answer is in good form and not true
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from wallet.venues.sandbox.problems import OF_ADDRESSES, OF_KEYS, Problem


class Trouble(StrEnum):
    DELAY = "delay"
    HANG_UP = "hang_up"
    SLOW_DRIP = "slow_drip"
    HTML = "html"
    CUT_OFF = "cut_off"
    EMPTY_OBJECT = "empty_object"
    EMPTY = "empty"
    HUGE = "huge"
    SERVER_ERROR = "server_error"


class Twist(StrEnum):
    WRONG_NETWORK = "wrong_network"
    MALFORMED_ADDRESS = "malformed_address"
    CHANGED_ADDRESS = "changed_address"
    MISSING_NETWORK = "missing_network"


Kind = Problem | Trouble | Twist

KINDS: dict[str, Kind] = {one.value: one for group in (Problem, Trouble, Twist) for one in group}
FOREVER = 1 << 62


@dataclass(slots=True)
class Fault:
    """One plan. Empty texts mean "any"."""

    kind: Kind
    exchange: str = ""
    api_key: str = ""
    path: str = ""
    """A part of the path that is called."""
    currency: str = ""
    network: str = ""
    times: int = 1
    seconds: float = 1.0
    """How long a delay lasts or a drip takes; for a rate limit and for maintenance, when to come again."""
    status: int = 503
    """Of a server error or a page of HTML."""

    def concerns(self, call: "Concern") -> bool:
        return (
            self.times > 0
            and self.exchange in ("", call.exchange)
            and self.api_key in ("", call.api_key)
            and self.path in call.path
            and self.currency in ("", call.currency)
            and self.network in ("", call.network)
        )


@dataclass(frozen=True, slots=True)
class Concern:
    """What is known of a call when it is asked whether a plan is about it."""

    exchange: str
    path: str
    api_key: str = ""
    currency: str = ""
    network: str = ""


@dataclass(slots=True)
class FaultBook:
    """The plans. They may be made and taken by several threads."""

    _plans: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, fault: Fault) -> None:
        with self._lock:
            self._plans.append(fault)

    def forget(self, exchange: str = "") -> None:
        with self._lock:
            self._plans = [one for one in self._plans if exchange and one.exchange != exchange]

    def take(self, kinds: Iterable[Kind], concern: Concern) -> Fault | None:
        """The first plan of one of these kinds that is about the call; it is used up once."""
        wanted = frozenset(kinds)
        with self._lock:
            for fault in self._plans:
                if fault.kind in wanted and fault.concerns(concern):
                    fault.times -= 1
                    return fault
        return None


OF_THE_WAY = frozenset(Trouble)
OF_ANYBODY = frozenset(Problem) - OF_KEYS - OF_ADDRESSES
OF_SIGNED_CALLS = frozenset(OF_KEYS)
OF_ADDRESS_CALLS = frozenset(OF_ADDRESSES)
OF_WHAT_IS_SAID = frozenset(Twist)
