"""A chain in memory that the watcher walks: any length, any fork, and failures between any two of its answers."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from wallet.rails.protocol import Arrival, ArrivalFailed, Block, Detection, RailUnavailable


class FarEnd:
    """Blocks are made by number; only those with something in them are kept, so that 100,000 of them cost nothing."""

    has_blocks = True

    def __init__(self, *, height: int = 0) -> None:
        self.height = height
        self.branch: dict[int, int] = {}
        """From which height on which branch is active."""
        self.contents: dict[int, list[Arrival]] = defaultdict(list)
        self.waiting: list[Arrival] = []
        self.failed: set[str] = set()
        self.asked: list[int] = []
        self.fails_after: int | None = None
        """Answers after which it does not answer any more."""

    def hash_of(self, height: int) -> str:
        branch = max((number for start, number in self.branch.items() if start <= height), default=0)
        return f"branch-{branch}-block-{height:08d}"

    def arrive(self, tx: str, address: str, amount: str, *, at: int, asset: str = "BTC", index: int = 0) -> None:
        self.contents[at].append(Arrival(tx, index, asset, Decimal(amount), address, "", 0, at, self.hash_of(at)))

    def fork(self, height: int, *, number: int, keep: bool = False) -> None:
        """Everything above `height` is replaced by another branch, one block longer; `keep`: with the same in it."""
        self.branch = {start: old for start, old in self.branch.items() if start <= height} | {height + 1: number}
        old = {at: arrivals for at, arrivals in self.contents.items() if at > height}
        for at in old:
            del self.contents[at]
        self.height += 1
        if keep:
            for at, arrivals in old.items():
                for one in arrivals:
                    self.arrive(one.external_tx_id, one.address, str(one.amount), at=at, asset=one.asset)

    def detect(self, *, after_height: int, cursor: dict[str, Any], limit: int) -> Detection:
        self._answer()
        self.asked.append(after_height)
        last = min(self.height, after_height + limit)
        blocks = tuple(
            Block(height, self.hash_of(height), self.hash_of(height - 1), tuple(self.contents.get(height, ())))
            for height in range(after_height + 1, last + 1)
        )
        return Detection(blocks, tuple(self.waiting) if last >= self.height else (), cursor, self.height)

    def block_hash(self, height: int) -> str | None:
        self._answer()
        return self.hash_of(height) if height <= self.height else None

    def confirmations(self, external_tx_id: str) -> int | None:
        self._answer()
        if external_tx_id in self.failed:
            raise ArrivalFailed
        for height, arrivals in self.contents.items():
            if any(arrival.external_tx_id == external_tx_id for arrival in arrivals):
                return self.height - height + 1
        return 0 if any(arrival.external_tx_id == external_tx_id for arrival in self.waiting) else None

    def _answer(self) -> None:
        if self.fails_after is not None:
            self.fails_after -= 1
            if self.fails_after < 0:
                raise RailUnavailable
