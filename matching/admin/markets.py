"""Markets: how they stand, and staff's word to them. Every button writes a command into the log."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action, display

from accounts.models import User
from matching.admin.market_forms import LimitsForm
from matching.admin.outcomes import recent_actions, what_became
from matching.engine.types import MarketState, Side
from matching.models import Market, Order, OrderStatus, QuarantinedCommand
from matching.rules import LIMIT_FIELDS, units_of
from matching.services import cancel_market_orders, change_market_rules, set_market_state
from storage.admin.base import StaffAdmin
from storage.admin.display import NOTHING, amount, amount_text, rate_text
from storage.admin.reasons import ask_and_act, is_confirmed

STATE_LABELS = {
    "Trading": "success",
    "Halted": "danger",
    "Closed": "warning",
    "Cancel only": "warning",
    "Pre open": "info",
    "Auction": "info",
}
SENSELESS = {
    MarketState.TRADING: {"resume"},
    MarketState.HALTED: {"halt"},
    MarketState.CLOSED: {"halt", "close"},
    MarketState.PRE_OPEN: {"pre_open"},
    MarketState.AUCTION: {"auction"},
    MarketState.CANCEL_ONLY: {"cancel_only"},
}
"""Actions that would leave a market in that state as it is."""


@admin.register(Market)
class MarketAdmin(StaffAdmin):
    list_display = ("symbol", "state_name", "state_reason", "last_price", "bid", "ask", "spread", "rules_version")
    list_select_related = ("base", "quote", "engine_state", "shard")
    ordering = ("symbol",)
    search_fields = ("symbol__icontains",)
    actions_detail = (
        "halt",
        "resume",
        "change_limits",
        {
            "title": "Other states",
            "items": ["pre_open", "auction", "cancel_only", "close"],
        },
        "cancel_orders",
    )
    change_form_outer_after_template = "admin/matching/market_actions.html"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("symbol", "shard"),
                    ("state_name", "state_until", "state_reason"),
                    ("last_price", "bid", "ask"),
                )
            },
        ),
        (
            "Steps",
            {
                "fields": (("tick", "lot"), ("counting_tick", "counting_lot")),
                "description": "Orders and trades are counted in steps that stay for the life of a market. "
                "Tick and lot, which orders keep to, are multiples of them.",
            },
        ),
        (
            "Limits",
            {
                "fields": (
                    ("rules_version", "min_kyc_level"),
                    ("max_open_orders", "max_stop_orders", "max_order_rate"),
                    ("smallest_quantity", "greatest_quantity"),
                    ("smallest_value", "greatest_value"),
                    ("price_band", "static_band", "protection"),
                    ("breaker", "after_breaker", "first_price"),
                )
            },
        ),
    )
    readonly_fields = (
        "state_name",
        "state_reason",
        "state_until",
        "last_price",
        "bid",
        "ask",
        "tick",
        "lot",
        "counting_tick",
        "counting_lot",
        "smallest_quantity",
        "greatest_quantity",
        "smallest_value",
        "greatest_value",
        "price_band",
        "static_band",
        "protection",
        "breaker",
        "after_breaker",
        "first_price",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Market]:
        return super().get_queryset(request).annotate(best_bid=_best(Side.BUY), best_ask=_best(Side.SELL))

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """Only what makes sense in the state the market is in."""
        market = self.get_object(request, str(object_id))
        state = MarketState(market.engine_state.state) if market is not None else MarketState.TRADING
        senseless = SENSELESS[state]
        actions = super().get_actions_detail(request, object_id)
        return [action for action in actions if action.action_name.removeprefix("matching_market_") not in senseless]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        market = self.get_object(request, object_id)
        context = recent_actions(market, request.user) if market is not None else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    def has_control_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("matching.control_market")

    def has_change_limits_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("matching.change_market")

    # --- controls ------------------------------------------------------------------------------------------------

    @action(description="Halt", permissions=["control"], icon="pause", variant="danger")
    def halt(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._set_state(
            request,
            object_id,
            MarketState.HALTED,
            verb="Halt",
            explanation="New orders are refused, cancels go on, resting orders stay. Earlier orders are matched first.",
        )

    @action(description="Resume trading", permissions=["control"], icon="play_arrow", variant="success")
    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._set_state(
            request,
            object_id,
            MarketState.TRADING,
            verb="Resume",
            explanation="Orders are matched again. What crosses in the book trades first, at an auction's one price.",
        )

    @action(description="Close market", permissions=["control"], icon="block")
    def close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._set_state(
            request,
            object_id,
            MarketState.CLOSED,
            verb="Close",
            explanation="New orders are refused, cancels go on. Traders are told that it is not for the moment only.",
        )

    @action(description="Pre-open", permissions=["control"], icon="schedule")
    def pre_open(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._set_state(
            request,
            object_id,
            MarketState.PRE_OPEN,
            verb="Pre-open",
            explanation="Limit and stop orders are collected, nothing is matched until the market trades.",
        )

    @action(description="Auction", permissions=["control"], icon="gavel")
    def auction(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._set_state(
            request,
            object_id,
            MarketState.AUCTION,
            verb="Begin auction in",
            explanation="Orders are collected for an auction. It is held when you resume trading.",
        )

    @action(description="Cancel only", permissions=["control"], icon="remove_circle")
    def cancel_only(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._set_state(
            request,
            object_id,
            MarketState.CANCEL_ONLY,
            verb="Cancels only in",
            explanation="New orders and amendments are refused, cancels go on, resting orders stay.",
        )

    @action(description="Cancel all orders", permissions=["control"], icon="delete_sweep")
    def cancel_orders(self, request: HttpRequest, object_id: str) -> HttpResponse:
        market = self.get_object(request, object_id)
        if market is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        by = _person(request)

        def act(fields: dict[str, Any]) -> Callable[[], str]:
            command_id = cancel_market_orders(
                symbol=market.symbol, by=by, reason=fields["reason"], request_id=_request_id(request)
            )
            self.log_change(request, market, f"all orders cancelled: {fields['reason']}")
            return lambda: what_became(command_id, f"All open orders of {market} are cancelled.")

        return ask_and_act(
            self,
            request,
            title=f"Cancel all orders of {market}",
            explanation="Everybody's open orders are cancelled and what they locked is released. Nobody can undo this.",
            button="Cancel all orders",
            act=act,
            back=_page_of(market),
            is_dangerous=True,
        )

    @action(description="Change limits", permissions=["change_limits"], icon="tune")
    def change_limits(self, request: HttpRequest, object_id: str) -> HttpResponse:
        market = self.get_object(request, object_id)
        if market is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        by = _person(request)

        def act(fields: dict[str, Any]) -> Callable[[], str]:
            limits: Any = {field: fields[field] for field in LIMIT_FIELDS}
            command_id = change_market_rules(
                symbol=market.symbol,
                based_on=fields["based_on"],
                by=by,
                reason=fields["reason"],
                request_id=_request_id(request),
                **limits,
            )
            self.log_change(request, market, f"limits changed: {fields['reason']}")
            return lambda: what_became(command_id, f"The new limits of {market} are in force.")

        return ask_and_act(
            self,
            request,
            title=f"Change the limits of {market}",
            explanation="The limits hold for every order that is applied after this. Orders in the book stay, "
            "but for those at prices off a new tick, which are cancelled.",
            button="Change limits",
            act=act,
            back=_page_of(market),
            form=LimitsForm(request.POST) if is_confirmed(request) else LimitsForm.of(market),
        )

    def _set_state(
        self, request: HttpRequest, object_id: str, state: MarketState, *, verb: str, explanation: str
    ) -> HttpResponse:
        market = self.get_object(request, object_id)
        if market is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        by = _person(request)

        def act(fields: dict[str, Any]) -> Callable[[], str]:
            command_id = set_market_state(
                symbol=market.symbol, state=state, reason=fields["reason"], by=by, request_id=_request_id(request)
            )
            self.log_change(request, market, f"{state.name.lower()}: {fields['reason']}")
            return lambda: what_became(command_id, f"{market} is {state.name.lower()}.")

        held = QuarantinedCommand.objects.filter(market=market, is_held=True).count()
        warns = held and state is MarketState.TRADING
        warning = f" {held} commands of this market are held: look at them first." if warns else ""
        return ask_and_act(
            self,
            request,
            title=f"{verb} {market}",
            explanation=f"{explanation} The reason is shown to traders.{warning}",
            button=verb,
            act=act,
            back=_page_of(market),
            is_dangerous=state is not MarketState.TRADING,
        )

    # --- showing -------------------------------------------------------------------------------------------------

    @display(description="state", label=STATE_LABELS)
    def state_name(self, market: Market) -> str:
        return MarketState(market.engine_state.state).name.capitalize().replace("_", " ")

    @display(description="goes on by itself")
    def state_until(self, market: Market) -> str:
        until_us = market.engine_state.memory.get("until_us", 0)
        if not until_us:
            return NOTHING
        return f"{datetime.fromtimestamp(until_us // 1_000_000, UTC):%Y-%m-%d %H:%M:%S} UTC"

    @display(description="reason")
    def state_reason(self, market: Market) -> str:
        return market.engine_state.state_reason or NOTHING

    @display(description="last price")
    def last_price(self, market: Market) -> str:
        ticks = market.engine_state.last_ticks
        return amount(units_of(market).price(ticks) if ticks else None)

    @display(description="best bid")
    def bid(self, market: Any) -> str:
        return amount(market.best_bid)

    @display(description="best ask")
    def ask(self, market: Any) -> str:
        return amount(market.best_ask)

    @display(description="spread")
    def spread(self, market: Any) -> str:
        return amount(market.best_ask - market.best_bid if market.best_ask and market.best_bid else None)

    @display(description="tick size")
    def tick(self, market: Market) -> str:
        return f"{amount_text(units_of(market).price(market.tick_multiple))} {market.quote}"

    @display(description="lot size")
    def lot(self, market: Market) -> str:
        return f"{amount_text(units_of(market).quantity(market.lot_multiple))} {market.base}"

    @display(description="prices are counted in")
    def counting_tick(self, market: Market) -> str:
        return f"{amount_text(market.tick_size)} {market.quote}"

    @display(description="quantities are counted in")
    def counting_lot(self, market: Market) -> str:
        return f"{amount_text(market.lot_size)} {market.base}"

    @display(description="smallest quantity")
    def smallest_quantity(self, market: Market) -> str:
        return f"{amount_text(market.min_quantity)} {market.base}"

    @display(description="greatest quantity")
    def greatest_quantity(self, market: Market) -> str:
        return f"{amount_text(market.max_quantity)} {market.base}" if market.max_quantity else "no limit"

    @display(description="smallest value")
    def smallest_value(self, market: Market) -> str:
        return f"{amount_text(market.min_notional)} {market.quote}"

    @display(description="greatest value")
    def greatest_value(self, market: Market) -> str:
        return f"{amount_text(market.max_order_value)} {market.quote}" if market.max_order_value else "no limit"

    @display(description="price band")
    def price_band(self, market: Market) -> str:
        return _distance(market.price_band_ppm)

    @display(description="static price band")
    def static_band(self, market: Market) -> str:
        return _distance(market.static_band_ppm)

    @display(description="protection of market orders")
    def protection(self, market: Market) -> str:
        return _distance(market.protection_ppm)

    @display(description="circuit breaker")
    def breaker(self, market: Market) -> str:
        if not market.breaker_ppm:
            return "none"
        return f"{rate_text(market.breaker_ppm)} within {market.breaker_window_seconds} s"

    @display(description="after it")
    def after_breaker(self, market: Market) -> str:
        halt = f"halted for {market.halt_seconds} s" if market.halt_seconds else "halted until staff resume"
        return f"{halt}, then an auction of {market.auction_seconds} s" if market.auction_seconds else halt

    @display(description="initial price")
    def first_price(self, market: Market) -> str:
        return f"{amount_text(market.initial_price)} {market.quote}" if market.initial_price else "none"


def _best(side: Side) -> Subquery:
    resting = Order.objects.filter(
        market=OuterRef("pk"), status__in=[OrderStatus.OPEN, OrderStatus.PARTIAL], side=int(side), is_waiting=False
    )
    return Subquery(resting.order_by("-price" if side is Side.BUY else "price").values("price")[:1])


def _distance(ppm: int) -> str:
    return f"± {rate_text(ppm)}" if ppm else "none"


def _page_of(market: Market) -> str:
    return reverse("admin:matching_market_change", args=[market.pk])


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _request_id(request: HttpRequest) -> str:
    return str(getattr(request, "request_id", ""))[:64]
