"""Withdrawals on the staff pages: the whole story of each, and the decisions that take two people."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget

from accounts.admin.second_factor import ask_with_second_factor
from accounts.models import User
from kernel.units import STORED_DECIMALS, STORED_DIGITS, plain
from ledger.admin.base import AccountHistoryAdmin
from storage.admin.base import PeriodFilter, ReadOnlyInline
from storage.admin.display import NOTHING, amount, amount_text
from storage.admin.reasons import ReasonForm, is_confirmed
from wallet.core.states import WithdrawalState
from wallet.models import PayoutStatement, SavedAddress, Withdrawal, WithdrawalDecision, WithdrawalTransition
from wallet.selectors.limits import limits_of_user
from wallet.services.approvals import approve_withdrawal, reject_withdrawal, state_payout
from wallet.withdrawal_texts import network_name

APPROVE_RIGHT = "wallet.approve_withdrawal"
SETTLE_RIGHT = "wallet.settle_unknown_payout"
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
POSSIBLE = {
    WithdrawalState.REVIEW: {"approve", "reject"},
    WithdrawalState.APPROVED: {"reject"},
    WithdrawalState.UNKNOWN: {"was_sent", "never_sent"},
}
"""What staff can do in a state."""


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


class WasSentForm(ReasonForm):
    external_tx_id = forms.CharField(
        label="Id at the rail",
        max_length=128,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text="Of the chain transaction or the bank's booking. Your colleague has to enter the same.",
    )
    network_fee = forms.DecimalField(
        label="Network fee",
        min_value=0,
        max_digits=STORED_DIGITS,
        decimal_places=STORED_DECIMALS,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any", "inputmode": "decimal"}),
        help_text="What the rail took from us beside the amount, in the same asset; 0 if nothing.",
    )


@admin.register(Withdrawal)
class WithdrawalAdmin(AccountHistoryAdmin):
    list_display = ("id", "requested_at", "account", "figure", "asset", "value", "rail", "standing", "waits", "reasons")
    list_filter = ("state", PeriodFilter, "asset", "rail")
    list_select_related = ("account__user", "asset", "rail")
    inlines = (TransitionInline, DecisionInline, StatementInline)
    actions_detail = ("approve", "reject", "was_sent", "never_sent")
    fieldsets = (
        (None, {"fields": (("standing", "waits"), ("account", "requested_at"), ("verified_at", "finished_at"))}),
        ("What", {"fields": (("figure", "asset"), ("user_fee", "value"), ("request_id", "reason"))}),
        ("Where to", {"fields": (("rail", "network"), ("address", "tag"), "saved")}),
        ("Controls", {"fields": ("reasons", "limits", "screened", "travel")}),
        ("Payout", {"fields": (("payout", "external_tx_id"), ("confirmations", "network_cost"), "sending_at")}),
    )
    readonly_fields = (
        "standing",
        "waits",
        "figure",
        "user_fee",
        "value",
        "network",
        "saved",
        "reasons",
        "limits",
        "screened",
        "travel",
        "payout",
        "network_cost",
    )

    def has_approve_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Nobody decides about money of their own; the service says so, too."""
        return request.user.has_perm(APPROVE_RIGHT) and not _is_own(request, object_id)

    def has_settle_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm(SETTLE_RIGHT) and not _is_own(request, object_id)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """Only what its state allows."""
        withdrawal = self.get_object(request, str(object_id))
        possible = POSSIBLE.get(WithdrawalState(withdrawal.state), set()) if withdrawal else set()
        actions = super().get_actions_detail(request, object_id)
        return [one for one in actions if one.action_name.removeprefix("wallet_withdrawal_") in possible]

    # --- deciding ------------------------------------------------------------------------------------------------

    @action(description="Approve", permissions=["approve"], icon="check", variant="success")
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask(
            request,
            object_id,
            title="Approve",
            explanation="Two of the staff have to approve. With the second approval it goes out for good.",
            done="Your approval is kept.",
            act=lambda pk, by, fields: approve_withdrawal(withdrawal_id=pk, by=by, reason=fields["reason"]),
        )

    @action(description="Reject", permissions=["approve"], icon="block", variant="danger")
    def reject(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask(
            request,
            object_id,
            title="Reject",
            explanation="The user gets the money back in a moment, and reads the reason that you enter here.",
            done="It is rejected; the money is free again in a moment.",
            act=lambda pk, by, fields: reject_withdrawal(withdrawal_id=pk, by=by, reason=fields["reason"]),
            is_dangerous=True,
        )

    @action(description="It was sent", permissions=["settle"], icon="outbox")
    def was_sent(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask(
            request,
            object_id,
            title="It was sent",
            explanation=(
                "You have found this payout at the rail. Once another one of the staff has found the same, it is "
                "booked as paid."
            ),
            done="What you have found is kept.",
            act=lambda pk, by, fields: state_payout(withdrawal_id=pk, was_sent=True, by=by, **fields),
            form=WasSentForm(request.POST if is_confirmed(request) else None),
        )

    @action(description="It was never sent", permissions=["settle"], icon="undo", variant="danger")
    def never_sent(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask(
            request,
            object_id,
            title="It was never sent",
            explanation=(
                "The rail has told you that this payout does not exist and never will: that it is not in its list is "
                "not enough. Once another one of the staff says the same, the user gets the money back."
            ),
            done="What you say is kept.",
            act=lambda pk, by, fields: state_payout(withdrawal_id=pk, was_sent=False, by=by, reason=fields["reason"]),
            is_dangerous=True,
        )

    def _ask(
        self,
        request: HttpRequest,
        object_id: str,
        *,
        title: str,
        explanation: str,
        done: str,
        act: Callable[[int, User, dict[str, Any]], object],
        form: forms.Form | None = None,
        is_dangerous: bool = False,
    ) -> HttpResponse:
        withdrawal = self.get_object(request, object_id)
        if withdrawal is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        by = request.user
        assert isinstance(by, User)

        def carry_out(fields: dict[str, Any]) -> str:
            act(withdrawal.pk, by, fields)
            self.log_change(request, withdrawal, f"{title.lower()}: {fields['reason']}")
            return done

        return ask_with_second_factor(
            self,
            request,
            title=f"{title}: {withdrawal}",
            explanation=explanation,
            button=title,
            act=carry_out,
            form=form,
            back=reverse("admin:wallet_withdrawal_change", args=[withdrawal.pk]),
            rows=[
                f"{amount_text(withdrawal.amount)} {withdrawal.asset} of {withdrawal.account}",
                f"to {withdrawal.address} {withdrawal.tag}",
                *withdrawal.review_reasons,
            ],
            is_dangerous=is_dangerous,
        )

    # --- showing -------------------------------------------------------------------------------------------------

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


def _is_own(request: HttpRequest, object_id: Any) -> bool:
    if object_id is None:
        return False
    return Withdrawal.objects.filter(pk=object_id, account__user_id=request.user.pk).exists()
