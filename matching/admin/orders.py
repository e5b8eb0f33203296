"""Orders, trades and what users were told. To look at: orders change by commands alone, trades never."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import action, display

from accounts.models import User
from ledger.admin.base import AccountHistoryAdmin
from matching.engine.types import OrderType, Side, TimeInForce
from matching.models import BustState, Order, OrderStatus, Trade, TradeBust, UserEvent
from matching.trade_busts import request_bust
from storage.admin.base import PeriodFilter
from storage.admin.display import NOTHING, amount, moment_of_id, number, rate_text
from storage.admin.reasons import ask_and_act

SIDE_LABELS = {"BUY": "success", "SELL": "danger"}
STATUS_LABELS = {
    "Open": "info",
    "Partial": "info",
    "Filled": "success",
    "Cancelled": "warning",
    "Rejected": "danger",
    "Expired": "warning",
}


class OpenFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("in_book", "In the book"), *((str(status.value), status.label) for status in OrderStatus if status)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        value = self.value()
        if value == "in_book":
            return queryset.filter(status__in=[OrderStatus.OPEN, OrderStatus.PARTIAL])
        return queryset.filter(status=int(value)) if value and value.isdecimal() else queryset


@admin.register(Order)
class OrderAdmin(AccountHistoryAdmin):
    list_display = (
        "id",
        "placed_at",
        "account",
        "market",
        "side_name",
        "kind",
        "price_shown",
        "quantity_shown",
        "filled",
        "status_name",
        "reason",
    )
    list_filter = (PeriodFilter, "market", OpenFilter)
    list_select_related = ("account__user", "account__writer", "market")
    fields = (
        ("id", "client_order_id"),
        ("account", "market"),
        ("placed_at", "updated_at"),
        ("side_name", "kind"),
        ("price_shown", "quantity_shown", "quote_amount_shown"),
        ("filled", "filled_quote_shown"),
        ("status_name", "reason"),
        ("priority", "fees"),
        "entry",
    )
    readonly_fields = (
        "placed_at",
        "side_name",
        "kind",
        "price_shown",
        "quantity_shown",
        "quote_amount_shown",
        "filled",
        "filled_quote_shown",
        "status_name",
        "fees",
        "entry",
    )

    @display(description="placed")
    def placed_at(self, order: Order) -> str:
        return number(f"{moment_of_id(order.pk):%Y-%m-%d %H:%M:%S}")

    @display(description="side", label=SIDE_LABELS)
    def side_name(self, order: Order) -> str:
        return Side(order.side).name

    @display(description="type")
    def kind(self, order: Order) -> str:
        words = [OrderType(order.order_type).name]
        if order.order_type == OrderType.LIMIT:
            words.append(TimeInForce(order.time_in_force).name)
        return " ".join([*words, "post-only"] if order.post_only else words)

    @display(description="price")
    def price_shown(self, order: Order) -> str:
        return amount(order.price)

    @display(description="quantity")
    def quantity_shown(self, order: Order) -> str:
        return amount(order.quantity)

    @display(description="quote amount")
    def quote_amount_shown(self, order: Order) -> str:
        return amount(order.quote_amount)

    @display(description="filled")
    def filled(self, order: Order) -> str:
        return amount(order.filled_quantity)

    @display(description="filled for")
    def filled_quote_shown(self, order: Order) -> str:
        return amount(order.filled_quote)

    @display(description="status", label=STATUS_LABELS)
    def status_name(self, order: Order) -> str:
        return OrderStatus(order.status).label

    @display(description="fee rates, maker and taker")
    def fees(self, order: Order) -> str:
        return f"{rate_text(order.maker_ppm)}, {rate_text(order.taker_ppm)}"

    @display(description="more")
    def entry(self, order: Order) -> str:
        """The order's number is also that of its command and of its journal entry."""
        return format_html(
            '<a href="{}">Command</a> · <a href="{}">Journal entry</a> · <a href="{}?q={}">Trades</a>',
            reverse("admin:matching_command_change", args=[order.pk]),
            reverse("admin:ledger_journalentry_change", args=[order.pk]),
            reverse("admin:matching_trade_changelist"),
            order.pk,
        )


class HouseFilter(admin.SimpleListFilter):
    title = "house"
    parameter_name = "house"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("exclude", "Without trades inside the house")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Trade]) -> QuerySet[Trade]:
        if self.value() != "exclude":
            return queryset
        return queryset.exclude(maker_account__user__is_house=True, taker_account__user__is_house=True)


@admin.register(Trade)
class TradeAdmin(AccountHistoryAdmin):
    list_display = (
        "id",
        "executed_at",
        "market",
        "number",
        "price_shown",
        "quantity_shown",
        "value",
        "taker_side_name",
        "maker_account",
        "taker_account",
    )
    list_filter = (PeriodFilter, "market", HouseFilter)
    list_select_related = (
        "market__base",
        "market__quote",
        "maker_account__user",
        "maker_account__writer",
        "taker_account__user",
        "taker_account__writer",
    )
    account_columns = ("maker_account", "taker_account")
    fields = (
        ("id", "executed_at"),
        ("market", "number"),
        ("price_shown", "quantity_shown", "value"),
        "taker_side_name",
        ("maker_account", "maker_order", "maker_fee_shown"),
        ("taker_account", "taker_order", "taker_fee_shown"),
        "bust",
    )
    actions_detail = ("request_bust",)
    readonly_fields = (
        "price_shown",
        "quantity_shown",
        "value",
        "taker_side_name",
        "maker_order",
        "taker_order",
        "maker_fee_shown",
        "taker_fee_shown",
        "bust",
    )

    def has_request_bust_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("matching.request_bust")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """A number may be an order's: its trades are those of its account that name it."""
        term = search_term.strip()
        order = (
            Order.objects.filter(pk=int(term)).first()
            if term.isascii() and term.isdecimal() and len(term) < 19
            else None
        )
        if order is None:
            return super().get_search_results(request, queryset, search_term)
        made = queryset.filter(maker_account_id=order.account_id, maker_order_id=order.pk)
        taken = queryset.filter(taker_account_id=order.account_id, taker_order_id=order.pk)
        return made | taken, False

    @display(description="price")
    def price_shown(self, trade: Trade) -> str:
        return amount(trade.price)

    @display(description="quantity")
    def quantity_shown(self, trade: Trade) -> str:
        return amount(trade.quantity)

    @display(description="value")
    def value(self, trade: Trade) -> str:
        return amount(trade.quote_amount)

    @display(description="taker", label=SIDE_LABELS)
    def taker_side_name(self, trade: Trade) -> str:
        return Side(trade.taker_side).name

    @display(description="maker order")
    def maker_order(self, trade: Trade) -> str:
        return _order_link(trade.maker_order_id)

    @display(description="taker order")
    def taker_order(self, trade: Trade) -> str:
        return _order_link(trade.taker_order_id)

    @display(description="maker fee")
    def maker_fee_shown(self, trade: Trade) -> str:
        return amount(trade.maker_fee)

    @display(description="taker fee")
    def taker_fee_shown(self, trade: Trade) -> str:
        return amount(trade.taker_fee)

    @display(description="bust")
    def bust(self, trade: Trade) -> str:
        """The last one that was asked for; the ones before were refused or withdrawn."""
        found = TradeBust.objects.filter(trade_id=trade.pk).first()
        if found is None:
            return NOTHING
        url = reverse("admin:matching_tradebust_change", args=[found.pk])
        return format_html('<a href="{}">{}</a>', url, BustState(found.state).label)

    @action(description="Request bust", permissions=["request_bust"], icon="undo", variant="danger")
    def request_bust(self, request: HttpRequest, object_id: str) -> HttpResponse:
        trade = self.get_object(request, object_id)
        if trade is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        by = request.user
        assert isinstance(by, User)

        def act(fields: dict[str, Any]) -> str:
            request_bust(trade_id=trade.pk, by=by, reason=fields["reason"])
            return f"Trade {trade.number} of {trade.market} waits for somebody else to agree to its bust."

        return ask_and_act(
            self,
            request,
            title=f"Ask for the bust of trade {trade.number} of {trade.market}",
            explanation=(
                "Once another person has agreed, what the trade did to money is undone, both fees included. Prices, "
                "candles and orders stay as they are. If a side has spent what it would give back, nothing is moved."
            ),
            button="Request bust",
            act=act,
            back=reverse("admin:matching_trade_change", args=[trade.pk]),
            rows=[
                f"{amount(trade.quantity)} {trade.market.base} at {amount(trade.price)} {trade.market.quote}, "
                f"{trade.maker_account} and {trade.taker_account}"
            ],
            is_dangerous=True,
        )


def _order_link(order_id: int) -> str:
    return format_html('<a href="{}">{}</a>', reverse("admin:matching_order_change", args=[order_id]), order_id)


@admin.register(UserEvent)
class UserEventAdmin(AccountHistoryAdmin):
    list_display = ("id", "happened_at", "account", "sequence", "kind", "command_link")
    list_filter = (PeriodFilter,)
    list_select_related = ("account__user", "account__writer", "writer")
    fields = ("id", "happened_at", "account", "writer", "sequence", "command_link", "payload")
    readonly_fields = ("happened_at", "command_link")

    @display(description="at")
    def happened_at(self, event: UserEvent) -> str:
        return number(f"{moment_of_id(event.pk):%Y-%m-%d %H:%M:%S}")

    @display(description="event")
    def kind(self, event: UserEvent) -> str:
        return str(event.payload.get("type", NOTHING))

    @display(description="command")
    def command_link(self, event: UserEvent) -> str:
        url = reverse("admin:matching_command_change", args=[event.command_id])
        return format_html('<a href="{}">{}</a>', url, event.command_id)
