"""Regular work on all rails; one that does not answer keeps no other waiting."""

import logging

from django.utils import timezone

from wallet.models import Rail, RailKind, Reconciliation
from wallet.rails.protocol import RailUnavailable
from wallet.services.ingest import recheck_uncovered
from wallet.services.reconciliation import reconcile_rail

log = logging.getLogger(__name__)

_LONGEST_ERROR = 200


def reconcile_all_rails(*, only_frozen: bool = False) -> list[Reconciliation]:
    """Hold every rail that is in use, or those whose payouts wait for it, against the books."""
    made = []
    rails = Rail.objects.filter(is_enabled=True).exclude(kind=RailKind.INTERNAL)
    for rail in rails.exclude(payouts_frozen_reason="") if only_frozen else rails:
        try:
            made.append(reconcile_rail(rail=rail))
        except RailUnavailable as problem:
            _note_silence(rail, problem)
    return made


def recheck_reported_deposits() -> int:
    """Look again at reported deposits whose rail did not cover them; how many could go on."""
    went_on = 0
    for rail in Rail.objects.filter(is_enabled=True, ingest_grants__isnull=False).distinct():
        try:
            went_on += recheck_uncovered(rail=rail)
        except RailUnavailable as problem:
            _note_silence(rail, problem)
    return went_on


def _note_silence(rail: Rail, problem: RailUnavailable) -> None:
    log.warning("a rail does not answer", extra={"rail": rail.code, "details": dict(problem.details)})
    Rail.objects.filter(pk=rail.pk).update(last_error=f"{timezone.now():%Y-%m-%d %H:%M} {problem}"[:_LONGEST_ERROR])
