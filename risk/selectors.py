"""Every read of risk events."""

from django.db.models import Count, QuerySet

from risk.models import RiskComment, RiskEvent, Severity


def count_open_risk_events() -> dict[Severity, int]:
    """How many events wait for a decision, by severity; also those of which there are none."""
    open_events = RiskEvent.objects.filter(resolved=False)
    counts = dict(open_events.order_by().values_list("severity").annotate(count=Count("pk")))
    return {severity: counts.get(severity.value, 0) for severity in Severity}


def list_risk_comments(*, event_id: int) -> QuerySet[RiskComment]:
    """What was said about an event, oldest first."""
    return RiskComment.objects.filter(event_id=event_id).select_related("author").order_by("pk")
