"""What staff read about a withdrawal: its figures, its controls, and everything that happened to it."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from unfold.decorators import display

from kernel.units import plain
from storage.admin.base import ReadOnlyInline
from storage.admin.display import NOTHING, amount, amount_text
from wallet.models import PayoutStatement, SavedAddress, Withdrawal, WithdrawalDecision, WithdrawalTransition
from wallet.selectors.limits import limits_of_user
from wallet.withdrawal_texts import network_name

STATE_LABELS = {
    "REQUESTED": "info",
    "VERIFIED": "info",
    "REVIEW": "warning",
    "APPROVED": "info",
    "SENDING": "info",
    "UNKNOWN": "danger",
    "SENT": "info",
    "CONFIRMED": "success",
    "REJECTED": "danger",
    "FAILED": "danger",
    "CANCELLED": "warning",
}


class _StoryInline(ReadOnlyInline):
    """Whoever sees the withdrawal sees what happened to it."""

    hide_title = True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("wallet.view_withdrawal")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("by")

    @admin.display(description="by")
    def who(self, row: Any) -> str:
        return str(row.by) if row.by_id else "the exchange"


class TransitionInline(_StoryInline):
    model = WithdrawalTransition
    fields = ("at", "old", "new", "who", "reason", "operation_id")
    readonly_fields = fields


class DecisionInline(_StoryInline):
    model = WithdrawalDecision
    fields = ("at", "who", "is_approval", "reason")
    readonly_fields = fields


class StatementInline(_StoryInline):
    model = PayoutStatement
    fields = ("at", "who", "was_sent", "external_tx_id", "network_fee", "reason")
    readonly_fields = fields


class WithdrawalStory:
    """The columns and fields of a withdrawal's page."""

    @display(description="state", label=STATE_LABELS)
    def standing(self, withdrawal: Withdrawal) -> str:
        return str(withdrawal.state)

    @display(description="waits for")
    def waits(self, withdrawal: Withdrawal) -> str:
        return withdrawal.waits_for or NOTHING

    @display(description="amount")
    def figure(self, withdrawal: Withdrawal) -> str:
        return amount(withdrawal.amount)

    @display(description="fee")
    def user_fee(self, withdrawal: Withdrawal) -> str:
        return amount(withdrawal.fee)

    @display(description="value")
    def value(self, withdrawal: Withdrawal) -> str:
        return amount(withdrawal.reference_value)

    @display(description="network fee")
    def network_cost(self, withdrawal: Withdrawal) -> str:
        return amount(withdrawal.network_fee)

    @display(description="network")
    def network(self, withdrawal: Withdrawal) -> str:
        return network_name(withdrawal.rail_id, withdrawal.asset_id) or NOTHING

    @display(description="our id at the rail")
    def payout(self, withdrawal: Withdrawal) -> str:
        return withdrawal.payout_id

    @display(description="review")
    def reasons(self, withdrawal: Withdrawal) -> str:
        return ", ".join(withdrawal.review_reasons) or NOTHING

    @display(description="address book")
    def saved(self, withdrawal: Withdrawal) -> str:
        found = SavedAddress.objects.filter(
            account_id=withdrawal.account_id,
            rail_id=withdrawal.rail_id,
            address=withdrawal.address,
            tag=withdrawal.tag,
        ).order_by("-pk")
        entry = found.first()
        if entry is None:
            return NOTHING
        standing = "deleted" if entry.deleted_at else "usable" if entry.usable_at <= timezone.now() else "cooling off"
        return f"“{entry.label}”, saved {entry.created_at:%Y-%m-%d %H:%M}, {standing}"

    @display(description="limits used now")
    def limits(self, withdrawal: Withdrawal) -> str:
        user = withdrawal.account.user
        assert user is not None
        view = limits_of_user(user=user, account_id=withdrawal.account_id, at=timezone.now())
        if view.limits is None:
            return f"level {view.kyc_level} ({view.kyc_status}) has no limits: nothing may leave"
        used, limits = view.usage, view.limits
        return format_html(
            "level {} ({}): {} of {} in 24 hours, {} of {} in 30 days, {} of {} this hour",
            view.kyc_level,
            view.kyc_status,
            *(amount_text(one) for one in (used.daily, limits.daily, used.monthly, limits.monthly)),
            used.hourly_count,
            limits.hourly_count,
        )

    @display(description="screening")
    def screened(self, withdrawal: Withdrawal) -> str:
        screening = withdrawal.screening
        if not screening.get("is_available"):
            return "no answer"
        return f"hit: {screening.get('detail')}" if screening.get("is_hit") else f"clear ({screening.get('provider')})"

    @display(description="travel rule")
    def travel(self, withdrawal: Withdrawal) -> str:
        lines = _lines(withdrawal.travel_rule)
        return "; ".join(lines) or NOTHING


def _lines(content: dict[str, Any], before: str = "") -> list[str]:
    found: list[str] = []
    for name, value in content.items():
        label = f"{before}{name.replace('_', ' ')}"
        found += _lines(value, f"{label} ") if isinstance(value, dict) else [f"{label}: {_text(value)}"]
    return found


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return plain(value) if isinstance(value, Decimal) else str(value)
