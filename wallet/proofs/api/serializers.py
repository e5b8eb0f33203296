"""How proofs look in JSON; the description that clients read. The format of the hashes is in `wallet.core.merkle`."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ledger.api.serializers import AmountField


@extend_schema_field({"type": "string", "pattern": "^[0-9a-f]{64}$"})
class HashField(serializers.CharField):
    """32 bytes in hexadecimal digits."""


@extend_schema_field({"type": "string", "pattern": "^[0-9]+$"})
class AtomsField(serializers.CharField):
    """A whole number of the asset's smallest parts."""


class HeadSerializer(serializers.Serializer[None]):
    writer = serializers.IntegerField()
    sequence = serializers.IntegerField(help_text="Number of the last journal entry of this writer.")
    hash = serializers.CharField(help_text="Head of its hash chain; empty while it has no entry.")


class LiabilitySerializer(serializers.Serializer[None]):
    asset = serializers.CharField()
    scale = serializers.IntegerField(help_text="An atom is 10^-scale units.")
    leaves = serializers.IntegerField(help_text="How many accounts own some of it.")
    depth = serializers.IntegerField(help_text="How many steps lead from a leaf to the root.")
    root = HashField()  # type: ignore[assignment]  # a serializer's fields are not its attributes
    total_atoms = AtomsField()
    total = AmountField(help_text="The same in units: what is owed to users.")
    suspense = AmountField(help_text="Received, but not known whose; not part of the total.")


class ReserveSerializer(serializers.Serializer[None]):
    asset = serializers.CharField()
    rail = serializers.CharField()
    amount = AmountField(help_text="What this rail said it holds for the exchange.")
    reported_at = serializers.DateTimeField()


class LiabilitySnapshotSerializer(serializers.Serializer[None]):
    format = serializers.CharField()
    snapshot = serializers.CharField()
    taken_at = serializers.DateTimeField()
    heads = HeadSerializer(many=True)
    assets = LiabilitySerializer(many=True)
    reserves = ReserveSerializer(many=True)
    commitment = HashField(help_text="Hash of everything else in this object.")


class LiabilitySnapshotsSerializer(serializers.Serializer[None]):
    items = LiabilitySnapshotSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class StepSerializer(serializers.Serializer[None]):
    hash = HashField()
    sum_atoms = AtomsField()


class OwnLeafSerializer(serializers.Serializer[None]):
    asset = serializers.CharField()
    account = serializers.CharField()
    amount = AmountField()
    amount_atoms = AtomsField()
    salt = HashField(help_text="Known to you alone: whoever has it can try which amount fits.")
    position = serializers.IntegerField()
    path = StepSerializer(many=True, help_text="What lies beside the way to the root, from the bottom to the top.")


class OwnProofSerializer(serializers.Serializer[None]):
    snapshot = serializers.CharField()
    commitment = HashField()
    taken_at = serializers.DateTimeField()
    leaves = OwnLeafSerializer(many=True)
