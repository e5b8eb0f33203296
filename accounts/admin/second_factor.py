"""Second factors on the staff pages: what was tried, and the code that sensitive actions ask for."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from accounts.models import SecondFactorAttempt, User
from accounts.second_factor.errors import SecondFactorRequired
from accounts.second_factor.selectors import has_second_factor
from accounts.second_factor.services import require_fresh_second_factor
from kernel.errors import BourseError
from storage.admin.base import HistoryAdmin, StaffAdmin
from storage.admin.codes import CodeField
from storage.admin.reasons import ReasonForm, ask_and_act, is_confirmed, sentence_of

CODE_FIELD = "second_factor_code"
_FRESH = "bourse.fresh_second_factor"
"""Set by us alone: what a client sends as a header is a text, and begins with HTTP_."""


def ask_with_second_factor(
    model_admin: "ModelAdmin[Any]",
    request: HttpRequest,
    *,
    act: Callable[[dict[str, Any]], str | Callable[[], str]],
    form: forms.Form | None = None,
    **options: Any,
) -> HttpResponse:
    """`ask_and_act` that also asks whoever acts for a fresh code, each time.

    The code is accepted and used up before the database transaction of `act` begins, and is not among the fields that
    `act` gets. Staff without an authenticator app are told to activate one, and nothing happens.
    """
    by = request.user
    assert isinstance(by, User)
    bound = form if form is not None else ReasonForm(request.POST if is_confirmed(request) else None)
    bound.fields[CODE_FIELD] = CodeField(
        label="Two-factor code", help_text="From your authenticator app. Each action needs a new one."
    )

    def authorise(fields: dict[str, Any]) -> None:
        require_fresh_second_factor(user=by, code=fields.pop(CODE_FIELD))

    return ask_and_act(model_admin, request, act=act, form=bound, authorise=authorise, **options)


class SecondFactorPage(StaffAdmin):
    """A page of a row of which some changes need a fresh code, entered in the form's `second_factor_code`.

    The code is looked at before Django begins the database transaction of the page. What a service refuses is said on
    the same page, and the transaction is undone.
    """

    def changeform_view(self, request: HttpRequest, *arguments: Any, **options: Any) -> Any:
        code = request.POST.get(CODE_FIELD, "").strip() if request.method == "POST" else ""
        try:
            if code:
                assert isinstance(request.user, User)
                require_fresh_second_factor(user=request.user, code=code)
                request.META[_FRESH] = True
            return super().changeform_view(request, *arguments, **options)
        except BourseError as error:
            self.message_user(request, sentence_of(error), level="ERROR")
            return HttpResponseRedirect(request.get_full_path())

    def require_code(self, request: HttpRequest) -> None:
        """Called by what saves. Raises SecondFactorRequired where no code came with the form."""
        if request.META.get(_FRESH) is not True:
            assert isinstance(request.user, User)
            raise SecondFactorRequired(is_active=has_second_factor(user=request.user))


@admin.register(SecondFactorAttempt)
class SecondFactorAttemptAdmin(HistoryAdmin):
    list_display = ("at", "user", "purpose", "method", "is_accepted")
    list_filter = ("purpose", "method", "is_accepted")
    list_select_related = ("user",)
    number_columns = ("pk", "user_id")
    search_help_text = "User name or e-mail; or a number."

    def find_by_name(self, queryset: QuerySet[Any], name: str) -> QuerySet[Any]:
        return queryset.filter(Q(user__username__iexact=name) | Q(user__email__iexact=name))
