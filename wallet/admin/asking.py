"""What the pages of funds have in common: one question before one deed, with a fresh code where money depends on it."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import display
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget

from accounts.admin.second_factor import ask_with_second_factor
from accounts.models import User
from kernel.units import STORED_DECIMALS, STORED_DIGITS
from storage.admin.base import StaffAdmin
from storage.admin.display import NOTHING
from storage.admin.reasons import ReasonForm, ask_and_act, is_confirmed
from wallet.models import OperationOutcome


def person_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


class TextEntry(forms.CharField):
    """A line of text as the staff pages draw it."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 200)
        super().__init__(widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}), **options)


class AmountEntry(forms.DecimalField):
    """An amount as it is stored, not below zero unless it is said, as the staff pages draw it."""

    def __init__(self, **options: Any) -> None:
        options = {"min_value": 0, "max_digits": STORED_DIGITS, "decimal_places": STORED_DECIMALS} | options
        widget = UnfoldAdminDecimalFieldWidget(attrs={"step": "any", "inputmode": "decimal"})
        super().__init__(widget=widget, **options)


class AskingAdmin(StaffAdmin):
    """Base of pages whose actions are about the row they stand on."""

    def ask_about(
        self,
        request: HttpRequest,
        object_id: str,
        *,
        title: str,
        explanation: str,
        act: Callable[[Any, dict[str, Any]], str],
        form: type[ReasonForm] = ReasonForm,
        rows: Callable[[Any], Sequence[str]] = lambda row: (),
        with_code: bool = False,
        is_dangerous: bool = False,
    ) -> HttpResponse:
        """Ask, and do it once the form comes back; `act` gets the row and the fields, and says what was done."""
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)

        def carry_out(fields: dict[str, Any]) -> str:
            done = act(row, fields)
            self.log_change(request, row, f"{title.lower()}: {fields['reason']}")
            return done

        bound = form(request.POST, request.FILES) if is_confirmed(request) else form()
        ask = ask_with_second_factor if with_code else ask_and_act
        return ask(
            self,
            request,
            title=f"{title}: {row}",
            explanation=explanation,
            button=title,
            act=carry_out,
            back=reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk]),
            form=bound,
            rows=rows(row),
            is_dangerous=is_dangerous,
        )

    def shown_actions(self, request: HttpRequest, object_id: Any, possible: set[str]) -> list[Any]:
        """Those of the page's actions that make sense for the row as it stands."""
        actions = StaffAdmin.get_actions_detail(self, request, object_id)
        prefix = f"{self.opts.app_label}_{self.opts.model_name}_"
        return [one for one in actions if one.action_name.removeprefix(prefix) in possible]


class CarriedOutAdmin(AskingAdmin):
    """Base of pages of what two people decide and the balance processor carries out, or refuses."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        outcomes = OperationOutcome.objects.filter(pk=OuterRef("operation_id")).values("code")
        return super().get_queryset(request).annotate(outcome_code=Subquery(outcomes))

    @display(description="outcome")
    def outcome(self, row: Any) -> str:
        if row.operation_id is None:
            return NOTHING
        return "not processed yet" if row.outcome_code is None else row.outcome_code or "done"
