"""Fee revenue: a table of assets by day, a chart of one asset, and the same as a file."""

import json
from collections.abc import Iterator
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import urlencode

from kernel.units import plain
from matching.fees.revenue import Revenue, read_revenue, revenue_rows
from storage.admin.display import amount_text

RIGHT = "matching.view_trade"
"""The right by which the overview shows fees as well."""
USUAL_DAYS = 30
MOST_DAYS = 366
"""On a page; a file may be of any length."""
_COLOR = "#e0a030"


@permission_required(RIGHT, raise_exception=True)
def revenue_page(request: HttpRequest) -> HttpResponse:
    """Days `from` to `to`, both included; without them the last 30."""
    first, last, complaint = _period(request)
    if (last - first).days >= MOST_DAYS:
        first = last - timedelta(days=MOST_DAYS - 1)
        complaint = f"The page shows {MOST_DAYS} days at the most: these are the last ones. The file has all of them."
    exclude_house = _excludes_house(request)
    revenue = read_revenue(first=first, last=last, exclude_house=exclude_house)
    asset = request.GET.get("asset", "")
    if asset not in revenue.assets:
        asset = revenue.assets[-1] if revenue.assets else ""
    query = _query(first, last, exclude_house, asset)
    context = {
        **admin.site.each_context(request),
        "title": "Fee revenue",
        "complaint": complaint,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "exclude_house": exclude_house,
        "asset": asset,
        "asset_links": [
            {"title": name, "link": _query(first, last, exclude_house, name), "active": name == asset}
            for name in revenue.assets
        ],
        "house_links": [
            {"title": "All trades", "link": _query(first, last, False, asset), "active": not exclude_house},
            {"title": "Without house", "link": _query(first, last, True, asset), "active": exclude_house},
        ],
        "chart": _chart(revenue, asset),
        "assets": revenue.assets,
        "totals": [amount_text(revenue.totals[name]) for name in revenue.assets],
        "rows": [
            {
                "day": day.isoformat(),
                "cells": [amount_text(revenue.by_day.get((day, name), Decimal(0))) for name in revenue.assets],
            }
            for day in reversed(revenue.days)
        ],
        "file_query": query,
    }
    return TemplateResponse(request, "admin/matching/fee_revenue.html", context)


@permission_required(RIGHT, raise_exception=True)
def revenue_file(request: HttpRequest) -> StreamingHttpResponse:
    """The same days as CSV: day, asset, fees; written while it is read."""
    first, last, _ = _period(request)
    response = StreamingHttpResponse(
        _lines(first, last, _excludes_house(request)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="fees_{first}_{last}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _lines(first: date, last: date, exclude_house: bool) -> Iterator[str]:
    """Symbols, dates and plain numbers need no quoting."""
    yield "day,asset,fees\r\n"
    for row in revenue_rows(first=first, last=last, exclude_house=exclude_house):
        yield f"{row.day},{row.asset},{plain(row.fees)}\r\n"


def _period(request: HttpRequest) -> tuple[date, date, str]:
    """The days asked for, or the usual ones and why."""
    today = timezone.now().astimezone(UTC).date()
    usual = today - timedelta(days=USUAL_DAYS - 1)
    texts = request.GET.get("from", ""), request.GET.get("to", "")
    try:
        last = date.fromisoformat(texts[1]) if texts[1] else today
        first = date.fromisoformat(texts[0]) if texts[0] else min(usual, last)
    except ValueError:
        return usual, today, "A day is written like 2026-01-31. These are the last 30 days."
    if not date(2000, 1, 1) <= first <= last <= date(2999, 12, 31):
        return usual, today, "The first day comes before the last one. These are the last 30 days."
    return first, last, ""


def _excludes_house(request: HttpRequest) -> bool:
    return request.GET.get("house") == "exclude"


def _query(first: date, last: date, exclude_house: bool, asset: str) -> str:
    house = {"house": "exclude"} if exclude_house else {}
    return f"?{urlencode({'from': str(first), 'to': str(last), 'asset': asset} | house)}"


def _chart(revenue: Revenue, asset: str) -> str:
    """For Chart.js. Amounts stay text here; the browser makes pixels of them."""
    bars: dict[str, Any] = {
        "label": f"{asset} fees",
        "data": [plain(revenue.by_day.get((day, asset), Decimal(0))) for day in revenue.days],
        "backgroundColor": _COLOR,
        "displayYAxis": True,
        "maxBarThickness": 26,
        "borderRadius": 3,
    }
    return json.dumps({"labels": [f"{day:%d} {day:%b}" for day in revenue.days], "datasets": [bars]})
