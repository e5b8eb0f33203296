"""The page between a button and what it does: it says what will happen and asks why.

A GET shows the form, only a POST with the form filled in acts, and Django's CSRF check stands before it. What a service
refuses is said on the page, and nothing has changed.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from unfold.widgets import UnfoldAdminTextInputWidget

from kernel.errors import BourseError

MAX_REASON_LENGTH = 200
CONFIRMED = "_confirmed"
ACTION = "action"


class ReasonForm(forms.Form):
    """Why. Subclasses add what else is asked; the reason always comes last."""

    reason = forms.CharField(
        max_length=MAX_REASON_LENGTH,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text="Kept with your name for as long as the exchange exists.",
    )
    order_last = "reason"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.order_fields([name for name in self.fields if name != self.order_last])


def sentence_of(error: BourseError) -> str:
    """A refusal for people, with the details that help."""
    fields = error.details.get("fields")
    if isinstance(fields, dict):
        return " ".join(
            [error.text, *(f"{name.replace('_', ' ').capitalize()}: {text}" for name, text in fields.items())]
        )
    texts = [text for value in error.details.values() if isinstance(value, list) for text in value]
    return " ".join([error.text, *texts])


def selected(request: HttpRequest) -> list[tuple[str, str]]:
    """What a list action has to send again with its form: its own name, and the rows it was chosen for."""
    names = [(ACTION, request.POST.get(ACTION, ""))]
    return names + [(ACTION_CHECKBOX_NAME, key) for key in request.POST.getlist(ACTION_CHECKBOX_NAME)]


def ask_and_act(
    model_admin: "ModelAdmin[Any]",
    request: HttpRequest,
    *,
    title: str,
    explanation: str,
    button: str,
    act: Callable[[dict[str, Any]], str | Callable[[], str]],
    back: str,
    form: forms.Form | None = None,
    rows: Sequence[str] = (),
    resend: Iterable[tuple[str, str]] = (),
    is_dangerous: bool = False,
    authorise: Callable[[dict[str, Any]], None] | None = None,
) -> HttpResponse:
    """Show the form, or, when it comes back filled in, act in one database transaction and go `back`.

    `act` gets the cleaned fields, calls services and returns the sentence to show, or a function that finds the
    sentence once all is committed. `authorise` gets them first, before the database transaction begins: what it writes
    stays, and what it refuses is said on the page. `rows` name what it is about.
    """
    confirmed = request.method == "POST" and CONFIRMED in request.POST
    bound = form if form is not None else ReasonForm(request.POST if confirmed else None)
    if confirmed and bound.is_valid():
        try:
            if authorise is not None:
                authorise(bound.cleaned_data)
            with transaction.atomic():
                sentence = act(bound.cleaned_data)
        except BourseError as error:
            bound.add_error(None, sentence_of(error))
        else:
            messages.success(request, sentence if isinstance(sentence, str) else sentence())
            return HttpResponseRedirect(back)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.model._meta,
        "title": title,
        "explanation": explanation,
        "button": button,
        "form": bound,
        "rows": rows,
        "resend": [*resend, (CONFIRMED, "1")],
        "back": back,
        "is_dangerous": is_dangerous,
    }
    return TemplateResponse(request, "admin/ask.html", context)


def is_confirmed(request: HttpRequest) -> bool:
    """Whether the page's own form came back, so that a form of one's own is to be bound."""
    return request.method == "POST" and CONFIRMED in request.POST
