"""The bank: statements that are brought in, payouts that wait, and the files they leave in."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from storage.admin.base import HistoryAdmin, ReadOnlyInline
from storage.admin.display import amount
from storage.admin.reasons import ReasonForm, ask_and_act, is_confirmed
from wallet.admin.asking import AmountEntry, AskingAdmin, TextEntry, person_of
from wallet.models import (
    BankEntry,
    BankPayout,
    BankPayoutState,
    BankStatementImport,
    PaymentFile,
    Rail,
    RailKind,
)
from wallet.services.bank_files import confirm_payment_file, make_payment_file, note_download, refuse_bank_payout
from wallet.services.bank_statements import CAMT, CSV, import_statement

IMPORT = "wallet.import_statement"
OPERATE = "wallet.operate_rail"
STATE_LABELS = {"QUEUED": "info", "IN_FILE": "info", "PAID": "success", "REFUSED": "danger"}


class RailForm(ReasonForm):
    rail = forms.ModelChoiceField(Rail.objects.filter(kind=RailKind.BANK), widget=UnfoldAdminSelectWidget)


class StatementForm(RailForm):
    file_format = forms.ChoiceField(
        choices=[(CAMT, "ISO 20022 camt.053"), (CSV, "CSV")], widget=UnfoldAdminSelectWidget
    )
    file = forms.FileField(widget=UnfoldAdminFileFieldWidget)
    closing_balance = AmountEntry(
        min_value=None,
        max_digits=20,
        decimal_places=2,
        required=False,
        help_text="What the bank says is on the account after it; for the reconciliation.",
    )
    covers_until = forms.DateField(
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
        help_text="The last day it tells of, where the file does not say; for payouts that are frozen.",
    )


class BankReferenceForm(ReasonForm):
    bank_reference = TextEntry(max_length=128)


@admin.register(BankStatementImport)
class BankStatementImportAdmin(HistoryAdmin):
    list_display = ("id", "file_name", "rail", "file_format", "entries_new", "entries_known", "closing", "imported_by")
    list_filter = ("rail",)
    list_select_related = ("rail", "imported_by")
    fields = (
        "rail",
        "file_name",
        "file_format",
        "digest",
        "imported_by",
        "imported_at",
        "entries_new",
        "entries_known",
        "closing",
        "covers_until",
    )
    readonly_fields = fields
    actions_list = ("bring_in",)

    def has_import_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(IMPORT)

    @display(description="closing balance")
    def closing(self, statement: BankStatementImport) -> str:
        return amount(statement.closing_balance)

    @action(description="Import a statement", permissions=["import"], icon="upload_file")
    def bring_in(self, request: HttpRequest) -> HttpResponse:
        def act(fields: dict[str, Any]) -> str:
            done = import_statement(
                rail=fields["rail"],
                file_name=fields["file"].name,
                file_format=fields["file_format"],
                content=fields["file"].read(),
                closing_balance=fields["closing_balance"],
                covers_until=fields["covers_until"],
                by=person_of(request),
                reason=fields["reason"],
            )
            return f"{done.entries_new} new entries, {done.entries_known} known ones."

        return ask_and_act(
            self,
            request,
            title="Import a statement",
            explanation="Credits with a reference go to their owners, all others into suspense. "
            "An entry that was imported before is left out; if it was another one then, nothing of the file is used.",
            button="Import",
            act=act,
            back=reverse("admin:wallet_bankstatementimport_changelist"),
            form=StatementForm(request.POST, request.FILES) if is_confirmed(request) else StatementForm(),
        )


@admin.register(BankEntry)
class BankEntryAdmin(HistoryAdmin):
    list_display = ("id", "booked_on", "rail", "amount_text", "counterparty", "remittance", "payout_id", "is_reversal")
    list_filter = ("rail", "is_reversal")
    list_select_related = ("rail",)
    fields = (
        ("rail", "asset", "statement"),
        ("external_id", "booking_id", "booked_on"),
        "amount_text",
        ("counterparty", "counterparty_account"),
        "remittance",
        ("payout_id", "is_reversal"),
    )
    readonly_fields = ("amount_text",)

    def find_by_name(self, queryset: Any, name: str) -> Any:
        return queryset.filter(external_id=name)

    @display(description="amount")
    def amount_text(self, entry: BankEntry) -> str:
        return amount(entry.amount)


class BankPayoutInline(ReadOnlyInline):
    model = BankPayout
    fields = ("payout_id", "amount", "iban", "beneficiary", "state", "bank_reference")
    readonly_fields = fields


@admin.register(PaymentFile)
class PaymentFileAdmin(AskingAdmin):
    list_display = ("message_id", "rail", "count", "total", "created_by", "created_at", "downloaded_at")
    list_filter = ("rail",)
    list_select_related = ("rail", "created_by")
    search_fields = ("=message_id",)
    fields = ("rail", "message_id", ("count", "total"), ("created_by", "created_at", "downloaded_at"))
    readonly_fields = ("total",)
    inlines = (BankPayoutInline,)
    actions_list = ("make",)
    actions_detail = ("download", "confirm")

    def has_operate_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm(OPERATE)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        row = self.get_object(request, str(object_id))
        is_open = row is not None and row.payouts.filter(state=BankPayoutState.IN_FILE).exists()
        return self.shown_actions(request, object_id, {"download", "confirm"} if is_open else {"download"})

    @display(description="sum")
    def total(self, made: PaymentFile) -> str:
        return amount(made.control_sum)

    @action(description="Make a file", permissions=["operate"], icon="note_add")
    def make(self, request: HttpRequest) -> HttpResponse:
        def act(fields: dict[str, Any]) -> str:
            made = make_payment_file(rail=fields["rail"], by=person_of(request), reason=fields["reason"])
            return f"{made.message_id} has {made.count} payouts. Download it and hand it to the bank."

        return ask_and_act(
            self,
            request,
            title="Make a payment file",
            explanation="Every payout that waits goes into it, and into no other file.",
            button="Make the file",
            act=act,
            back=reverse("admin:wallet_paymentfile_changelist"),
            form=RailForm(request.POST if is_confirmed(request) else None),
        )

    @action(description="Download", permissions=["operate"], icon="download")
    def download(self, request: HttpRequest, object_id: str) -> HttpResponse:
        taken: list[PaymentFile] = []

        def act(made: PaymentFile, fields: dict[str, Any]) -> str:
            taken.append(note_download(file_id=made.pk, by=person_of(request), reason=fields["reason"]))
            return "The file was downloaded."

        answer = self.ask_about(
            request,
            object_id,
            title="Download",
            explanation="Hand it to the bank as it is. The bank pays a file of this name once.",
            act=act,
        )
        return _as_file(taken[0]) if taken else answer

    @action(description="Confirm as paid", permissions=["operate"], icon="check", variant="danger")
    def confirm(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(made: PaymentFile, fields: dict[str, Any]) -> str:
            paid = confirm_payment_file(
                file_id=made.pk,
                bank_reference=fields["bank_reference"],
                by=person_of(request),
                reason=fields["reason"],
            )
            return f"{paid} payouts are paid."

        return self.ask_about(
            request,
            object_id,
            title="Confirm as paid",
            explanation="All payouts of the file that are still open are final. What the bank refused, say first.",
            act=act,
            form=BankReferenceForm,
            with_code=True,
            is_dangerous=True,
        )


@admin.register(BankPayout)
class BankPayoutAdmin(AskingAdmin):
    list_display = ("payout_id", "rail", "amount_text", "beneficiary", "standing", "file", "queued_at")
    list_filter = ("state", "rail")
    list_select_related = ("rail", "file")
    search_fields = ("=payout_id",)
    fields = (
        ("payout_id", "rail", "amount_text"),
        ("beneficiary", "iban"),
        "remittance",
        ("standing", "file", "bank_reference"),
        ("queued_at", "settled_at", "settled_by"),
    )
    readonly_fields = ("amount_text", "standing")
    actions_detail = ("refuse",)

    def has_operate_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm(OPERATE)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        row = self.get_object(request, str(object_id))
        is_open = row is not None and row.state in (BankPayoutState.QUEUED, BankPayoutState.IN_FILE)
        return self.shown_actions(request, object_id, {"refuse"} if is_open else set())

    @display(description="amount")
    def amount_text(self, payout: BankPayout) -> str:
        return amount(payout.amount)

    @display(description="state", label=STATE_LABELS)
    def standing(self, payout: BankPayout) -> str:
        return str(payout.state)

    @action(description="Refused by the bank", permissions=["operate"], icon="block", variant="danger")
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(payout: BankPayout, fields: dict[str, Any]) -> str:
            refuse_bank_payout(payout_id=payout.pk, by=person_of(request), reason=fields["reason"])
            return "The user gets the money back."

        return self.ask_about(
            request,
            object_id,
            title="Refused by the bank",
            explanation="The bank has not paid it and never will: the user gets the money back. Ask the bank first.",
            act=act,
            rows=lambda payout: [f"{amount(payout.amount)} to {payout.beneficiary}, {payout.iban}"],
            with_code=True,
            is_dangerous=True,
        )


def _as_file(made: PaymentFile) -> HttpResponse:
    return HttpResponse(
        bytes(made.content),
        content_type="application/xml",
        headers={
            "Content-Disposition": f'attachment; filename="{made.message_id}.xml"',
            "Cache-Control": "no-store",
        },
    )
