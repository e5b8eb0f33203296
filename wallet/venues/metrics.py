"""What is counted about other exchanges, for alerts: who answers badly, how often, and how long syncs take."""

from prometheus_client import Counter, Gauge, Histogram

SYNCS = Counter("bourse_address_syncs", "Syncs of exchange accounts that ended.", ["exchange", "status"])
SYNC_SECONDS = Histogram(
    "bourse_address_sync_seconds",
    "Time from the start of a sync to its end.",
    buckets=(0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 900),
)
FAILURES = Counter("bourse_exchange_failures", "Questions to other exchanges that failed.", ["exchange", "code"])
RATE_LIMIT_HITS = Counter("bourse_exchange_rate_limit_hits", "Questions refused as too many.", ["exchange"])
ADDRESSES = Counter(
    "bourse_deposit_addresses", "What syncs found: added, changed, removed, blocked.", ["exchange", "finding"]
)
IN_TROUBLE = Gauge(
    "bourse_exchange_in_trouble",
    "1 while most accounts at an exchange fail.",
    ["exchange"],
    multiprocess_mode="mostrecent",
)


def note_failure(exchange_id: str, code: str) -> None:
    """Count a question that failed."""
    FAILURES.labels(exchange_id, code).inc()
    if code == "EXCHANGE_RATE_LIMITED":
        RATE_LIMIT_HITS.labels(exchange_id).inc()
