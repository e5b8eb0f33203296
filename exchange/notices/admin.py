"""Notices: written as drafts, published for everybody, withdrawn; each step with a reason."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import action, display

from accounts.models import User
from exchange.notices.models import Notice, NoticeKind
from exchange.notices.services import NoticeContent, change_notice, publish_notice, withdraw_notice, write_notice
from kernel.errors import BourseError
from storage.admin.as_shown import ReasonedRowForm
from storage.admin.base import StaffAdmin
from storage.admin.reasons import ask_and_act, sentence_of

RIGHT = "notices.publish_notice"
SHOWN = ("kind", "severity", "title", "text", "markets", "assets", "starts_at", "ends_at")
STATE_LABELS = {"draft": "info", "published": "success", "withdrawn": "warning"}


class NoticeForm(ReasonedRowForm):
    class Meta:
        model = Notice
        fields = SHOWN
        help_texts = {
            "text": "Plain text, for everybody: calm, short, and what people should do.",
            "markets": "With neither markets nor assets it is about the whole exchange.",
            "ends_at": "Empty: until further notice. Times are UTC.",
        }

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        kind = self.fields.get("kind")
        if isinstance(kind, forms.ChoiceField):
            kind.choices = [choice for choice in NoticeKind.choices if choice[0] != NoticeKind.HALT]


@admin.register(Notice)
class NoticeAdmin(StaffAdmin):
    form = NoticeForm
    list_display = ("title", "kind", "severity", "state", "starts_at", "ends_at", "created_by")
    list_filter = ("kind", "severity")
    list_select_related = ("created_by",)
    search_fields = ("title__icontains",)
    filter_horizontal = ("markets", "assets")
    readonly_fields = ("state", "published_at", "withdrawn_at", "created_by", "created_at", "updated_at")
    actions_detail = ("publish", "withdraw")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(RIGHT)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(RIGHT) and (obj is None or obj.withdrawn_at is None)

    def has_publish_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm(RIGHT)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return (*SHOWN, "reason")
        shown = ("state", *SHOWN, "published_at", "withdrawn_at", "created_by", "created_at", "updated_at")
        return (*shown, "reason") if self.has_change_permission(request, obj) else shown

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """A draft can be published; what was withdrawn stays so."""
        notice = self.get_object(request, str(object_id))
        possible = {"publish", "withdraw"}
        if notice is None or notice.withdrawn_at is not None:
            possible = set()
        elif notice.published_at is not None:
            possible = {"withdraw"}
        actions = super().get_actions_detail(request, object_id)
        return [one for one in actions if one.action_name.removeprefix("notices_notice_") in possible]

    def changeform_view(self, request: HttpRequest, *arguments: Any, **options: Any) -> Any:
        """What the service refuses is said on the same page, and nothing is saved."""
        try:
            return super().changeform_view(request, *arguments, **options)
        except BourseError as error:
            self.message_user(request, sentence_of(error), level="ERROR")
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        fields = form.cleaned_data
        content = NoticeContent(
            kind=fields["kind"],
            severity=fields["severity"],
            title=fields["title"],
            text=fields["text"],
            starts_at=fields["starts_at"],
            ends_at=fields["ends_at"],
            markets=fields["markets"],
            assets=fields["assets"],
        )
        if change:
            change_notice(notice_id=obj.pk, by=_person(request), reason=fields["reason"], **content)
        else:
            obj.pk = write_notice(by=_person(request), reason=fields["reason"], **content).pk

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The service has saved markets and assets with the notice."""

    @action(description="Publish", permissions=["publish"], icon="campaign", variant="success")
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask(
            request,
            object_id,
            title="Publish",
            explanation="Everybody reads it within two seconds: on the page, over the API and on the streams.",
            done="Everybody reads it now.",
            act=publish_notice,
        )

    @action(description="Withdraw", permissions=["publish"], icon="block", variant="danger")
    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask(
            request,
            object_id,
            title="Withdraw",
            explanation="Nobody reads it any more, also not among past notices. It cannot be published again.",
            done="It is withdrawn.",
            act=withdraw_notice,
        )

    def _ask(
        self, request: HttpRequest, object_id: str, *, title: str, explanation: str, done: str, act: Any
    ) -> HttpResponse:
        notice = self.get_object(request, object_id)
        if notice is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)

        def carry_out(fields: dict[str, Any]) -> str:
            act(notice_id=notice.pk, by=_person(request), reason=fields["reason"])
            self.log_change(request, notice, f"{title.lower()}: {fields['reason']}")
            return done

        return ask_and_act(
            self,
            request,
            title=f"{title} “{notice}”",
            explanation=explanation,
            button=title,
            act=carry_out,
            back=reverse("admin:notices_notice_change", args=[notice.pk]),
            rows=[notice.text] if notice.text else (),
        )

    @display(description="state", label=STATE_LABELS)
    def state(self, notice: Notice) -> str:
        if notice.withdrawn_at is not None:
            return "withdrawn"
        return "draft" if notice.published_at is None else "published"


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
