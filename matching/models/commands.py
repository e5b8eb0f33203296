"""The command log and what became of each command.

A command's INSERT, committed, is its acceptance. The row is never touched again: it is pending while no `Outcome` has
its id, and a `QuarantinedCommand` keeps one that could not be processed away from the worker until staff decide.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Func
from django.utils import timezone

from ledger.models import Account
from matching.models.engine_state import Shard
from matching.models.markets import Market
from storage.models import AppendOnlyModel


class NextId(Func):
    """The id of a row that is being inserted; see `kernel.ids`."""

    function = "bourse_next_id"
    output_field: Any = models.BigIntegerField()


class CurrentTransactionNumber(Func):
    """The inserting database transaction's own 64-bit number, which orders rows by when they can become visible."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field: Any = models.BigIntegerField()


class ClockNow(Func):
    """Wall clock of the database, not the start of its transaction."""

    function = "clock_timestamp"
    output_field: Any = models.DateTimeField()


class CommandKind(models.IntegerChoices):
    PLACE = 1
    CANCEL = 2
    CANCEL_ALL = 3
    SET_STATE = 4
    SET_RULES = 5
    AMEND = 6
    PLACE_OCO = 7
    SET_COUNTDOWN = 8
    TICK = 9
    """Nothing but the time; written by the worker itself, for a quiet market in which something is due."""
    BUST_TRADE = 10
    """Undo what a trade did to money; see `TradeBust`."""


PLACING_KINDS = (CommandKind.PLACE, CommandKind.PLACE_OCO, CommandKind.AMEND)
"""Commands that may make an order trade. They count against the order rate."""


class Command(AppendOnlyModel):
    """One accepted instruction to a market. Amounts are in the ticks, lots and tick-lots of `rules_version`."""

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    xact_number = models.BigIntegerField(db_default=CurrentTransactionNumber(), editable=False)
    accepted_at = models.DateTimeField(db_default=ClockNow())
    shard = models.ForeignKey(Shard, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    market = models.ForeignKey(
        Market, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    rules_version = models.PositiveIntegerField()
    account = models.ForeignKey(
        Account, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, null=True, related_name="+"
    )
    """Whose orders it is about; null where staff speak to the market as a whole."""
    kind = models.PositiveSmallIntegerField(choices=CommandKind)

    side = models.PositiveSmallIntegerField(default=0)
    order_type = models.PositiveSmallIntegerField(default=0)
    time_in_force = models.PositiveSmallIntegerField(default=0)
    post_only = models.BooleanField(default=False)
    ticks = models.BigIntegerField(default=0)
    lots = models.BigIntegerField(default=0)
    value = models.BigIntegerField(default=0)
    """Tick-lots: the quote amount of a market order placed by amount."""
    stp_mode = models.PositiveSmallIntegerField(db_default=1)
    """A `SelfTradePrevention`: the order's own, or the account's default at the time."""
    display_lots = models.BigIntegerField(db_default=0)
    trigger_ticks = models.BigIntegerField(db_default=0)
    trailing_ppm = models.PositiveIntegerField(db_default=0)
    good_till = models.DateTimeField(null=True)
    replaces = models.BigIntegerField(db_default=0)
    """The order that this one takes the place of; 0 = none."""
    stop_ticks = models.BigIntegerField(db_default=0)
    """PLACE_OCO: limit price of the stop leg; 0 = it becomes a market order."""
    countdown_us = models.BigIntegerField(db_default=0)
    """SET_COUNTDOWN: 0 ends the countdown."""
    client_order_id = models.CharField(max_length=64, null=True)  # absent is not the empty id
    expires_at = models.DateTimeField(null=True)
    """Not applied after this moment, so an outage does not fire old orders at new prices."""

    target_order_id = models.BigIntegerField(default=0)
    """The order to cancel or amend. PLACE_OCO: the id of the stop leg. BUST_TRADE: the id of the trade."""
    state = models.PositiveSmallIntegerField(default=0)
    """The market state to set."""
    reason = models.CharField(max_length=200, default="", blank=True)
    rules = models.JSONField(null=True)
    """The limits to set: see `matching.services.rules`."""

    reply_to = models.CharField(max_length=40, default="", blank=True)
    """The web process that waits for the answer, or empty."""
    request_id = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["shard", "xact_number", "id"], name="command_pending_scan"),
            models.Index(fields=["account", "-id"], name="command_of_account"),
            models.Index(
                fields=["account", "-target_order_id"],
                name="command_of_stop_leg",
                condition=models.Q(kind=CommandKind.PLACE_OCO),
            ),
            models.Index(
                fields=["market", "id"], name="command_of_rules", condition=models.Q(kind=CommandKind.SET_RULES)
            ),
        ]

    def __str__(self) -> str:
        return f"{CommandKind(self.kind).label} {self.id}"


class ClientOrderKey(models.Model):
    """The first use of a client's own order id in a day; made in the statement that accepts the order.

    A day later the id may be used again, and the row names the later order.
    """

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    client_order_id = models.CharField(max_length=64)
    input_hash = models.BinaryField()
    command_id = models.BigIntegerField()
    created_at = models.DateTimeField(db_default=ClockNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "client_order_id"], name="client_order_id_once")]

    def __str__(self) -> str:
        return self.client_order_id


class Outcome(AppendOnlyModel):
    """A command was applied, at this place in its shard's order, with these inputs from outside the log."""

    command_id = models.BigIntegerField(primary_key=True)
    shard = models.ForeignKey(Shard, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    applied_sequence = models.BigIntegerField()
    """Gapless per shard, from 1."""
    applied_at = models.DateTimeField()
    code = models.CharField(max_length=40, null=True)  # null: not refused
    """Why it was refused."""

    refusal = models.CharField(max_length=40, null=True)  # null: admitted
    """Decided outside the engine, from what the account is and has."""
    lockable = models.BooleanField(null=True)
    """Whether the funds were there; null where the engine did not come to ask."""
    maker_ppm = models.PositiveIntegerField(default=0)
    taker_ppm = models.PositiveIntegerField(default=0)
    stp_group = models.BigIntegerField(null=True)
    """The self-trade group of the account then; null: the account itself."""

    class Meta:
        indexes = [models.Index(fields=["shard", "applied_sequence"], name="outcome_in_order")]

    def __str__(self) -> str:
        return f"{self.applied_sequence}: {self.code or 'applied'}"


class QuarantinedCommand(models.Model):
    """A command whose processing failed by itself. Its market is halted; staff release or refuse it."""

    command_id = models.BigIntegerField(primary_key=True)
    shard = models.ForeignKey(Shard, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    is_held = models.BooleanField(default=False)
    """True keeps it from the worker; false only counts attempts."""
    error = models.TextField(default="", blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        permissions = [("release_command", "Can give held commands back to the worker")]

    def __str__(self) -> str:
        return f"{self.command_id} after {self.attempts} attempts"
