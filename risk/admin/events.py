"""The review screen: events to look into, what is known of each, what colleagues said, and what was decided."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.models import User
from ledger.admin.base import accounts_called
from risk.admin.evidence import figures_of, further_of, people_of, rows_of
from risk.models import Detector, RiskComment, RiskEvent, Severity
from risk.services import assign_risk_event, comment_on_risk_event, resolve_risk_event
from storage.admin.base import ReadOnlyInline, StaffAdmin
from storage.admin.display import NOTHING
from storage.admin.reasons import ask_and_act, is_confirmed, selected

REVIEW_RIGHT = "risk.review_riskevent"
SEVERITY_LABELS = {"LOW": "info", "MEDIUM": "warning", "HIGH": "danger", "CRITICAL": "danger"}
STATUS_LABELS = {"open": "warning", "resolved": "success"}


class AssignedFilter(admin.SimpleListFilter):
    title = "assigned"
    parameter_name = "assigned"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("me", "To me"), ("somebody", "To somebody"), ("nobody", "To nobody")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[RiskEvent]) -> QuerySet[RiskEvent]:
        if self.value() == "me":
            return queryset.filter(assigned_to=request.user.pk)
        if self.value() in ("somebody", "nobody"):
            return queryset.filter(assigned_to__isnull=self.value() == "nobody")
        return queryset


class CommentInline(ReadOnlyInline):
    model = RiskComment
    fields = ("at", "who", "text")
    readonly_fields = fields
    verbose_name_plural = "comments"
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[RiskComment]:
        return super().get_queryset(request).select_related("author")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the event sees what was said about it."""
        return request.user.has_perm("risk.view_riskevent")

    @admin.display(description="by")
    def who(self, comment: RiskComment) -> str:
        return str(comment.author) if comment.author_id else "the exchange"


class CommentForm(forms.Form):
    text = forms.CharField(
        label="Comment", max_length=1000, widget=UnfoldAdminTextareaWidget(), help_text="Kept with your name."
    )


@admin.register(RiskEvent)
class RiskEventAdmin(StaffAdmin):
    list_display = (
        "id",
        "last_seen_at",
        "severity_name",
        "event_type",
        "detector_name",
        "market",
        "user",
        "count",
        "assigned_to",
        "status",
    )
    list_filter = ("severity", "resolved", AssignedFilter, "detector", "event_type")
    list_select_related = ("user", "assigned_to")
    sortable_by = ("id", "last_seen_at", "severity_name", "count")
    search_fields = ("=id", "user__username__istartswith", "user__email__istartswith", "=market")
    search_help_text = "User name or e-mail, or the beginning of it; a market; or the number of an event."
    ordering = ("-id",)
    inlines = (CommentInline,)
    actions = ("take_on_selected",)
    actions_detail = ("take_on", "comment", "resolve")
    fieldsets = (
        (None, {"fields": ("description", ("severity_name", "event_type", "detector_name"), ("market", "asset"))}),
        ("Seen", {"fields": (("first_seen_at", "last_seen_at", "count"),)}),
        ("Who and what", {"fields": ("people", "figures", "trades", "orders", "further")}),
        (
            "Decision",
            {"fields": (("status", "assigned_to"), ("resolved_by", "resolved_at"), "resolution", "restricted_at")},
        ),
    )
    readonly_fields = ("severity_name", "detector_name", "people", "figures", "trades", "orders", "further", "status")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[RiskEvent], search_term: str
    ) -> tuple[QuerySet[RiskEvent], bool]:
        """An event that names several accounts is found by each of them."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        accounts = accounts_called(search_term.strip()) if search_term.strip() else []
        return (found | queryset.filter(accounts__overlap=accounts) if accounts else found), may_repeat

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """What is resolved can only be commented on."""
        event = self.get_object(request, str(object_id))
        actions = super().get_actions_detail(request, object_id)
        if event is None or not event.resolved:
            return actions
        return [one for one in actions if one.action_name.removeprefix("risk_riskevent_") == "comment"]

    def has_review_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm(REVIEW_RIGHT)

    # --- reviewing -----------------------------------------------------------------------------------------------

    @admin.action(description="Assign to me", permissions=["review"])
    def take_on_selected(self, request: HttpRequest, queryset: QuerySet[RiskEvent]) -> HttpResponse:
        events = list(queryset.filter(resolved=False).order_by("pk"))
        return self._ask_to_take_on(
            request, events, back=reverse("admin:risk_riskevent_changelist"), resend=selected(request)
        )

    @action(description="Assign to me", permissions=["review"], icon="person_add")
    def take_on(self, request: HttpRequest, object_id: str) -> HttpResponse:
        event = self.get_object(request, object_id)
        if event is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return self._ask_to_take_on(request, [event], back=_page_of(event))

    @action(description="Comment", permissions=["review"], icon="comment")
    def comment(self, request: HttpRequest, object_id: str) -> HttpResponse:
        event = self.get_object(request, object_id)
        if event is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)

        def act(fields: dict[str, Any]) -> str:
            comment_on_risk_event(event_id=event.pk, text=fields["text"], by=_person(request))
            self.log_change(request, event, "commented")
            return "Your comment is kept."

        return ask_and_act(
            self,
            request,
            title=f"Comment on {event}",
            explanation="Everybody who reviews risk events reads it. It cannot be changed afterwards.",
            button="Comment",
            act=act,
            back=_page_of(event),
            form=CommentForm(request.POST if is_confirmed(request) else None),
            rows=[event.description],
        )

    @action(description="Resolve", permissions=["review"], icon="task_alt", variant="success")
    def resolve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        event = self.get_object(request, object_id)
        if event is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)

        def act(fields: dict[str, Any]) -> str:
            resolve_risk_event(event_id=event.pk, resolution=fields["reason"], by=_person(request))
            self.log_change(request, event, f"resolved: {fields['reason']}")
            return f"Event {event.pk} is resolved."

        return ask_and_act(
            self,
            request,
            title=f"Resolve {event}",
            explanation=(
                "Say what was found. The same thing seen again opens another event. "
                "An account that was frozen stays frozen until its page says otherwise."
            ),
            button="Resolve",
            act=act,
            back=_page_of(event),
            rows=[event.description],
        )

    def _ask_to_take_on(
        self, request: HttpRequest, events: list[RiskEvent], *, back: str, resend: list[tuple[str, str]] | None = None
    ) -> HttpResponse:
        def act(fields: dict[str, Any]) -> str:
            for event in events:
                assign_risk_event(event_id=event.pk, to=_person(request), by=_person(request))
                self.log_change(request, event, "assigned to oneself")
            return f"{len(events)} events are yours." if len(events) != 1 else f"Event {events[0].pk} is yours."

        return ask_and_act(
            self,
            request,
            title="Take on risk events" if len(events) != 1 else f"Take on {events[0]}",
            explanation="Colleagues see that you look into it. Whoever had it before no longer does.",
            button="Assign to me",
            act=act,
            back=back,
            form=forms.Form(request.POST if is_confirmed(request) else None),
            rows=[f"{event.pk}: {event.description}" for event in events],
            resend=resend or (),
        )

    # --- showing -------------------------------------------------------------------------------------------------

    @display(description="severity", ordering="severity", label=SEVERITY_LABELS)
    def severity_name(self, event: RiskEvent) -> str:
        return Severity(event.severity).label

    @display(description="detector")
    def detector_name(self, event: RiskEvent) -> str:
        return Detector(event.detector).label if event.detector in Detector.values else event.detector or NOTHING

    @display(description="status", label=STATUS_LABELS)
    def status(self, event: RiskEvent) -> str:
        return "resolved" if event.resolved else "open"

    @display(description="accounts")
    def people(self, event: RiskEvent) -> str:
        return people_of(event)

    @display(description="figures")
    def figures(self, event: RiskEvent) -> str:
        return figures_of(event)

    @display(description="trades")
    def trades(self, event: RiskEvent) -> str:
        return rows_of(event, "trades")

    @display(description="orders")
    def orders(self, event: RiskEvent) -> str:
        return rows_of(event, "orders")

    @display(description="further")
    def further(self, event: RiskEvent) -> str:
        return further_of(event)


def _page_of(event: RiskEvent) -> str:
    return reverse("admin:risk_riskevent_change", args=[event.pk])


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
