"""The first page of the admin: whether the exchange works, and what happens on it."""

import json
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import urlencode

from exchange.staff import selectors
from exchange.staff.site import VERIFY_RIGHT
from kernel.units import plain
from ledger.models import Asset
from risk.models import Severity
from risk.selectors import count_open_risk_events
from storage.admin.display import NOTHING, amount_text, count_text

LAG_WARNING_SECONDS = 2.0
HEARTBEAT_WARNING_SECONDS = 15.0
PALETTE = ("#2a7bb0", "#e0a030", "#4caf7d", "#c05f7a", "#8a6fc0", "#5fa8a8")
USUAL_ASSET = "USDT"
_BAR = {"displayYAxis": True, "maxBarThickness": 26, "categoryPercentage": 0.7, "borderRadius": 3, "grouped": True}


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Adds what the page shows; figures of trade and people only for those who may see them."""
    now = timezone.now()
    user = request.user
    exclude_house = request.GET.get("house") == "exclude"
    markets = selectors.market_days(now=now, exclude_house=exclude_house)
    context |= {"engine_cards": _engine_cards(selectors.engine(markets)), "can_verify": user.has_perm(VERIFY_RIGHT)}
    if user.has_perm("matching.view_trade"):
        assets = list(Asset.objects.order_by("symbol").values_list("symbol", flat=True))
        asset = request.GET.get("asset", "")
        if asset not in assets:
            asset = USUAL_ASSET if USUAL_ASSET in assets or not assets else assets[0]
        days = selectors.asset_days(asset=asset, now=now, exclude_house=exclude_house)
        context |= {
            "asset": asset,
            "asset_links": [_link(name, house=exclude_house, asset=name, active=name == asset) for name in assets],
            "house_links": [
                _link("All trades", house=False, asset=asset, active=not exclude_house),
                _link("Without house", house=True, asset=asset, active=exclude_house),
            ],
            "market_table": _market_table(markets),
            "volume_chart": _volume_chart(days),
            "volume_legend": list(zip(days.volume_by_market, PALETTE * 20, strict=False)),
            "fees_chart": _bars(days, days.fees, f"{asset} fees", PALETTE[1]),
            "trades_chart": _bars(days, days.trades, "trades", PALETTE[2]),
            "trade_cards": _trade_cards(markets, days),
        }
    if user.has_perm("accounts.view_user"):
        figures = selectors.people(now=now, exclude_house=exclude_house)
        context |= {"people_cards": _people_cards(figures)}
    if user.has_perm("risk.view_riskevent"):
        context["risk_cards"] = _risk_cards(count_open_risk_events())
    if user.has_perm("accounts.view_staffaction") or user.has_perm("accounts.view_accountchange"):
        context["changes"] = selectors.latest_changes()
    return context


def _card(title: str, value: object, note: str = "", *, tone: str = "") -> dict[str, Any]:
    return {"title": title, "value": value, "note": note, "tone": tone}


def _engine_cards(engine: selectors.Engine) -> list[dict[str, Any]]:
    health = engine.health
    ages = health.shard_heartbeat_age_seconds.items()
    silent = [name for name, age in ages if age is None or age > HEARTBEAT_WARNING_SECONDS]
    beat = ", ".join(f"{name} {_age(age)}" for name, age in ages) or "no worker has run yet"
    halted = ", ".join(f"{market.symbol} {market.state.name.lower()}" for market in engine.halted)
    lag = health.oldest_pending_age_seconds
    cards = [
        _card(
            "Pending commands",
            count_text(health.pending_commands),
            f"oldest {lag:.1f} s" if health.pending_commands else "nothing waits",
            tone="bad" if lag > LAG_WARNING_SECONDS else "good",
        ),
        _card("Workers", "silent" if silent else "alive", f"last sign: {beat}", tone="bad" if silent else "good"),
        _card("Markets stopped", len(engine.halted), halted or "all are trading", tone="bad" if halted else "good"),
        _card(
            "Held commands",
            engine.held_commands,
            "wait for a decision" if engine.held_commands else "none",
            tone="bad" if engine.held_commands else "good",
        ),
    ]
    return [*cards, _check_card(engine)]


def _check_card(engine: selectors.Engine) -> dict[str, Any]:
    if engine.is_checking:
        return _card("Books", "being checked", "the result appears here")
    check = engine.last_check
    if check is None:
        return _card("Books", "not checked yet", "every night, or now", tone="") | {"is_check": True}
    verdict = "consistent" if check.is_consistent else f"{len(check.findings)} findings"
    note = f"{count_text(check.entries)} entries, {check.finished_at:%Y-%m-%d %H:%M} UTC"
    return _card("Books", verdict, note, tone="good" if check.is_consistent else "bad") | {"is_check": True}


def _trade_cards(markets: list[selectors.MarketDay], days: selectors.AssetDays) -> list[dict[str, Any]]:
    volume = sum((_of_asset(market, days.asset, "quantity", "quote_amount") for market in markets), Decimal(0))
    fees = sum((_of_asset(market, days.asset, "base_fees", "quote_fees") for market in markets), Decimal(0))
    return [
        _card(f"Volume, {days.asset}", amount_text(volume), "last 24 hours"),
        _card(f"Fees, {days.asset}", amount_text(fees), "last 24 hours"),
        _card("Trades", count_text(sum(market.trades for market in markets)), "last 24 hours, all markets"),
        _card("Open orders", count_text(sum(market.open_orders for market in markets)), "all markets"),
    ]


def _of_asset(market: selectors.MarketDay, asset: str, as_base: str, as_quote: str) -> Decimal:
    if market.base == asset:
        return Decimal(getattr(market, as_base))
    return Decimal(getattr(market, as_quote)) if market.quote == asset else Decimal(0)


def _people_cards(people: selectors.People) -> list[dict[str, Any]]:
    return [
        _card("Users", count_text(people.users), f"{count_text(sum(people.new_by_day))} new in {selectors.DAYS} days"),
        _card("New users", count_text(people.new), "last 24 hours"),
        _card("Active traders", count_text(people.active), "last 24 hours"),
        _card(
            "Identities to check",
            count_text(people.waiting_for_kyc),
            f"frozen or closed accounts: {count_text(people.restricted)}",
        ),
    ]


def _risk_cards(counts: dict[Severity, int]) -> list[dict[str, Any]]:
    urgent = counts[Severity.CRITICAL] + counts[Severity.HIGH]
    return [
        _card(
            "Urgent risk events",
            count_text(urgent),
            f"critical: {count_text(counts[Severity.CRITICAL])}, high: {count_text(counts[Severity.HIGH])}",
            tone="bad" if urgent else "good",
        ),
        _card(
            "Further risk events",
            count_text(counts[Severity.MEDIUM] + counts[Severity.LOW]),
            f"medium: {count_text(counts[Severity.MEDIUM])}, low: {count_text(counts[Severity.LOW])}",
        ),
    ]


def _market_table(markets: list[selectors.MarketDay]) -> list[dict[str, Any]]:
    return [
        {
            "symbol": market.symbol,
            "state": market.state.name.capitalize(),
            "is_trading": market.state.name == "TRADING",
            "cells": [
                count_text(market.open_orders),
                count_text(market.trades),
                f"{amount_text(market.quantity)} {market.base}",
                f"{amount_text(market.quote_amount)} {market.quote}",
                f"{amount_text(market.base_fees)} {market.base}",
                f"{amount_text(market.quote_fees)} {market.quote}",
            ],
        }
        for market in markets
    ]


def _volume_chart(days: selectors.AssetDays) -> str:
    return _chart(
        days,
        [
            {"label": symbol, "data": [plain(value) for value in values], "backgroundColor": color, "stack": "volume"}
            for (symbol, values), color in zip(days.volume_by_market.items(), PALETTE * 20, strict=False)
        ],
    )


def _bars(days: selectors.AssetDays, values: list[Any], label: str, color: str) -> str:
    data = [plain(value) if isinstance(value, Decimal) else value for value in values]
    return _chart(days, [{"label": label, "data": data, "backgroundColor": color}])


def _chart(days: selectors.AssetDays, datasets: list[dict[str, Any]]) -> str:
    """For Chart.js. Amounts stay text here; the browser makes pixels of them."""
    labels = [f"{day:%d} {day:%b}" for day in days.days]
    return json.dumps({"labels": labels, "datasets": [{**_BAR, **one} for one in datasets]})


def _link(title: str, *, house: bool, asset: str, active: bool) -> dict[str, Any]:
    query = {"asset": asset} | ({"house": "exclude"} if house else {})
    return {"title": title, "link": f"?{urlencode(query)}", "active": active}


def _age(seconds: float | None) -> str:
    return NOTHING if seconds is None else f"{seconds:.0f} s ago"
