"""The command log, what became of each command, and the commands that could not be processed."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import action, display

from accounts.models import User
from ledger.admin.base import AccountHistoryAdmin
from matching.engine.types import MarketState, OrderType, Side
from matching.models import Command, CommandKind, Outcome, QuarantinedCommand
from matching.quarantine import release_command
from storage.admin.base import HistoryAdmin, PeriodFilter, StaffAdmin
from storage.admin.display import NOTHING
from storage.admin.reasons import ask_and_act

OUTCOME_LABELS = {"applied": "success", "pending": "info", "held": "danger"}


@admin.register(Command)
class CommandAdmin(AccountHistoryAdmin):
    list_display = ("id", "accepted_at", "kind", "market", "account", "what", "became")
    list_filter = (PeriodFilter, "kind", "market")
    list_select_related = ("account__user", "account__writer", "market", "shard")
    search_help_text = "Number of a command or order, user name or e-mail."
    fields = (
        ("id", "accepted_at"),
        ("kind", "market", "shard"),
        ("account", "client_order_id"),
        ("what", "became"),
        ("ticks", "lots", "value"),
        ("post_only", "expires_at"),
        ("target_order_id", "reason"),
        ("rules_version", "rules"),
        "request_id",
        "more",
    )
    readonly_fields = ("what", "became", "more")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Command]:
        """With what became of each command: two look-ups by primary key for each row that is shown."""
        outcome = Outcome.objects.filter(pk=OuterRef("pk"))
        held = QuarantinedCommand.objects.filter(pk=OuterRef("pk"), is_held=True)
        return (
            super()
            .get_queryset(request)
            .defer("reply_to")
            .annotate(is_applied=Exists(outcome), is_held=Exists(held), refused=Subquery(outcome.values("code")[:1]))
        )

    @display(description="instruction")
    def what(self, command: Command) -> str:
        match command.kind:
            case CommandKind.PLACE:
                return f"{Side(command.side).name} {OrderType(command.order_type).name}"
            case CommandKind.CANCEL:
                return f"order {command.target_order_id}"
            case CommandKind.BUST_TRADE:
                return f"trade {command.target_order_id}"
            case CommandKind.SET_STATE:
                return f"{MarketState(command.state).name}: {command.reason}"
            case CommandKind.SET_RULES:
                return f"version {command.rules['after']['version']}" if command.rules else NOTHING
            case _:
                return "one account" if command.account_id else "everybody"

    @display(description="outcome", label=OUTCOME_LABELS)
    def became(self, command: Command) -> str:
        row: Any = command
        if row.is_applied:
            return row.refused or "applied"
        return "held" if row.is_held else "pending"

    @display(description="more")
    def more(self, command: Command) -> str:
        return format_html(
            '<a href="{}?q={}">Outcome</a> · <a href="{}?q={}">Journal entry</a>',
            reverse("admin:matching_outcome_changelist"),
            command.pk,
            reverse("admin:ledger_journalentry_changelist"),
            command.pk,
        )


@admin.register(Outcome)
class OutcomeAdmin(HistoryAdmin):
    list_display = ("command_id", "applied_sequence", "applied_at", "shard", "result")
    list_filter = (PeriodFilter, "shard")
    list_select_related = ("shard",)
    search_help_text = "Number of a command or order."
    fields = (
        ("command_id", "applied_sequence"),
        ("applied_at", "shard"),
        ("result", "refusal", "lockable"),
        ("maker_ppm", "taker_ppm"),
    )
    readonly_fields = ("result",)

    @display(description="outcome", label=OUTCOME_LABELS)
    def result(self, outcome: Outcome) -> str:
        return outcome.code or "applied"


@admin.register(QuarantinedCommand)
class QuarantinedCommandAdmin(StaffAdmin):
    list_display = ("command_id", "market", "held", "attempts", "error_line", "created_at", "resolved_by")
    list_filter = ("is_held", "market")
    list_select_related = ("market", "resolved_by", "shard")
    ordering = ("-command_id",)
    actions_detail = ("release",)
    fields = ("command_link", "market", "shard", "held", "attempts", "error", "created_at", "resolved_by")
    readonly_fields = ("command_link", "held")

    def has_release_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("matching.release_command")

    @display(description="state", label={"held": "danger", "given back": "info"})
    def held(self, command: QuarantinedCommand) -> str:
        return "held" if command.is_held else "given back"

    @display(description="error")
    def error_line(self, command: QuarantinedCommand) -> str:
        return command.error.partition("\n")[0][:120]

    @display(description="command")
    def command_link(self, command: QuarantinedCommand) -> str:
        url = reverse("admin:matching_command_change", args=[command.command_id])
        return format_html('<a href="{}">{}</a>', url, command.command_id)

    @action(description="Give back to the worker", permissions=["release"], icon="replay")
    def release(self, request: HttpRequest, object_id: str) -> HttpResponse:
        held = self.get_object(request, object_id)
        if held is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        by = request.user
        assert isinstance(by, User)

        def act(fields: dict[str, Any]) -> str:
            release_command(command_id=held.command_id, by=by, reason=fields["reason"])
            self.log_change(request, held, f"given back: {fields['reason']}")
            return f"The worker tries command {held.command_id} again. {held.market} stays halted until it is opened."

        return ask_and_act(
            self,
            request,
            title=f"Give command {held.command_id} back to the worker",
            explanation=(
                "The worker tries it once more, before anything newer. If it fails again it is held again. "
                "The market stays halted until somebody resumes it."
            ),
            button="Give back",
            act=act,
            back=reverse("admin:matching_quarantinedcommand_changelist"),
            rows=[held.error.partition("\n")[0][:200]],
        )
