"""What staff set about withdrawals: switches, limits, prices; and a look at users' address books."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget

from accounts.admin.second_factor import ask_with_second_factor
from accounts.models import User
from ledger.admin.base import AccountHistoryAdmin
from ledger.models import Asset
from storage.admin.base import StaffAdmin
from storage.admin.display import amount
from storage.admin.reasons import ReasonForm, ask_and_act, is_confirmed
from wallet.admin.asking import AmountEntry
from wallet.models import KillSwitch, ReferencePrice, SavedAddress, WithdrawalLimit
from wallet.services.limits import MAX_HOURLY_COUNT, set_withdrawal_limit
from wallet.services.prices import set_reference_price
from wallet.services.switches import known_scopes, resume_payouts, stop_payouts

SWITCH_RIGHT = "wallet.switch_payouts"
LIMIT_RIGHT = "wallet.change_withdrawallimit"
PRICE_RIGHT = "wallet.change_referenceprice"


class StopForm(ReasonForm):
    scope = forms.ChoiceField(label="What to stop", widget=UnfoldAdminSelectWidget())

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["scope"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(scope, scope) for scope in known_scopes()]


class LimitForm(ReasonForm):
    kyc_level = forms.IntegerField(
        label="KYC level",
        min_value=0,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text="And above it, up to the next.",
    )
    daily = AmountEntry(label="In 24 hours", help_text="In the reference asset.")
    monthly = AmountEntry(label="In 30 days", help_text="In the reference asset.")
    hourly_count = forms.IntegerField(
        label="Withdrawals an hour", min_value=0, max_value=MAX_HOURLY_COUNT, widget=UnfoldAdminIntegerFieldWidget()
    )
    review_above = AmountEntry(label="Look at above", help_text="A single one worth more is looked at by staff.")


class PriceForm(ReasonForm):
    asset = forms.ModelChoiceField(Asset.objects.order_by("symbol"), widget=UnfoldAdminSelectWidget())
    price = AmountEntry(label="Price", help_text="One unit, in the reference asset.")


class _ControlAdmin(StaffAdmin):
    """What is set through a form of its own, with a reason."""

    def _set(
        self,
        request: HttpRequest,
        *,
        form: forms.Form,
        title: str,
        explanation: str,
        act: Callable[[dict[str, Any]], str],
    ) -> HttpResponse:
        return ask_with_second_factor(
            self,
            request,
            title=title,
            explanation=explanation,
            button=title,
            act=act,
            form=form,
            back=reverse(f"admin:wallet_{self.opts.model_name}_changelist"),
        )


@admin.register(KillSwitch)
class KillSwitchAdmin(StaffAdmin):
    list_display = ("scope", "standing", "reason", "who", "changed_at")
    list_filter = ("is_on",)
    list_select_related = ("changed_by",)
    fields = (("scope", "standing"), "reason", ("who", "changed_at"))
    readonly_fields = ("standing", "who")
    actions_list = ("stop",)
    actions_detail = ("resume",)

    def has_switch_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm(SWITCH_RIGHT)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """Only what is stopped can go on."""
        switch = self.get_object(request, str(object_id))
        return super().get_actions_detail(request, object_id) if switch is not None and switch.is_on else []

    @action(description="Stop payouts", permissions=["switch"], icon="front_hand", variant="danger")
    def stop(self, request: HttpRequest) -> HttpResponse:
        by = _person(request)

        def act(fields: dict[str, Any]) -> str:
            switch = stop_payouts(scope=fields["scope"], by=by, reason=fields["reason"])
            self.log_change(request, switch, f"stopped: {fields['reason']}")
            return f"Payouts are stopped: {switch.scope}."

        # Whoever stops something needs no code: stopping too much harms nobody.
        return ask_and_act(
            self,
            request,
            title="Stop payouts",
            explanation="New withdrawals are refused and approved ones wait until payouts go on. Nothing fails.",
            button="Stop payouts",
            act=act,
            form=StopForm(request.POST if is_confirmed(request) else None),
            back=reverse("admin:wallet_killswitch_changelist"),
            is_dangerous=True,
        )

    @action(description="Let payouts go on", permissions=["switch"], icon="play_arrow", variant="success")
    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        switch = self.get_object(request, object_id)
        if switch is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        by = _person(request)

        def act(fields: dict[str, Any]) -> str:
            resume_payouts(scope=switch.scope, by=by, reason=fields["reason"])
            self.log_change(request, switch, f"resumed: {fields['reason']}")
            return f"Payouts go on: {switch.scope}."

        return ask_with_second_factor(
            self,
            request,
            title=f"Let payouts go on: {switch.scope}",
            explanation="What was approved goes out within seconds. Be sure that the cause is removed.",
            button="Let payouts go on",
            act=act,
            back=reverse("admin:wallet_killswitch_changelist"),
            rows=[f"stopped by {self.who(switch)}: {switch.reason}"],
            is_dangerous=True,
        )

    @display(description="payouts", label={"stopped": "danger", "open": "success"})
    def standing(self, switch: KillSwitch) -> str:
        return "stopped" if switch.is_on else "open"

    @display(description="changed by")
    def who(self, switch: KillSwitch) -> str:
        return str(switch.changed_by) if switch.changed_by_id else "the exchange"


@admin.register(WithdrawalLimit)
class WithdrawalLimitAdmin(_ControlAdmin):
    list_display = ("kyc_level", "a_day", "a_month", "hourly_count", "look_above")
    fields = ("kyc_level", "a_day", "a_month", "hourly_count", "look_above")
    readonly_fields = ("a_day", "a_month", "look_above")
    actions_list = ("set_limit",)

    def has_set_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm(LIMIT_RIGHT)

    @action(description="Set limits", permissions=["set"], icon="edit", variant="primary")
    def set_limit(self, request: HttpRequest) -> HttpResponse:
        def act(fields: dict[str, Any]) -> str:
            limit = set_withdrawal_limit(by=_person(request), **fields)
            return f"The limits of {limit} hold from now on."

        return self._set(
            request,
            form=LimitForm(request.POST if is_confirmed(request) else None),
            title="Set limits",
            explanation="They hold for every withdrawal that is confirmed from now on. A daily limit of 0 is a ban.",
            act=act,
        )

    @display(description="24 hours", ordering="daily")
    def a_day(self, limit: WithdrawalLimit) -> str:
        return amount(limit.daily)

    @display(description="30 days", ordering="monthly")
    def a_month(self, limit: WithdrawalLimit) -> str:
        return amount(limit.monthly)

    @display(description="look at above", ordering="review_above")
    def look_above(self, limit: WithdrawalLimit) -> str:
        return amount(limit.review_above)


@admin.register(ReferencePrice)
class ReferencePriceAdmin(_ControlAdmin):
    list_display = ("asset", "figure", "set_by", "set_at")
    list_select_related = ("asset", "set_by")
    fields = ("asset", "figure", "set_by", "set_at")
    readonly_fields = ("figure",)
    actions_list = ("set_price",)

    def has_set_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm(PRICE_RIGHT)

    @action(description="Set a price", permissions=["set"], icon="edit", variant="primary")
    def set_price(self, request: HttpRequest) -> HttpResponse:
        def act(fields: dict[str, Any]) -> str:
            price = set_reference_price(
                asset_id=fields["asset"].pk, price=fields["price"], by=_person(request), reason=fields["reason"]
            )
            return f"{price.asset} counts with this price where its market cannot be believed."

        return self._set(
            request,
            form=PriceForm(request.POST if is_confirmed(request) else None),
            title="Set a price",
            explanation="Limits use it while the asset's own market is quiet or thin. Set it anew now and then.",
            act=act,
        )

    @display(description="price", ordering="price")
    def figure(self, price: ReferencePrice) -> str:
        return amount(price.price)


@admin.register(SavedAddress)
class SavedAddressAdmin(AccountHistoryAdmin):
    list_display = ("id", "account", "rail", "label", "address", "tag", "created_at", "usable_at", "deleted_at")
    list_filter = ("rail",)
    list_select_related = ("account__user", "rail")
    fields = (
        "account",
        "rail",
        "label",
        ("address", "tag"),
        "beneficiary",
        ("created_at", "usable_at", "deleted_at"),
    )


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
