"""Refusals about risk events."""

from kernel.errors import BourseError


class RiskEventResolved(BourseError):
    """The event was resolved, by somebody else a moment ago perhaps; comments are still taken."""

    code = "RISK_EVENT_RESOLVED"
    status = 409
    message = "This risk event is resolved already."


class RiskPolicyUnknown(BourseError):
    """A policy for something that is no detector, or that names no accounts."""

    code = "RISK_POLICY_UNKNOWN"
    status = 404
    message = "There is no such policy."
