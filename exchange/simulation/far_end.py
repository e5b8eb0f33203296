"""The far end of a simulation: the simulated chain in this process, reached through its own doors but not over HTTP.

It keeps an honest book whatever happens to its callers. Beside the failures the chain can be told to have, calls can
find nobody, and a payout can arrive long after its caller has given up.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from exchange.simulation.clock import SimulatedClock
from kernel.errors import invariant
from wallet.models import Rail
from wallet.rails.simulated import SimulatedChainRail
from wallet.simchain import faults
from wallet.simchain.chain import Chain, ChainAsset
from wallet.simchain.client import ChainClient, NotReached, Refused, Unreachable
from wallet.simchain.doors import DOORS
from wallet.simchain.errors import RequestRefused
from wallet.simchain.store import Store

CHAIN_ASSETS = (ChainAsset("BTC", 8, 2_000), ChainAsset("USDT", 6, 500_000))
LONGEST_WAY_SECONDS = 240
"""No call is on its way for longer; payouts count on five minutes."""


class FarEnd(ChainClient):
    """A client of a chain of its own."""

    def __init__(self, *, seed: int, clock: SimulatedClock) -> None:
        self._clock = clock
        self.chain = Chain(
            Store(Path(":memory:")), seed=f"simulation {seed}", assets=CHAIN_ASSETS, clock=clock.true_unix_seconds
        )
        self.is_away = False
        self.delays: list[int] = []
        """Of the next payouts, in seconds: the caller hears nothing, and they arrive that much later."""
        self.attempts: Counter[str] = Counter()
        """By our id of a payout: how often one was sent that may have been made."""
        self._on_their_way: list[tuple[float, dict[str, Any]]] = []

    def close(self) -> None:
        self.chain.store.close()

    def deliver(self) -> int:
        """Let arrive what is due; how many calls that were."""
        due = [call for at, call in self._on_their_way if at <= self._clock.seconds]
        self._on_their_way = [(at, call) for at, call in self._on_their_way if at > self._clock.seconds]
        for call in due:
            try:
                DOORS["POST", "/send"].serve(self.chain, call)
            except RequestRefused:
                # Nobody waits for the answer.
                continue
        return len(due)

    def _ask(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        if self.is_away:
            raise NotReached(f"{method} {path}: away")
        arguments: dict[str, Any] = json.loads(json.dumps(content.get("params") or content.get("json") or {}))
        if path == "/send":
            self.attempts[arguments["client_id"]] += 1
        if path == "/send" and self.delays:
            self._on_their_way.append((self._clock.seconds + self.delays.pop(0), arguments))
            raise Unreachable(f"{method} {path}: no answer")
        client_id = str(arguments.get("client_id", ""))
        door = DOORS[method, path]
        try:
            is_silent = bool(door.operation) and faults.suffer(
                self.chain.store, door.operation, is_done=door.is_done(self.chain, arguments)
            )
            answer: dict[str, Any] = json.loads(json.dumps(door.serve(self.chain, arguments)))
        except RequestRefused as refusal:
            if refusal.status >= 500:
                raise Unreachable(f"{method} {path}: answered {refusal.status}") from refusal
            if path == "/send":
                self.attempts[client_id] -= 1
            raise Refused(refusal.code, refusal.message, status=refusal.status) from refusal
        except faults.Silence as silence:
            raise Unreachable(f"{method} {path}: no answer") from silence
        if is_silent:
            raise Unreachable(f"{method} {path}: no answer")
        return answer


class FarEndRail(SimulatedChainRail):
    """The adapter of the simulated chain, speaking to the far end of the running simulation."""

    far_end: FarEnd | None = None

    def __init__(self, rail: Rail) -> None:
        super().__init__(rail)
        invariant(self.far_end is not None, "a simulation runs")
        self.__dict__["_chain"] = self.far_end


class CarefulRail(FarEndRail):
    """The same far end, as if it did not know payouts by our id: none may be sent a second time."""

    is_payout_idempotent = False
