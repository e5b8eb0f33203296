"""Stores whole books from time to time, so that a replay need not start at the first command."""

from django.db import transaction

from matching.engine.snapshots import ENGINE_VERSION
from matching.models import Batch, Checkpoint
from matching.worker.worker import MatchingWorker


def is_engine_new(worker: MatchingWorker) -> bool:
    """Was the end of the log applied by another engine? Then a replay by this one needs a place to start."""
    last = Batch.objects.filter(shard_id=worker.shard_id).order_by("-last_sequence").first()
    return last is not None and last.engine_version != ENGINE_VERSION


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
