"""The books against the rails, what differs, and the entries that put it right."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from ledger.models import Account, Asset
from storage.admin.base import HistoryAdmin
from storage.admin.display import amount
from storage.admin.reasons import ReasonForm, ask_and_act, is_confirmed
from wallet.admin.asking import AskingAdmin, CarriedOutAdmin, person_of
from wallet.models import Adjustment, Reconciliation, ReconciliationDifference
from wallet.services.adjustments import (
    approve_adjustment,
    read_lines,
    request_adjustment,
    request_reversal,
    turn_down_adjustment,
)
from wallet.services.reconciliation import payouts_it_may_be, resolve_difference


class AdjustmentForm(ReasonForm):
    asset = forms.ModelChoiceField(Asset.objects.order_by("symbol"), widget=UnfoldAdminSelectWidget)
    lines = forms.CharField(
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
        max_length=4_000,
        help_text="One account a line: its number, the change of what is available, and of what is locked if any, "
        "apart by spaces. They sum up to zero.",
    )


class ReversalForm(ReasonForm):
    entry = forms.IntegerField(min_value=1, help_text="Number of the journal entry.")


@admin.register(Reconciliation)
class ReconciliationAdmin(HistoryAdmin):
    list_display = ("id", "rail", "at", "is_even")
    list_filter = ("rail", "is_even")
    list_select_related = ("rail",)
    fields = ("rail", "at", "is_even", "figures")


@admin.register(ReconciliationDifference)
class ReconciliationDifferenceAdmin(AskingAdmin):
    list_display = ("id", "rail", "asset", "kind", "subject", "books", "actually", "age", "resolved_at")
    list_filter = (("resolved_at", admin.EmptyFieldListFilter), "rail", "kind")
    list_select_related = ("rail", "asset")
    search_fields = ("=subject",)
    search_help_text = "Id of a transaction or of a payout."
    fields = (
        ("rail", "asset", "kind"),
        "subject",
        ("books", "actually"),
        ("first_seen_at", "last_seen_at"),
        ("resolved_at", "resolved_by"),
        "resolution",
    )
    readonly_fields = ("books", "actually")
    actions_detail = ("resolve",)

    def has_resolve_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("wallet.resolve_difference")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        row = self.get_object(request, str(object_id))
        is_open = row is not None and row.resolved_at is None
        return self.shown_actions(request, object_id, {"resolve"} if is_open else set())

    @display(description="books")
    def books(self, difference: ReconciliationDifference) -> str:
        return amount(difference.expected)

    @display(description="rail")
    def actually(self, difference: ReconciliationDifference) -> str:
        return amount(difference.actual)

    @display(description="age")
    def age(self, difference: ReconciliationDifference) -> str:
        return timesince(difference.first_seen_at, difference.resolved_at or timezone.now())

    @action(description="Resolve", permissions=["resolve"], icon="check")
    def resolve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(difference: ReconciliationDifference, fields: dict[str, Any]) -> str:
            resolve_difference(difference_id=difference.pk, by=person_of(request), reason=fields["reason"])
            return "It is resolved."

        return self.ask_about(
            request,
            object_id,
            title="Resolve",
            explanation="Say what it was. It moves no money: where the books are wrong, ask for an adjustment as well.",
            act=act,
            rows=lambda difference: [
                f"It may be {withdrawal} to {withdrawal.address}: then say there that it was sent."
                for withdrawal in payouts_it_may_be(difference)
            ],
            with_code=True,
        )


@admin.register(Adjustment)
class AdjustmentAdmin(CarriedOutAdmin):
    list_display = ("id", "asset", "reason", "requested_by", "requested_at", "decided_by", "is_approved", "outcome")
    list_filter = ("is_approved", "asset")
    list_select_related = ("asset", "requested_by", "decided_by")
    search_fields = ("=operation_id", "=reverses_entry_id")
    search_help_text = "Number of an operation or of an entry."
    fields = (
        ("asset", "reverses_entry_id"),
        "story",
        "reason",
        ("requested_by", "requested_at"),
        ("decided_by", "decided_at", "is_approved"),
        ("operation_id", "outcome"),
    )
    readonly_fields = ("story", "outcome")
    actions_list = ("ask", "reverse")
    actions_detail = ("approve", "turn_down")

    def has_ask_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("wallet.request_adjustment")

    def has_approve_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("wallet.approve_adjustment")

    def has_turn_down_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Who may decide, and who has asked."""
        own = Adjustment.objects.filter(pk=object_id or 0, requested_by_id=request.user.pk)
        return self.has_approve_permission(request) or own.exists()

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        row = self.get_object(request, str(object_id))
        if row is None or row.is_approved is not None:
            return []
        own = row.requested_by_id == request.user.pk
        return self.shown_actions(request, object_id, {"turn_down"} if own else {"approve", "turn_down"})

    @display(description="lines")
    def story(self, asked: Adjustment) -> str:
        return "; ".join(_story(asked))

    @action(description="Ask for an entry", permissions=["ask"], icon="add")
    def ask(self, request: HttpRequest) -> HttpResponse:
        def act(fields: dict[str, Any]) -> str:
            request_adjustment(
                asset=fields["asset"],
                lines=read_lines(fields["lines"]),
                by=person_of(request),
                reason=fields["reason"],
            )
            return "It is asked for. Somebody else has to agree."

        return ask_and_act(
            self,
            request,
            title="Ask for a correcting entry",
            explanation="Nothing is posted before somebody else has agreed.",
            button="Ask",
            act=act,
            back=reverse("admin:wallet_adjustment_changelist"),
            form=AdjustmentForm(request.POST if is_confirmed(request) else None),
        )

    @action(description="Ask for a reversal", permissions=["ask"], icon="undo")
    def reverse(self, request: HttpRequest) -> HttpResponse:
        def act(fields: dict[str, Any]) -> str:
            request_reversal(entry_id=fields["entry"], by=person_of(request), reason=fields["reason"])
            return "It is asked for. Somebody else has to agree."

        return ask_and_act(
            self,
            request,
            title="Ask for the reversal of an entry",
            explanation="The opposite of each of its lines. Nothing is posted before somebody else has agreed.",
            button="Ask",
            act=act,
            back=reverse("admin:wallet_adjustment_changelist"),
            form=ReversalForm(request.POST if is_confirmed(request) else None),
        )

    @action(description="Approve", permissions=["approve"], icon="check", variant="danger")
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(asked: Adjustment, fields: dict[str, Any]) -> str:
            approve_adjustment(adjustment_id=asked.pk, by=person_of(request), reason=fields["reason"])
            return "The balance processor posts it, or refuses what would go below zero."

        return self.ask_about(
            request,
            object_id,
            title="Approve",
            explanation="The entry is posted. It can be corrected by another one, never taken back.",
            act=act,
            rows=_story,
            with_code=True,
            is_dangerous=True,
        )

    @action(description="Turn down", permissions=["turn_down"], icon="close")
    def turn_down(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(asked: Adjustment, fields: dict[str, Any]) -> str:
            turn_down_adjustment(adjustment_id=asked.pk, by=person_of(request), reason=fields["reason"])
            return "It is turned down."

        return self.ask_about(
            request, object_id, title="Turn down", explanation="Nothing is posted.", act=act, rows=_story
        )


def _story(asked: Adjustment) -> list[str]:
    accounts = Account.objects.select_related("user", "writer").in_bulk([line[0] for line in asked.lines])
    told = []
    for account_id, available, locked in asked.lines:
        lock = f", locked {locked}" if locked != "0" else ""
        told.append(f"{accounts.get(account_id, account_id)}: {available}{lock} {asked.asset}")
    return told
