"""What is measured by looking: the state of the exchange at the moment Prometheus asks.

Nothing of it is counted by a process, so it is right whichever web process is asked, and also while others are down.
"""

from collections.abc import Iterable

from django.db import Error as DatabaseError
from django.utils import timezone
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from exchange.api.health import exchange_health
from ledger.models import VerificationRun
from ledger.selectors import decisive_check, last_full_check
from risk.selectors import count_open_risk_events


class ExchangeState(Collector):
    """Gauges of queue, worker and ledger check. What cannot be read now is left out rather than shown as 0."""

    def collect(self) -> Iterable[Metric]:
        yield from _health()
        try:
            yield from _ledger_check()
            yield _risk_events()
        except DatabaseError:
            return

    def describe(self) -> Iterable[Metric]:
        """Nothing: to register must not ask the database."""
        return []


def _health() -> Iterable[Metric]:
    body = exchange_health().body
    up = GaugeMetricFamily("bourse_up", "Whether a part of the exchange answers.", labels=["part"])
    for part in ("database", "redis", "matching"):
        up.add_metric([part], float(body[part] == "ok"))
    yield up
    if body["pending_commands"] is None:
        return
    yield GaugeMetricFamily(
        "bourse_pending_commands", "Commands accepted and not yet applied: the queue.", value=body["pending_commands"]
    )
    yield GaugeMetricFamily(
        "bourse_worker_lag_seconds", "Age of the oldest pending command.", value=body["worker_lag_ms"] / 1000
    )
    heartbeats = GaugeMetricFamily(
        "bourse_worker_heartbeat_age_seconds", "Time since a shard's worker was last heard of.", labels=["shard"]
    )
    for shard, age_ms in body["heartbeat_age_ms"].items():
        if age_ms is not None:
            heartbeats.add_metric([shard], age_ms / 1000)
    yield heartbeats


def _ledger_check() -> Iterable[Metric]:
    last = decisive_check()
    if last is None:
        return
    yield GaugeMetricFamily(
        "bourse_ledger_check_consistent", "1 where the last check found the books right.", value=last.is_consistent
    )
    yield _age("bourse_ledger_check_age_seconds", "Time since the last check of the books began.", last)
    full = last_full_check()
    if full is not None:
        yield _age("bourse_ledger_full_check_age_seconds", "Time since the last check of all of the books began.", full)
    yield GaugeMetricFamily(
        "bourse_ledger_check_entries", "Journal entries that the last check covered.", value=last.entries
    )


def _age(name: str, documentation: str, run: VerificationRun) -> Metric:
    return GaugeMetricFamily(name, documentation, value=(timezone.now() - run.started_at).total_seconds())


def _risk_events() -> Metric:
    events = GaugeMetricFamily("bourse_open_risk_events", "Risk events that wait for a decision.", labels=["severity"])
    for severity, count in count_open_risk_events().items():
        events.add_metric([severity.label.lower()], count)
    return events
