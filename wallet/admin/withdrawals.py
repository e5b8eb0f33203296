"""Withdrawals on the staff pages: the whole story of each, and the decisions that take two people."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.admin.second_factor import ask_with_second_factor
from accounts.models import User
from ledger.admin.base import AccountHistoryAdmin
from storage.admin.base import PeriodFilter
from storage.admin.display import amount_text
from storage.admin.reasons import ReasonForm, is_confirmed
from wallet.admin.asking import AmountEntry
from wallet.admin.withdrawal_story import DecisionInline, StatementInline, TransitionInline, WithdrawalStory
from wallet.core.states import WithdrawalState
from wallet.models import Withdrawal
from wallet.services.approvals import approve_withdrawal, may_have_been_sent, reject_withdrawal, state_payout

APPROVE_RIGHT = "wallet.approve_withdrawal"
SETTLE_RIGHT = "wallet.settle_unknown_payout"
_KEPT = "bourse.withdrawals"
"""Set by us alone: what a client sends as a header is a text, and begins with HTTP_."""
POSSIBLE = {
    WithdrawalState.REVIEW: {"approve", "reject"},
    WithdrawalState.APPROVED: {"reject"},
    WithdrawalState.UNKNOWN: {"never_sent"},
}
"""What staff can do in a state; that it was sent, wherever it may have been."""


class WasSentForm(ReasonForm):
    external_tx_id = forms.CharField(
        label="Id at the rail",
        max_length=128,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text="Of the chain transaction or the bank's booking. Your colleague has to enter the same.",
    )
    network_fee = AmountEntry(
        label="Network fee",
        help_text="What the rail took from us beside the amount, in the same asset; 0 if nothing.",
    )


@admin.register(Withdrawal)
class WithdrawalAdmin(WithdrawalStory, AccountHistoryAdmin):
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
        (
            "Payout",
            {
                "fields": (
                    ("payout", "external_tx_id"),
                    ("confirmations", "network_cost"),
                    ("sending_at", "called_at"),
                )
            },
        ),
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Withdrawal]:
        return super().get_queryset(request).select_related("account__user", "asset", "rail")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Withdrawal | None:
        """Each button of a page asks for the row; it is read once."""
        kept: dict[str, Withdrawal | None] = request.META.setdefault(_KEPT, {})
        if object_id not in kept:
            kept[object_id] = super().get_object(request, object_id, from_field)
        return kept[object_id]

    def has_approve_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Nobody decides about money of their own; the service says so, too."""
        return request.user.has_perm(APPROVE_RIGHT) and not self._is_own(request, object_id)

    def has_settle_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm(SETTLE_RIGHT) and not self._is_own(request, object_id)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """Only what its state allows."""
        withdrawal = self.get_object(request, str(object_id))
        if withdrawal is None:
            return []
        possible = POSSIBLE.get(WithdrawalState(withdrawal.state), set())
        if may_have_been_sent(withdrawal):
            possible = possible | {"was_sent"}
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

    def _is_own(self, request: HttpRequest, object_id: Any) -> bool:
        withdrawal = self.get_object(request, str(object_id)) if object_id is not None else None
        return withdrawal is not None and withdrawal.account.user_id == request.user.pk

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
