"""How balances and postings look in JSON; the description that clients read."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ledger.models import EntryKind


@extend_schema_field({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"})
class AmountField(serializers.CharField):
    """Units of an asset in plain decimal notation, such as "12.5"."""


class BalanceSerializer(serializers.Serializer[None]):
    asset = serializers.CharField()
    available = AmountField()
    locked = AmountField(help_text="Held for open orders and withdrawals.")
    total = AmountField(help_text="available + locked")
    version = serializers.IntegerField(help_text="Grows with every change: of two reports the greater one is newer.")


class BalancesSerializer(serializers.Serializer[None]):
    items = BalanceSerializer(many=True)


class PostingSerializer(serializers.Serializer[None]):
    id = serializers.CharField()
    entry_id = serializers.CharField(help_text="The journal entry, which is also the id of the command that caused it.")
    cause = serializers.CharField(help_text=f"One of {', '.join(kind.name for kind in EntryKind)}.")
    asset = serializers.CharField()
    available_delta = AmountField()
    locked_delta = AmountField()
    available_after = AmountField(
        allow_null=True, help_text="The balance after it; null in pages further back than the last 20,000 postings."
    )
    locked_after = AmountField(allow_null=True)
    posted_at = serializers.DateTimeField()


class PostingsSerializer(serializers.Serializer[None]):
    items = PostingSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)
