"""The log of funds on the staff pages: what was asked, what became of it, and what is parked."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import action, display

from accounts.admin.second_factor import ask_with_second_factor
from accounts.models import User
from ledger.admin.base import AccountHistoryAdmin
from storage.admin.base import PeriodFilter, StaffAdmin
from storage.admin.display import amount
from wallet.models import BalanceOperation, OperationOutcome, ParkedOperation
from wallet.processor.parking import release_operation

OUTCOME_LABELS = {"done": "success", "pending": "info", "parked": "danger"}


@admin.register(BalanceOperation)
class BalanceOperationAdmin(AccountHistoryAdmin):
    list_display = ("id", "accepted_at", "kind", "account", "sum", "origin", "became")
    list_filter = (PeriodFilter, "kind")
    list_select_related = ("account__user", "account__writer", "asset")
    search_help_text = "Number of an operation, user name or e-mail."
    fields = (
        ("id", "accepted_at"),
        ("kind", "account"),
        ("sum", "became"),
        ("origin", "request_id"),
        "message",
        "more",
    )
    readonly_fields = ("sum", "became", "more")

    def get_queryset(self, request: HttpRequest) -> QuerySet[BalanceOperation]:
        """With what became of each: two look-ups by primary key for each row that is shown."""
        outcome = OperationOutcome.objects.filter(pk=OuterRef("pk"))
        parked = ParkedOperation.objects.filter(pk=OuterRef("pk"), is_held=True)
        return (
            super()
            .get_queryset(request)
            .annotate(
                is_applied=Exists(outcome), is_parked=Exists(parked), refused=Subquery(outcome.values("code")[:1])
            )
        )

    @display(description="amount")
    def sum(self, operation: BalanceOperation) -> str:
        return format_html("{} {}", amount(operation.amount), operation.asset)

    @display(description="outcome", label=OUTCOME_LABELS)
    def became(self, operation: BalanceOperation) -> str:
        row: Any = operation
        if row.is_applied:
            return row.refused or "done"
        return "parked" if row.is_parked else "pending"

    @display(description="more")
    def more(self, operation: BalanceOperation) -> str:
        url = reverse("admin:ledger_journalentry_changelist")
        return format_html('<a href="{}?q={}">Journal entry</a>', url, operation.pk)


@admin.register(ParkedOperation)
class ParkedOperationAdmin(StaffAdmin):
    list_display = ("operation_id", "held", "error_line", "parked_at", "resolved_by")
    list_filter = ("is_held",)
    list_select_related = ("resolved_by",)
    ordering = ("-operation_id",)
    actions_detail = ("release",)
    fields = ("operation_link", "held", "error", "parked_at", "resolved_by")
    readonly_fields = ("operation_link", "held")

    def has_release_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("wallet.release_operation")

    @display(description="state", label={"parked": "danger", "given back": "info"})
    def held(self, parked: ParkedOperation) -> str:
        return "parked" if parked.is_held else "given back"

    @display(description="error")
    def error_line(self, parked: ParkedOperation) -> str:
        return parked.error.partition("\n")[0][:120]

    @display(description="operation")
    def operation_link(self, parked: ParkedOperation) -> str:
        url = reverse("admin:wallet_balanceoperation_change", args=[parked.operation_id])
        return format_html('<a href="{}">{}</a>', url, parked.operation_id)

    @action(description="Give back to the processor", permissions=["release"], icon="replay")
    def release(self, request: HttpRequest, object_id: str) -> HttpResponse:
        parked = self.get_object(request, object_id)
        if parked is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        by = request.user
        assert isinstance(by, User)

        def act(fields: dict[str, Any]) -> str:
            release_operation(operation_id=parked.operation_id, by=by, reason=fields["reason"])
            self.log_change(request, parked, f"given back: {fields['reason']}")
            return f"The processor tries operation {parked.operation_id} again."

        return ask_with_second_factor(
            self,
            request,
            title=f"Give operation {parked.operation_id} back to the processor",
            explanation="Nothing of it was done yet. The processor tries it again; if it fails, it is parked again.",
            button="Give back",
            act=act,
            back=reverse("admin:wallet_parkedoperation_changelist"),
            rows=[parked.error.partition("\n")[0][:200]],
        )
