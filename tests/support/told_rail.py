"""A rail that says what the test tells it to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from wallet.core.operations import Party
from wallet.models import Rail
from wallet.rails.protocol import Arrival, Detection, Movement, Payout, PayoutRefused, RailUnavailable


@dataclass
class ToldRail:
    """`holds`: asset to what it has; None: it does not answer. `meanwhile`: what happens while it is asked for it."""

    holds: dict[str, str] | None = field(default_factory=dict)
    listed: list[Movement] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    meanwhile: Callable[[], object] | None = None
    times_asked: int = 0
    is_payout_idempotent: bool = True
    has_blocks: bool = False

    def __call__(self, rail: Rail) -> "ToldRail":
        return self

    def balance(self, asset: str) -> dict[str, Decimal]:
        if self.holds is None:
            raise RailUnavailable
        self.times_asked += 1
        held = {"main": Decimal(self.holds.get(asset, "0"))}
        if self.meanwhile is not None:
            self.meanwhile()
        return held

    def movements(self, asset: str, *, since: datetime) -> Sequence[Movement]:
        return [movement for movement in self.listed if movement.asset == asset and movement.at >= since]

    def receiving_address(self, asset: str, account_id: int) -> tuple[str, str]:
        if self.holds is None:
            raise RailUnavailable
        return f"address-of-{account_id}", ""

    def detect(self, *, after_height: int, cursor: dict[str, Any], limit: int) -> Detection:
        return Detection(arrivals=tuple(self.arrivals), cursor=cursor)

    def block_hash(self, height: int) -> str | None:
        return None

    def confirmations(self, external_tx_id: str) -> int | None:
        return None

    def payout(self, *, payout_id: str, asset: str, network: str, amount: Decimal, destination: Party) -> Payout:
        raise PayoutRefused

    def look_up(self, *, payout_id: str, external_tx_id: str, asset: str) -> Payout | None:
        return None

    def move(self, *, move_id: str, asset: str, from_wallet: str, to_wallet: str, amount: Decimal) -> Payout:
        raise PayoutRefused

    def is_own_wallet(self, address: str) -> bool:
        return False
