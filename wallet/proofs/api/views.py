"""What the exchange owes: published for everyone, and the own part of it for each user."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.schema import refusals
from ledger.api.holder import account_of
from ledger.api.parameters import PAGE_PARAMETERS, Query, paginated, parameter, parse_id, rfc3339
from wallet.proofs.api.serializers import LiabilitySnapshotsSerializer, OwnProofSerializer
from wallet.proofs.selectors import OwnProof, list_published, own_proof


class LiabilitiesView(APIView):
    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="list_proofs_of_liabilities",
        tags=["proof"],
        parameters=PAGE_PARAMETERS,
        responses=LiabilitySnapshotsSerializer,
        auth=[],
    )
    def get(self, request: Request) -> Response:
        """What is owed to users, with the roots to check it against, beside what the rails hold; newest first."""
        page = Query(request, "limit", "cursor").page()
        rows = list_published(before_id=page.before_id, limit=page.limit + 1)
        return Response(paginated(rows, page, lambda row: row.id, lambda row: row.document))


class OwnLiabilitiesView(APIView):
    rate_class = "funds"

    @extend_schema(
        operation_id="my_proof_of_liabilities",
        tags=["proof"],
        parameters=[parameter("snapshot", "Which one; the latest if left out.")],
        responses={200: OwnProofSerializer, **refusals(404)},
    )
    def get(self, request: Request) -> Response:
        """My balances at that time, each with its way to the published root. Without a balance there is no leaf."""
        text = Query(request, "snapshot").text("snapshot")
        snapshot_id = None if text is None else parse_id(text)
        if text is not None and snapshot_id is None:
            raise ValidationError({"snapshot": ["The id of a snapshot."]})
        return Response(_proof_json(own_proof(account_id=account_of(request), snapshot_id=snapshot_id)))


def _proof_json(proof: OwnProof) -> dict[str, Any]:
    return {
        "snapshot": str(proof.snapshot_id),
        "commitment": proof.commitment,
        "taken_at": rfc3339(proof.taken_at),
        "leaves": [
            {
                "asset": leaf.asset,
                "account": str(leaf.account_id),
                "amount": leaf.amount,
                "amount_atoms": str(leaf.amount_atoms),
                "salt": leaf.salt,
                "position": leaf.position,
                "path": [{"hash": step.hash.hex(), "sum_atoms": str(step.sum)} for step in leaf.path],
            }
            for leaf in proof.leaves
        ],
    }
