"""Proof of liabilities: a Merkle tree whose every node carries the sum of what is below it.

For each asset one leaf per account, and a root with the total. Whoever gets the own leaf and the hashes and sums beside
the way up can check that the own balance is in the total; nobody learns whose the other balances are.

    leaf  SHA-256(00 | salt | length of the asset's symbol, 1 byte | symbol | account, 8 bytes | amount, 32 bytes)
    node  SHA-256(01 | left hash | left sum, 32 bytes | right hash | right sum, 32 bytes)
    empty SHA-256(02), of sum zero: what fills the tree up to a power of two
    snapshot  SHA-256(03 | canonical JSON of the snapshot without its commitment)

Numbers are unsigned and big-endian, amounts in atoms. Three things that simple schemes get wrong:

- A node commits to its two sums apart. Where it commits to nothing but their total, a node can show one sum to the
  left and another to the right, and the total be less than what is owed (Maxwell and Todd's tree had this flaw).
- A sum can not be negative, or wrap: it is written in 32 bytes without a sign, and every verifier checks each one.
- A leaf can not be taken for a node nor a node for a leaf, and the depth is part of the snapshot. So is the number of
  leaves, and so are the heads of the ledger's hash chains: the snapshot is of one state of the books.

A leaf's salt is known to its owner alone; without it, amounts could be guessed until the hash fits. Leaves lie in the
order of their hashes, which says nothing about accounts. Known limit: whoever checks a leaf sees the amount beside it,
and does not learn whose it is.

Building costs O(n) hashes after a sort of O(n log n); a proof has one step a level.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from kernel.errors import BourseError, invariant

FORMAT = "bourse-liabilities-1"
SALT_BYTES = 32
HASH_BYTES = 32
SUM_BYTES = 32
MAX_SUM = (1 << 8 * SUM_BYTES) - 1
MAX_DEPTH = 64

_LEAF, _NODE, _EMPTY, _SNAPSHOT = b"\x00", b"\x01", b"\x02", b"\x03"
EMPTY_HASH = hashlib.sha256(_EMPTY).digest()


class LiabilityProofInvalid(BourseError):
    """A proof does not lead from its leaf to the published root and total."""

    code = "LIABILITY_PROOF_INVALID"
    status = 422
    message = "This proof does not fit the published total."


@dataclass(frozen=True, slots=True)
class Step:
    """What lies beside the way from a leaf to the root: the other child of a node."""

    hash: bytes
    sum: int


@dataclass(frozen=True, slots=True)
class Leaf:
    """What is owed to one account, in atoms of one asset, and the secret that hides it."""

    salt: bytes
    asset: str
    account_id: int
    amount: int

    def digest(self) -> bytes:
        """The hash of the leaf; an amount below zero is refused by an invariant, so no tree can hold one."""
        symbol = self.asset.encode("ascii")
        invariant(len(self.salt) == SALT_BYTES, "a leaf has a salt of 32 bytes")
        invariant(0 < len(symbol) < 256, "a symbol has a length of one byte")
        invariant(0 <= self.amount <= MAX_SUM, "a liability is not negative", asset=self.asset)
        return hashlib.sha256(
            _LEAF
            + self.salt
            + bytes([len(symbol)])
            + symbol
            + self.account_id.to_bytes(8, "big")
            + self.amount.to_bytes(SUM_BYTES, "big")
        ).digest()


class SumTree:
    """A tree over nodes of one height: over leaves, or over the roots of trees of `height` levels below it.

    It grows to `depth` levels at least, so that a part of a tree has the height of its neighbours.
    """

    __slots__ = ("_hashes", "_height", "_sums", "depth", "node_count")

    def __init__(self, hashes: Sequence[bytes], sums: Sequence[int], *, height: int = 0, depth: int = 0) -> None:
        invariant(len(hashes) == len(sums), "each node has a sum")
        invariant(all(0 <= amount <= MAX_SUM for amount in sums), "a liability is not negative")
        self._height = height
        self.node_count = len(hashes)
        self._hashes = [list(hashes) or [_empty_tree(height)]]
        self._sums = [list(sums) or [0]]
        while len(self._hashes[-1]) > 1 or len(self._hashes) <= depth:
            self._grow()
        self.depth = len(self._hashes) - 1
        invariant(self.total == sum(sums), "the root's sum is the sum of all")

    @property
    def root(self) -> bytes:
        """The hash at the top; of a tree without leaves, that of an empty leaf."""
        return self._hashes[-1][0]

    @property
    def total(self) -> int:
        """The sum of all leaves, in atoms."""
        return self._sums[-1][0]

    def level(self, number: int) -> tuple[list[bytes], list[int]]:
        """Hashes and sums of a level, counted from the bottom; empty places at its end are left out."""
        return self._hashes[number], self._sums[number]

    def proof(self, position: int) -> list[Step]:
        """What lies beside the way from that node to the root, from the bottom to the top."""
        invariant(0 <= position < self.node_count, "there is such a node")
        steps = []
        for number in range(self.depth):
            hashes, beside = self._hashes[number], position ^ 1
            if beside < len(hashes):
                steps.append(Step(hashes[beside], self._sums[number][beside]))
            else:
                steps.append(Step(_empty_tree(self._height + number), 0))
            position >>= 1
        return steps

    def _grow(self) -> None:
        """One more level. A node without a neighbour gets an empty tree of its height beside it."""
        hashes, sums = self._hashes[-1], self._sums[-1]
        if len(hashes) % 2:
            # A copy, or the level would show a node more than it has.
            hashes = [*hashes, _empty_tree(self._height + len(self._hashes) - 1)]
            sums = [*sums, 0]
        pairs = range(0, len(hashes), 2)
        self._hashes.append([node_hash(hashes[at], sums[at], hashes[at + 1], sums[at + 1]) for at in pairs])
        self._sums.append([sums[at] + sums[at + 1] for at in pairs])
        invariant(max(self._sums[-1]) <= MAX_SUM, "a sum has its place in a node")


def plant(leaves: Sequence[Leaf]) -> tuple[SumTree, list[int]]:
    """The tree over these leaves, and at which place of it each of them lies."""
    digests = [leaf.digest() for leaf in leaves]
    order = sorted(range(len(digests)), key=digests.__getitem__)
    positions = [0] * len(digests)
    for position, index in enumerate(order):
        positions[index] = position
    return SumTree([digests[index] for index in order], [leaves[index].amount for index in order]), positions


@cache
def _empty_tree(height: int) -> bytes:
    """The root over empty leaves only."""
    if not height:
        return EMPTY_HASH
    below = _empty_tree(height - 1)
    return node_hash(below, 0, below, 0)


def node_hash(left: bytes, left_sum: int, right: bytes, right_sum: int) -> bytes:
    """The hash of a node over its two children, each with its own sum."""
    return hashlib.sha256(
        _NODE + left + left_sum.to_bytes(SUM_BYTES, "big") + right + right_sum.to_bytes(SUM_BYTES, "big")
    ).digest()


def verify_proof(
    leaf: Leaf, position: int, steps: Sequence[Step], *, root: bytes, total: int, depth: int, leaf_count: int
) -> None:
    """Raises LiabilityProofInvalid unless the leaf is at that place of the tree with that root, total and shape."""
    _require(0 <= depth <= MAX_DEPTH and 0 <= leaf_count <= 1 << depth, "the tree has no such shape")
    _require(len(steps) == depth, "the way to the root has another length")
    _require(0 <= position < leaf_count, "there is no such leaf")
    _require(0 <= leaf.amount <= MAX_SUM, "a sum is negative or too large")
    digest, amount = leaf.digest(), leaf.amount
    for step in steps:
        _require(len(step.hash) == HASH_BYTES, "a hash has another length")
        _require(0 <= step.sum <= MAX_SUM, "a sum is negative or too large")
        if position & 1:
            digest = node_hash(step.hash, step.sum, digest, amount)
        else:
            digest = node_hash(digest, amount, step.hash, step.sum)
        amount += step.sum
        _require(amount <= MAX_SUM, "a sum is negative or too large")
        position >>= 1
    _require(digest == root, "the way does not lead to the published root")
    _require(amount == total, "the sums do not make up the published total")


def snapshot_commitment(snapshot: Mapping[str, Any]) -> str:
    """The hash (hex) that binds everything published of a snapshot: its time, chain heads, roots and totals."""
    content = {name: value for name, value in snapshot.items() if name != "commitment"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(_SNAPSHOT + text.encode()).hexdigest()


def _require(condition: bool, reason: str) -> None:
    if not condition:
        raise LiabilityProofInvalid(details={"reason": reason})
