"""Exceptions from the fee table: made, ended, never edited."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import action, display

from accounts.models import User
from matching.admin.fee_forms import ExceptionForm
from matching.admin.fees import RIGHT
from matching.fees.exceptions import end_fee_exception, make_fee_exception
from matching.fees.selectors import exceptions_in_force
from matching.fees.texts import terms_text
from matching.models import FeeException
from storage.admin.base import StaffAdmin
from storage.admin.display import rate_text
from storage.admin.reasons import ask_and_act, is_confirmed

STANDING_LABELS = {"in force": "success", "over": "warning", "ended": "warning"}


class InForceFilter(admin.SimpleListFilter):
    title = "standing"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("in_force", "In force"), ("over", "Over")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[FeeException]) -> QuerySet[FeeException]:
        in_force = Q(pk__in=exceptions_in_force(timezone.now()).values("pk"))
        match self.value():
            case "in_force":
                return queryset.filter(in_force)
            case "over":
                return queryset.exclude(in_force)
            case _:
                return queryset


@admin.register(FeeException)
class FeeExceptionAdmin(StaffAdmin):
    list_display = ("who", "where", "grants", "standing", "expires_at", "reason", "set_by", "created_at")
    list_filter = (InForceFilter, "market")
    list_select_related = ("user", "market", "set_by")
    search_fields = ("user__username__icontains", "user__email__icontains")
    search_help_text = "User name or e-mail, or a part of it."
    ordering = ("-id",)
    fields = (
        ("who", "where"),
        ("grants", "standing"),
        ("created_at", "set_by"),
        "reason",
        "expires_at",
        ("ended_at", "ended_by"),
        "end_reason",
    )
    readonly_fields = ("who", "where", "grants", "standing")
    actions_list = ("make",)
    actions_detail = ("end",)

    def has_set_fees_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm(RIGHT)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """What is over cannot be ended."""
        exception = self.get_object(request, str(object_id))
        is_in_force = exception is not None and self._standing(exception) == "in force"
        return super().get_actions_detail(request, object_id) if is_in_force else []

    @action(description="New exception", permissions=["set_fees"], icon="add", variant="primary")
    def make(self, request: HttpRequest) -> HttpResponse:
        by = request.user
        assert isinstance(by, User)

        def act(fields: dict[str, Any]) -> str:
            made = make_fee_exception(
                by=by,
                reason=fields["reason"],
                **{name: fields[name] for name in ("user", "market", "tier", "maker_ppm", "taker_ppm", "expires_at")},
            )
            self.log_addition(request, made, f"{terms_text(made)}: {fields['reason']}")
            return f"{made}: {terms_text(made)}, from now on."

        return ask_and_act(
            self,
            request,
            title="New exception from the fee table",
            explanation=(
                "Gives a user, a market, or a user in a market other rates, or holds a user in a tier. It takes the "
                "place of the exception in force for the same user and market. Orders in the book keep their rates."
            ),
            button="Make exception",
            act=act,
            back=reverse("admin:matching_feeexception_changelist"),
            form=ExceptionForm(
                request.POST if is_confirmed(request) else None, initial={"user": request.GET.get("user", "")}
            ),
        )

    @action(description="End", permissions=["set_fees"], icon="block", variant="danger")
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        exception = self.get_object(request, object_id)
        if exception is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        by = request.user
        assert isinstance(by, User)

        def act(fields: dict[str, Any]) -> str:
            end_fee_exception(exception_id=exception.pk, by=by, reason=fields["reason"])
            self.log_change(request, exception, f"ended: {fields['reason']}")
            return f"{exception}: the exception has ended."

        return ask_and_act(
            self,
            request,
            title=f"End the exception of {exception}",
            explanation="The fee table or a wider exception holds again. Orders in the book keep their rates.",
            button="End exception",
            act=act,
            back=reverse("admin:matching_feeexception_change", args=[exception.pk]),
            rows=[terms_text(exception)],
            is_dangerous=True,
        )

    @display(description="user", ordering="user__username")
    def who(self, exception: FeeException) -> str:
        return str(exception.user) if exception.user is not None else "everybody"

    @display(description="market", ordering="market__symbol")
    def where(self, exception: FeeException) -> str:
        return str(exception.market) if exception.market is not None else "all markets"

    @display(description="grants")
    def grants(self, exception: FeeException) -> str:
        if exception.tier is not None:
            return f"tier {exception.tier}"
        return f"maker {rate_text(exception.maker_ppm or 0)}, taker {rate_text(exception.taker_ppm or 0)}"

    @display(description="standing", label=STANDING_LABELS)
    def standing(self, exception: FeeException) -> str:
        return self._standing(exception)

    def _standing(self, exception: FeeException) -> str:
        if exception.expires_at is not None and exception.expires_at <= timezone.now():
            return "over"
        return "ended" if exception.ended_at is not None else "in force"
