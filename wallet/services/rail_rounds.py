"""Regular work on all rails; one that fails keeps no other waiting."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from wallet.models import Rail, Reconciliation
from wallet.rails.protocol import RailUnavailable
from wallet.services.ingest import recheck_uncovered
from wallet.services.reconciliation import reconcile_rail

log = logging.getLogger(__name__)

_LONGEST_ERROR = 200


def reconcile_all_rails(*, only_frozen: bool = False) -> list[Reconciliation]:
    """Hold every rail that is in use, or those whose payouts wait for it, against the books."""
    rails = _rails_that_can_be_asked()
    return _reconcile(rails.exclude(payouts_frozen_reason="") if only_frozen else rails)


def reconcile_rails_not_asked_for(age: timedelta) -> list[Reconciliation]:
    """The same for those whose last reconciliation is older than that, or that never had one."""
    rails = _rails_that_can_be_asked().annotate(last_at=Max("reconciliations__at"))
    return _reconcile(rails.filter(Q(last_at=None) | Q(last_at__lt=timezone.now() - age)))


def recheck_reported_deposits() -> int:
    """Look again at reported deposits whose rail did not cover them; how many could go on."""
    went_on = 0
    for rail in _rails_that_can_be_asked().filter(ingest_grants__isnull=False).distinct():
        with _on_its_own(rail):
            went_on += recheck_uncovered(rail=rail)
    return went_on


def _rails_that_can_be_asked() -> QuerySet[Rail]:
    """Those in use. Of a kind without an adapter, as payment processors and the internal rail, none can."""
    return Rail.objects.filter(is_enabled=True, kind__in=settings.RAIL_ADAPTERS)


def _reconcile(rails: QuerySet[Rail]) -> list[Reconciliation]:
    made = []
    for rail in rails:
        with _on_its_own(rail):
            made.append(reconcile_rail(rail=rail))
    return made


@contextmanager
def _on_its_own(rail: Rail) -> Iterator[None]:
    """Whatever goes wrong with this rail is noted, and the round goes on: also what an adapter should not raise."""
    try:
        yield
    except RailUnavailable as problem:
        log.warning("a rail does not answer", extra={"rail": rail.code, "details": dict(problem.details)})
        _note(rail, str(problem))
    except Exception as problem:
        log.exception("a round over a rail failed", extra={"rail": rail.code})
        _note(rail, f"What it answered could not be used: {type(problem).__name__}.")


def _note(rail: Rail, problem: str) -> None:
    Rail.objects.filter(pk=rail.pk).update(last_error=f"{timezone.now():%Y-%m-%d %H:%M} {problem}"[:_LONGEST_ERROR])
