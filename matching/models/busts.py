"""Trades that staff undo: who asked, who agreed, and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from matching.models.markets import Market


class BustState(models.IntegerChoices):
    """REQUESTED waits for another person, APPROVED for the worker; the others are ends."""

    REQUESTED = 1
    APPROVED = 2
    DONE = 3
    REFUSED = 4
    WITHDRAWN = 5


_WAITS = Q(state=BustState.REQUESTED, decided_by__isnull=True, decided_at__isnull=True, command_id__isnull=True)
_WITHDRAWN = Q(state=BustState.WITHDRAWN, decided_by__isnull=False, decided_at__isnull=False, command_id__isnull=True)
_AGREED = Q(
    state__in=[BustState.APPROVED, BustState.DONE, BustState.REFUSED],
    decided_by__isnull=False,
    decided_at__isnull=False,
    command_id__isnull=False,
)


class TradeBust(models.Model):
    """Two people of the staff want a trade undone; the worker does it, or refuses, in the commit of the command.

    A trade has at most one that is not refused or withdrawn, so it is busted once. DONE says that the trade's money
    went back; the trade itself, append-only like all history, never changes.
    """

    trade_id = models.BigIntegerField()
    """No foreign key: the table of trades is huge, and no trade ever goes."""
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="+")
    state = models.PositiveSmallIntegerField(choices=BustState, default=BustState.REQUESTED)
    reason = models.CharField(max_length=200)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """Who agreed, always somebody else; or who withdrew it, which may be the one who asked."""
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(max_length=200, blank=True, default="")
    command_id = models.BigIntegerField(null=True, blank=True, unique=True)
    code = models.CharField(max_length=40, blank=True, default="")
    """Why the worker refused it."""
    settled_at = models.DateTimeField(null=True, blank=True)
    """The engine's time of the bust or of its refusal."""
    is_in_figures = models.BooleanField(default=False)
    """Whether sums of trades that were made before have been put right."""

    class Meta:
        ordering = ["-id"]
        permissions = [
            ("request_bust", "Can ask for a trade to be busted"),
            ("approve_bust", "Can agree to the bust of a trade somebody else asked for"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["trade_id"],
                condition=Q(state__in=[BustState.REQUESTED, BustState.APPROVED, BustState.DONE]),
                name="bust_of_trade_once",
            ),
            models.CheckConstraint(condition=_WAITS | _WITHDRAWN | _AGREED, name="bust_says_who_decided"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(state=BustState.WITHDRAWN) | ~Q(decided_by=F("requested_by")),
                name="bust_needs_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) & ~Q(state__in=[BustState.DONE, BustState.REFUSED])
                | Q(settled_at__isnull=False, state__in=[BustState.DONE, BustState.REFUSED]),
                name="bust_says_when_it_was_settled",
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="bust_in_state")]

    def __str__(self) -> str:
        return f"bust of trade {self.trade_id}"
