"""Proof of liabilities: what was published at a moment, and what each user needs to find the own balance in it."""

from django.db import models

from ledger.models import Account, AmountField, Asset
from storage.models import AppendOnlyModel


class LiabilitySnapshot(AppendOnlyModel):
    """All users' balances at one moment, published as roots and totals. See `wallet.core.merkle`."""

    taken_at = models.DateTimeField()
    document = models.TextField()
    """What everyone may see, as JSON; text, because `commitment` is over it."""
    commitment = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"liabilities {self.pk}"


class LiabilityTree(AppendOnlyModel):
    """The tree of one asset. Its lower levels are made from the leaves again when somebody asks for a proof."""

    snapshot = models.ForeignKey(LiabilitySnapshot, on_delete=models.PROTECT, related_name="trees")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    root = models.BinaryField()
    total = AmountField()
    depth = models.PositiveSmallIntegerField()
    leaf_count = models.PositiveIntegerField()
    upper_nodes = models.BinaryField()
    """Hash and sum, 32 bytes each, of the nodes at height `wallet.proofs.trees.STORED_HEIGHT` (or of the root)."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["snapshot", "asset"], name="liability_tree_once")]

    def __str__(self) -> str:
        return f"{self.asset} of {self.snapshot}"


class LiabilityLeaf(AppendOnlyModel):
    """What was owed to one account, and the salt that only its owner gets to see."""

    id = models.BigAutoField(primary_key=True)
    tree = models.ForeignKey(LiabilityTree, on_delete=models.PROTECT, db_index=False, related_name="leaves")
    position = models.PositiveIntegerField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False, related_name="+")
    amount = AmountField()
    salt = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tree", "position"], name="liability_leaf_place_once"),
            models.UniqueConstraint(fields=["account", "tree"], name="liability_leaf_once"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="liability_not_negative"),
        ]

    def __str__(self) -> str:
        return f"leaf {self.position} of tree {self.tree_id}"
