"""The far end as a whole: its exchanges, what it remembers of calls, and the changes that can be made from outside."""

import itertools
import time
from collections import deque
from dataclasses import dataclass, field

from wallet.venues.sandbox.demo import DEMO_SEED, credentials_of, keys_of_accounts
from wallet.venues.sandbox.deposits import Deposits
from wallet.venues.sandbox.exchange import SandboxExchange, World
from wallet.venues.sandbox.exchanges.registry import EXCHANGES, SAME_FAR_END
from wallet.venues.sandbox.faults import Fault, FaultBook, Kind
from wallet.venues.sandbox.keys import READ, Key, KeyRing

_CALLS_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class SeenCall:
    """One call that came; its key is the whole of what it said about who it was."""

    exchange: str
    method: str
    path: str
    api_key: str = field(repr=False)
    at: float
    """Seconds of a monotonic clock."""


class FarEnd:
    """Eight exchanges that hold nothing. Deterministic from its seed, but for the clock."""

    def __init__(self, seed: str = DEMO_SEED) -> None:
        self.seed = seed
        self.faults = FaultBook()
        self.keys = KeyRing()
        self.deposits = Deposits(seed, self.faults)
        world = World(self.keys, self.faults, self.deposits)
        self.exchanges: dict[str, SandboxExchange] = {name: kind(world) for name, kind in EXCHANGES.items()}
        for key in keys_of_accounts(seed):
            self.keys.add(key)
        self.calls: deque[SeenCall] = deque(maxlen=_CALLS_KEPT)
        self.clock_ahead_ms: dict[str, int] = {}
        """Exchange → how far its clock is ahead of ours."""
        self.latency_seconds = 0.0
        """How long every answer takes."""
        self._numbers = itertools.count(1)

    def exchange(self, ccxt_id: str) -> SandboxExchange | None:
        return self.exchanges.get(SAME_FAR_END.get(ccxt_id, ccxt_id))

    def now_ms(self, exchange: str) -> int:
        return time.time_ns() // 1_000_000 + self.clock_ahead_ms.get(exchange, 0)

    def issue_key(
        self, exchange: str, *, owner: str = "", name: str = "", permissions: frozenset[str] = frozenset({READ})
    ) -> Key:
        """A new key of an owner's account, of a new owner's where none is named. The same name gives the same key."""
        exchange = SAME_FAR_END.get(exchange, exchange)
        name = name or f"issued-{next(self._numbers)}"
        key = Key(exchange, owner or name, *credentials_of(exchange, name, seed=self.seed), permissions=permissions)
        self.keys.add(key)
        known = self.keys.find(exchange, key.api_key)
        assert known is not None
        return known

    def fail(
        self,
        kind: Kind,
        *,
        exchange: str = "",
        api_key: str = "",
        path: str = "",
        currency: str = "",
        network: str = "",
        times: int = 1,
        seconds: float = 1.0,
        status: int = 503,
    ) -> None:
        """Plan a failure; what is left empty means "any"."""
        exchange = SAME_FAR_END.get(exchange, exchange)
        self.faults.plan(Fault(kind, exchange, api_key, path, currency, network, times, seconds, status))

    def recover(self, exchange: str = "") -> None:
        """Forget all plans, and what was set for all calls."""
        self.faults.forget(SAME_FAR_END.get(exchange, exchange))
        if not exchange:
            self.clock_ahead_ms.clear()
            self.latency_seconds = 0.0

    def calls_of(self, exchange: str, path: str = "") -> list[SeenCall]:
        return [one for one in self.calls if one.exchange == exchange and path in one.path]
