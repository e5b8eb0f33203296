"""Busts of trades: asked for on the page of a trade, agreed to or withdrawn here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import action, display

from accounts.models import User
from matching.admin.outcomes import what_became
from matching.models import BustState, Trade, TradeBust
from matching.trade_busts import approve_bust, withdraw_bust
from storage.admin.base import StaffAdmin
from storage.admin.display import NOTHING, amount
from storage.admin.reasons import ask_and_act

STATE_LABELS = {
    "Requested": "info",
    "Approved": "info",
    "Done": "success",
    "Refused": "danger",
    "Withdrawn": "warning",
}


@admin.register(TradeBust)
class TradeBustAdmin(StaffAdmin):
    list_display = ("id", "market", "trade", "standing", "code", "reason", "requested_by", "requested_at", "decided_by")
    list_filter = ("state", "market")
    list_select_related = ("market", "requested_by", "decided_by")
    search_fields = ("=trade_id", "=command_id")
    search_help_text = "Number of a trade or of a command."
    ordering = ("-id",)
    fields = (
        ("trade", "market"),
        ("terms", "sides"),
        ("standing", "code"),
        ("requested_by", "requested_at"),
        "reason",
        ("decided_by", "decided_at"),
        "decision_reason",
        ("command", "settled_at"),
    )
    readonly_fields = ("trade", "terms", "sides", "standing", "command")
    actions_detail = ("approve", "withdraw")

    def has_approve_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Nobody agrees to what they have asked for; the service says so, too."""
        bust = TradeBust.objects.filter(pk=object_id).first() if object_id is not None else None
        is_own = bust is not None and bust.requested_by_id == request.user.pk
        return request.user.has_perm("matching.approve_bust") and not is_own

    def has_withdraw_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Who may decide, and who has asked."""
        if request.user.has_perm("matching.approve_bust"):
            return True
        asked = TradeBust.objects.filter(pk=object_id, requested_by_id=request.user.pk)
        return request.user.has_perm("matching.request_bust") and object_id is not None and asked.exists()

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """What is decided is decided."""
        bust = self.get_object(request, str(object_id))
        is_open = bust is not None and bust.state == BustState.REQUESTED
        return super().get_actions_detail(request, object_id) if is_open else []

    @display(description="trade")
    def trade(self, bust: TradeBust) -> str:
        url = reverse("admin:matching_trade_change", args=[bust.trade_id])
        return format_html('<a href="{}">{}</a>', url, bust.trade_id)

    @display(description="state", label=STATE_LABELS)
    def standing(self, bust: TradeBust) -> str:
        return BustState(bust.state).label

    @display(description="terms")
    def terms(self, bust: TradeBust) -> str:
        trade = Trade.objects.get(pk=bust.trade_id)
        base, quote = bust.market.base, bust.market.quote
        return f"number {trade.number}: {amount(trade.quantity)} {base} at {amount(trade.price)} {quote}"

    @display(description="maker and taker")
    def sides(self, bust: TradeBust) -> str:
        trade = Trade.objects.select_related("maker_account__user", "taker_account__user").get(pk=bust.trade_id)
        return f"{trade.maker_account}, {trade.taker_account}"

    @display(description="command")
    def command(self, bust: TradeBust) -> str:
        if bust.command_id is None:
            return NOTHING
        url = reverse("admin:matching_command_change", args=[bust.command_id])
        return format_html('<a href="{}">{}</a>', url, bust.command_id)

    @action(description="Approve", permissions=["approve"], icon="check", variant="danger")
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        bust = self.get_object(request, object_id)
        if bust is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        by = request.user
        assert isinstance(by, User)

        def act(fields: dict[str, Any]) -> Any:
            approved = approve_bust(bust_id=bust.pk, by=by, reason=fields["reason"])
            command_id = approved.command_id or 0
            return lambda: what_became(command_id, f"Trade {bust.trade_id} is busted.")

        return ask_and_act(
            self,
            request,
            title=f"Agree to the bust of trade {bust.trade_id} of {bust.market}",
            explanation=(
                "What the trade did to money is undone, both fees included, and both sides are told. It cannot be "
                "taken back. If a side has spent what it would give back, nothing is moved and the bust is refused."
            ),
            button="Bust the trade",
            act=act,
            back=reverse("admin:matching_tradebust_change", args=[bust.pk]),
            rows=[self.terms(bust), self.sides(bust), f"{bust.requested_by}: {bust.reason}"],
            is_dangerous=True,
        )

    @action(description="Withdraw", permissions=["withdraw"], icon="close")
    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        bust = self.get_object(request, object_id)
        if bust is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        by = request.user
        assert isinstance(by, User)

        def act(fields: dict[str, Any]) -> str:
            withdraw_bust(bust_id=bust.pk, by=by, reason=fields["reason"])
            return f"The bust of trade {bust.trade_id} is withdrawn."

        return ask_and_act(
            self,
            request,
            title=f"Withdraw the bust of trade {bust.trade_id} of {bust.market}",
            explanation="The trade stays as it is. Its bust may be asked for again.",
            button="Withdraw",
            act=act,
            back=reverse("admin:matching_tradebust_change", args=[bust.pk]),
            rows=[f"{bust.requested_by}: {bust.reason}"],
        )
