"""The page of figures: how accounts stand, how their syncs went, what failed, and which changes wait."""

import json
from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from storage.admin.display import NOTHING, count_text
from wallet.venues.models import AddressStatus, SyncStatus
from wallet.venues.selectors.figures import DayOfSyncs, errors_by_code, failure_rate_percent, syncs_by_day
from wallet.venues.selectors.syncs import ExchangeFigures, analytics

RIGHT = "venues.view_exchangeaccount"
_COLORS = {"success": "#4caf7d", "partial": "#e0a030", "failed": "#c05f7a"}
_BAR = {"displayYAxis": True, "maxBarThickness": 26, "borderRadius": 3, "stack": "syncs"}


@permission_required(RIGHT, raise_exception=True)
def figures_page(request: HttpRequest) -> HttpResponse:
    """Sums alone: nobody's address and nobody's key is on it."""
    at = timezone.now()
    figures = analytics()
    context = {
        **admin.site.each_context(request),
        "title": "Exchange accounts",
        "cards": _cards(figures),
        "statuses": [(label, count_text(figures["accounts"][value])) for value, label in SyncStatus.choices],
        "exchanges": [_row(exchange) for exchange in figures["exchanges"]],
        "chart": _chart(syncs_by_day(at=at)),
        "errors": errors_by_code(at=at),
        "currencies": figures["currencies"],
    }
    return TemplateResponse(request, "admin/venues/figures.html", context)


def _cards(figures: dict[str, Any]) -> list[dict[str, Any]]:
    accounts, addresses, week = figures["accounts"], figures["addresses"], figures["syncs_7d"]
    ended = week["success"] + week["partial"] + week["failed"]
    waiting = addresses[AddressStatus.CHANGED.value]
    failing = accounts[SyncStatus.FAILED.value] + accounts[SyncStatus.BLOCKED.value]
    return [
        _card("Accounts", accounts["total"], f"of {count_text(accounts['users'])} users"),
        _card(
            "Failing or refused",
            failing,
            "the last sync failed, or the keys are refused" if failing else "none",
            tone="bad" if failing else "good",
        ),
        _card("Addresses", addresses["total"], f"active: {count_text(addresses['active'])}"),
        _card(
            "Changed, not confirmed",
            waiting,
            "wait for their users" if waiting else "none waits",
            tone="bad" if waiting else "good",
        ),
        _card(
            "Syncs, 7 days",
            week["total"],
            f"failed: {failure_rate_percent(failed=week['failed'], ended=ended)} % of those that ended",
        ),
    ]


def _card(title: str, count: int, note: str, *, tone: str = "") -> dict[str, Any]:
    return {"title": title, "value": count_text(count), "note": note, "tone": tone}


def _row(exchange: ExchangeFigures) -> dict[str, Any]:
    took = NOTHING if exchange.average_ms_24h is None else f"{count_text(exchange.average_ms_24h)} ms"
    counts = (exchange.accounts, exchange.active, exchange.failing, exchange.blocked, exchange.addresses)
    syncs = (exchange.syncs_24h, exchange.failed_24h)
    return {"name": exchange.name, "cells": [*map(count_text, (*counts, *syncs)), took]}


def _chart(days: list[DayOfSyncs]) -> str:
    """For Chart.js."""
    labels = [f"{one.day:%d} {one.day:%b}" for one in days]
    datasets = [
        {"label": outcome, "data": [getattr(one, outcome) for one in days], "backgroundColor": color, **_BAR}
        for outcome, color in _COLORS.items()
    ]
    return json.dumps({"labels": labels, "datasets": datasets})
