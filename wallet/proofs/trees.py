"""How a tree of liabilities is kept: all leaves, and the nodes of one height above them.

A million leaves have two million nodes. The thousand at height 10 are stored with the tree; for a proof the 1,024
leaves below one of them are read and hashed again, which takes a few milliseconds, and the rest of the way is hashed
from the stored nodes. What is made again must be what was published, or there is no proof at all.
"""

from collections.abc import Sequence

from kernel.errors import invariant
from kernel.units import to_atoms
from wallet.core.merkle import HASH_BYTES, SUM_BYTES, Leaf, Step, SumTree
from wallet.models import LiabilityLeaf, LiabilityTree

STORED_HEIGHT = 10
_NODE_BYTES = HASH_BYTES + SUM_BYTES


def upper_nodes(tree: SumTree) -> bytes:
    """The nodes at `STORED_HEIGHT`; of a lower tree its root."""
    hashes, sums = tree.level(min(STORED_HEIGHT, tree.depth))
    return b"".join(digest + amount.to_bytes(SUM_BYTES, "big") for digest, amount in zip(hashes, sums, strict=True))


def leaf_of(row: LiabilityLeaf, *, asset: str, scale: int) -> Leaf:
    """A stored leaf as it was hashed."""
    return Leaf(bytes(row.salt), asset, row.account_id, to_atoms(row.amount, scale))


def proof_of(row: LiabilityLeaf, tree: LiabilityTree) -> list[Step]:
    """The way from a leaf to the published root. Stops by an invariant where the stored leaves do not lead there."""
    height = min(STORED_HEIGHT, tree.depth)
    part = row.position >> height
    first = part << height
    asset = tree.asset
    beside = [
        leaf_of(other, asset=asset.symbol, scale=asset.scale)
        for other in LiabilityLeaf.objects.filter(
            tree_id=tree.pk, position__gte=first, position__lt=first + (1 << height)
        ).order_by("position")
    ]
    lower = SumTree([leaf.digest() for leaf in beside], [leaf.amount for leaf in beside], depth=height)
    hashes, sums = _read_nodes(bytes(tree.upper_nodes))
    invariant((lower.root, lower.total) == (hashes[part], sums[part]), "leaves are what was published", tree=tree.pk)
    upper = SumTree(hashes, sums, height=height)
    invariant(upper.root == bytes(tree.root), "nodes are what was published", tree=tree.pk)
    return lower.proof(row.position - first) + upper.proof(part)


def _read_nodes(stored: bytes) -> tuple[Sequence[bytes], Sequence[int]]:
    pieces = [stored[at : at + _NODE_BYTES] for at in range(0, len(stored), _NODE_BYTES)]
    return [piece[:HASH_BYTES] for piece in pieces], [int.from_bytes(piece[HASH_BYTES:], "big") for piece in pieces]
