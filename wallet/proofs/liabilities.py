"""Taking a snapshot of what is owed to users.

Balances, chain heads and what the rails hold are read on one snapshot of the database (REPEATABLE READ, read only), so
trading goes on, and all of it is of one moment. That takes as long as one sequential read; hashing comes after it, and
the result is written in one database transaction: a snapshot is there whole or not at all.

The exchange's own accounts are no liabilities: house accounts are left out. So is money in suspense, which is owed, but
not known to whom; it is published beside the totals. Users whose balance is zero have no leaf.
"""

import json
import secrets
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from kernel.units import from_atoms, plain, to_atoms
from ledger.api.parameters import rfc3339
from ledger.models import AccountKind, Asset, Writer
from storage.bulk import number_array, text_array
from storage.connections import database_cursor
from wallet.core.merkle import FORMAT, SALT_BYTES, Leaf, SumTree, plant, snapshot_commitment
from wallet.models import LiabilitySnapshot, LiabilityTree, Reconciliation
from wallet.proofs.trees import upper_nodes

_ROWS_AT_ONCE = 20_000

_USERS_BALANCES = """
    SELECT b.asset_id, b.account_id, b.available + b.locked
    FROM ledger_balance b
    JOIN ledger_account a ON a.id = b.account_id
    JOIN accounts_user u ON u.id = a.user_id
    WHERE a.kind = %s AND NOT u.is_house AND b.available + b.locked <> 0
"""
_SUSPENSE = """
    SELECT b.asset_id, sum(b.available + b.locked)
    FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id
    WHERE a.kind = %s GROUP BY b.asset_id
"""
_INSERT_LEAVES = """
    INSERT INTO wallet_liabilityleaf (tree_id, position, account_id, amount, salt)
    SELECT %s, l.position, l.account_id, l.amount, decode(l.salt, 'hex')
    FROM unnest(%s::int[], %s::bigint[], %s::numeric[], %s::text[]) AS l(position, account_id, amount, salt)
"""


@dataclass(slots=True)
class Standing:
    """Everything a snapshot is made of, as it was at one moment. Amounts in atoms."""

    taken_at: datetime
    assets: list[Asset] = field(default_factory=list)
    heads: list[dict[str, Any]] = field(default_factory=list)
    owed: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    """Asset to accounts and amounts."""
    suspense: dict[int, int] = field(default_factory=dict)
    reserves: list[dict[str, str]] = field(default_factory=list)


def prove_liabilities() -> LiabilitySnapshot:
    """Take a snapshot, store and publish it. Not inside of a database transaction."""
    standing = _read_standing()
    planted: dict[int, tuple[SumTree, list[Leaf], list[int]]] = {}
    for asset in standing.assets:
        leaves = [
            Leaf(secrets.token_bytes(SALT_BYTES), asset.symbol, account_id, amount)
            for account_id, amount in standing.owed[asset.pk]
        ]
        tree, positions = plant(leaves)
        planted[asset.pk] = (tree, leaves, positions)
    with transaction.atomic():
        snapshot_id = _next_snapshot_id()
        document = _document(snapshot_id, standing, {key: tree for key, (tree, _, _) in planted.items()})
        snapshot = LiabilitySnapshot.objects.create(
            pk=snapshot_id,
            taken_at=standing.taken_at,
            document=json.dumps(document, sort_keys=True, separators=(",", ":")),
            commitment=document["commitment"],
        )
        for asset in standing.assets:
            tree, leaves, positions = planted[asset.pk]
            row = LiabilityTree.objects.create(
                snapshot=snapshot,
                asset=asset,
                root=tree.root,
                total=from_atoms(tree.total, asset.scale),
                depth=tree.depth,
                leaf_count=tree.node_count,
                upper_nodes=upper_nodes(tree),
            )
            _write_leaves(row.pk, leaves, positions, asset.scale)
    return snapshot


def _read_standing() -> Standing:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # The snapshot is taken by the first statement that reads.
        assets = list(Asset.objects.order_by("symbol"))
        standing = Standing(taken_at=timezone.now(), assets=assets)
        scales = {asset.pk: asset.scale for asset in assets}
        standing.heads = [
            {"writer": writer.pk, "sequence": writer.last_sequence, "hash": bytes(writer.chain_hash).hex()}
            for writer in Writer.objects.order_by("id")
        ]
        with connection.cursor() as cursor:
            cursor.execute(_USERS_BALANCES, [AccountKind.USER])
            for asset_id, account_id, total in cursor:
                standing.owed[asset_id].append((account_id, to_atoms(total, scales[asset_id])))
            cursor.execute(_SUSPENSE, [AccountKind.SUSPENSE])
            standing.suspense = {asset_id: to_atoms(total, scales[asset_id]) for asset_id, total in cursor}
        standing.reserves = _reserves()
    return standing


def _reserves() -> list[dict[str, str]]:
    """What each rail said it holds for us when it was last asked, in units."""
    latest = Reconciliation.objects.order_by("rail_id", "-id").distinct("rail_id")
    reserves = []
    for reconciliation in latest:
        for asset, figures in sorted(reconciliation.figures.items()):
            if isinstance(figures, dict) and "rail" in figures:
                reserves.append(
                    {
                        "asset": asset,
                        "rail": reconciliation.rail_id,
                        "amount": plain(Decimal(str(figures["rail"]))),
                        "reported_at": rfc3339(reconciliation.at),
                    }
                )
    return reserves


def _document(snapshot_id: int, standing: Standing, trees: dict[int, SumTree]) -> dict[str, Any]:
    document: dict[str, Any] = {
        "format": FORMAT,
        "snapshot": str(snapshot_id),
        "taken_at": rfc3339(standing.taken_at),
        "heads": standing.heads,
        "assets": [
            {
                "asset": asset.symbol,
                "scale": asset.scale,
                "leaves": trees[asset.pk].node_count,
                "depth": trees[asset.pk].depth,
                "root": trees[asset.pk].root.hex(),
                "total_atoms": str(trees[asset.pk].total),
                "total": plain(from_atoms(trees[asset.pk].total, asset.scale)),
                "suspense": plain(from_atoms(standing.suspense.get(asset.pk, 0), asset.scale)),
            }
            for asset in standing.assets
        ],
        "reserves": standing.reserves,
    }
    document["commitment"] = snapshot_commitment(document)
    return document


def _write_leaves(tree_id: int, leaves: list[Leaf], positions: list[int], scale: int) -> None:
    rows = list(zip(positions, leaves, strict=True))
    with database_cursor() as cursor:
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            piece = rows[start : start + _ROWS_AT_ONCE]
            cursor.execute(
                _INSERT_LEAVES,
                [
                    tree_id,
                    number_array(position for position, _ in piece),
                    number_array(leaf.account_id for _, leaf in piece),
                    number_array(from_atoms(leaf.amount, scale) for _, leaf in piece),
                    text_array(leaf.salt.hex() for _, leaf in piece),
                ],
            )


def _next_snapshot_id() -> int:
    """The id is part of what is committed to, so it is taken before the row is made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [LiabilitySnapshot._meta.db_table])
        return int(cursor.fetchone()[0])
