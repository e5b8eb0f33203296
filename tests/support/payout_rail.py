"""A rail whose far end is a file: every payout it makes is a line, whichever process asked, and whatever dies then."""

import fcntl
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from wallet.core.operations import Party
from wallet.rails.protocol import Detection, Movement, Payout, RailUnavailable


@dataclass
class FileRail:
    """What it is to do with the next calls stands in `plan`: an exception before or after the payout was made."""

    path: Path
    is_payout_idempotent: bool = True
    hot: str | None = "1000"
    has_blocks: bool = False
    confirmations_seen: int = 1
    network_fee: str = "0.0002"
    fails_before: list[BaseException] = field(default_factory=list)
    fails_after: list[Exception] = field(default_factory=list)
    look_up_fails: list[Exception] = field(default_factory=list)
    forgets: bool = False
    """It does not find anything in its list."""
    queues: bool = False
    calls: int = 0

    def paid(self) -> list[dict[str, Any]]:
        """All that ever left."""
        if not self.path.exists():
            return []
        return [json.loads(line) for line in self.path.read_text().splitlines()]

    def payout(self, *, payout_id: str, asset: str, network: str, amount: Decimal, destination: Party) -> Payout:
        self.calls += 1
        if self.fails_before:
            raise self.fails_before.pop(0)
        with self.path.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            known = next((line for line in self.paid() if line["payout_id"] == payout_id), None)
            if known is None or not self.is_payout_idempotent:
                line = {"payout_id": payout_id, "asset": asset, "amount": str(amount), "to": destination.address}
                file.write(json.dumps(line) + "\n")
        if self.fails_after:
            raise self.fails_after.pop(0)
        return self._made(payout_id)

    def look_up(self, *, payout_id: str, external_tx_id: str, asset: str) -> Payout | None:
        if self.look_up_fails:
            raise self.look_up_fails.pop(0)
        if self.forgets or all(line["payout_id"] != payout_id for line in self.paid()):
            return None
        return self._made(payout_id)

    def balance(self, asset: str) -> dict[str, Decimal]:
        if self.hot == "away":
            raise RailUnavailable
        return {} if self.hot is None else {"hot": Decimal(self.hot)}

    def payout_fee(self, *, asset: str, network: str) -> Decimal:
        return Decimal(self.network_fee)

    def _made(self, payout_id: str) -> Payout:
        return Payout(
            external_tx_id=f"tx-{payout_id}",
            confirmations=0 if self.queues else self.confirmations_seen,
            network_fee=Decimal(self.network_fee),
            is_queued=self.queues,
        )

    # --- what payouts do not need --------------------------------------------------------------------------------

    def receiving_address(self, asset: str, account_id: int) -> tuple[str, str]:
        raise NotImplementedError

    def detect(self, *, after_height: int, cursor: dict[str, Any], limit: int) -> Detection:
        raise NotImplementedError

    def block_hash(self, height: int) -> str | None:
        raise NotImplementedError

    def confirmations(self, external_tx_id: str) -> int | None:
        raise NotImplementedError

    def move(self, *, move_id: str, asset: str, from_wallet: str, to_wallet: str, amount: Decimal) -> Payout:
        raise NotImplementedError

    def movements(self, asset: str, *, since: datetime) -> Sequence[Movement]:
        raise NotImplementedError

    def is_own_wallet(self, address: str) -> bool:
        return False
