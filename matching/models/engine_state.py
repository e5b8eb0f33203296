"""What the matching worker must find again after any crash; written in the same commit as what it caused."""

from django.db import models

from ledger.models import Writer
from storage.models import AppendOnlyModel


class Shard(models.Model):
    """A set of markets with one writer, and how far that writer has come."""

    name = models.CharField(max_length=40, unique=True)
    writer = models.OneToOneField(Writer, on_delete=models.PROTECT, related_name="+")
    epoch = models.BigIntegerField(default=0)
    """Raised by each worker that takes over; a worker whose epoch is not this one may not commit."""
    applied_sequence = models.BigIntegerField(default=0)
    applied_at_us = models.BigIntegerField(default=0)
    """The engine's clock: microseconds since the Unix epoch, never going back."""
    scan_from_xact = models.BigIntegerField(default=0)
    scan_after_id = models.BigIntegerField(default=0)
    """Every command of an older database transaction has its outcome, and so has every one of this transaction up to
    this id. Set both back to have older commands looked at again."""
    heartbeat_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class MarketEngineState(models.Model):
    """The part of one book that is not its open orders and not its order rates, which the log tells."""

    market = models.OneToOneField(
        "matching.Market", on_delete=models.PROTECT, primary_key=True, related_name="engine_state"
    )
    state = models.PositiveSmallIntegerField(default=1)
    state_reason = models.CharField(max_length=200, default="", blank=True)
    state_until_us = models.BigIntegerField(db_default=0)
    """When the market will go on by itself, microseconds since the Unix epoch; 0 = not by itself."""
    last_ticks = models.BigIntegerField(default=0)
    last_trade_number = models.BigIntegerField(default=0)
    last_priority = models.BigIntegerField(default=0)
    event_hash = models.BinaryField(default=bytes)
    memory = models.JSONField(default=dict, db_default={})
    """What else the engine remembers, in its own words: references, breaker, countdowns, orders about to act."""

    def __str__(self) -> str:
        return f"engine state of {self.market_id}"


class Batch(AppendOnlyModel):
    """One commit of the worker, and the event hash of each market it touched."""

    id = models.BigIntegerField(primary_key=True)
    shard = models.ForeignKey(Shard, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    epoch = models.BigIntegerField()
    first_sequence = models.BigIntegerField()
    last_sequence = models.BigIntegerField()
    engine_version = models.PositiveSmallIntegerField(db_default=1)
    """Of the engine that applied it; another one may come to other hashes."""
    event_hashes = models.JSONField(default=dict)
    """Market id to hex digest, after this batch."""

    class Meta:
        verbose_name_plural = "batches"
        indexes = [models.Index(fields=["shard", "last_sequence"], name="batch_in_order")]

    def __str__(self) -> str:
        return f"{self.first_sequence}-{self.last_sequence}"


class Checkpoint(AppendOnlyModel):
    """A market's whole book after one applied command: a place where a replay can start."""

    id = models.BigIntegerField(primary_key=True)
    market = models.ForeignKey("matching.Market", on_delete=models.PROTECT, related_name="+")
    applied_sequence = models.BigIntegerField()
    engine_version = models.PositiveIntegerField()
    rules_version = models.PositiveIntegerField()
    snapshot = models.JSONField()
    state_hash = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["market", "applied_sequence"], name="checkpoint_in_order")]

    def __str__(self) -> str:
        return f"{self.market_id} at {self.applied_sequence}"
