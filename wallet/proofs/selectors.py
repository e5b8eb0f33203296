"""What people may read of proofs: what is published, and each user's own leaves."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from kernel.units import to_atoms
from wallet.core.merkle import Step
from wallet.models import LiabilityLeaf, LiabilitySnapshot, LiabilityTree
from wallet.proofs.errors import LiabilitySnapshotMissing
from wallet.proofs.trees import proof_of


@dataclass(frozen=True, slots=True)
class Published:
    """A snapshot as everyone sees it."""

    id: int
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class OwnLeaf:
    """What was owed to the one who asks, and how it leads to the published root."""

    asset: str
    account_id: int
    amount: Decimal
    amount_atoms: int
    salt: str
    position: int
    path: list[Step]


@dataclass(frozen=True, slots=True)
class OwnProof:
    """All leaves of one account in a snapshot."""

    snapshot_id: int
    commitment: str
    taken_at: datetime
    leaves: list[OwnLeaf]


def list_published(*, before_id: int | None, limit: int) -> list[Published]:
    """Snapshots, newest first."""
    rows = LiabilitySnapshot.objects.order_by("-id")
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return [Published(row.pk, json.loads(row.document)) for row in rows[:limit]]


def is_proof_due(*, at: datetime) -> bool:
    """Whether nothing was published on that day (UTC), nor later."""
    latest = LiabilitySnapshot.objects.order_by("-id").values_list("taken_at", flat=True).first()
    return latest is None or latest.astimezone(UTC).date() < at.astimezone(UTC).date()


def own_proof(*, account_id: int, snapshot_id: int | None) -> OwnProof:
    """The account's leaves in that snapshot, or in the latest. Raises LiabilitySnapshotMissing."""
    found = LiabilitySnapshot.objects.order_by("-id")
    snapshot = (found if snapshot_id is None else found.filter(pk=snapshot_id)).first()
    if snapshot is None:
        raise LiabilitySnapshotMissing
    trees = {tree.pk: tree for tree in LiabilityTree.objects.filter(snapshot=snapshot).select_related("asset")}
    rows = LiabilityLeaf.objects.filter(account_id=account_id, tree_id__in=trees)
    leaves = [_own_leaf(row, trees[row.tree_id]) for row in rows]
    leaves.sort(key=lambda leaf: leaf.asset)
    return OwnProof(snapshot.pk, snapshot.commitment, snapshot.taken_at, leaves)


def _own_leaf(row: LiabilityLeaf, tree: LiabilityTree) -> OwnLeaf:
    return OwnLeaf(
        asset=tree.asset.symbol,
        account_id=row.account_id,
        amount=row.amount,
        amount_atoms=to_atoms(row.amount, tree.asset.scale),
        salt=bytes(row.salt).hex(),
        position=row.position,
        path=proof_of(row, tree),
    )
