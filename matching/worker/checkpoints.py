"""Stores whole books from time to time, so that a replay need not start at the first command."""

from django.db import transaction

from matching.engine.snapshots import ENGINE_VERSION
from matching.models import Checkpoint
from matching.worker.worker import MatchingWorker


def take_checkpoints(worker: MatchingWorker) -> int:
    """A checkpoint of every book as of the last commit; returns how many were new."""
    with transaction.atomic():
        applied_sequence, ids = worker.reserve_ids(len(worker.books))
        known = set(
            Checkpoint.objects.filter(applied_sequence=applied_sequence, market_id__in=worker.books).values_list(
                "market_id", flat=True
            )
        )
        rows = [
            Checkpoint(
                id=row_id,
                market_id=market_id,
                applied_sequence=applied_sequence,
                engine_version=ENGINE_VERSION,
                rules_version=book.rules.version,
                snapshot=book.snapshot(),
                state_hash=book.state_hash(),
            )
            for row_id, (market_id, book) in zip(ids, worker.books.items(), strict=True)
            if market_id not in known
        ]
        Checkpoint.objects.bulk_create(rows)
    return len(rows)
