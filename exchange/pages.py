"""The page that carries the React app, and what is shown where it cannot run."""

from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.http import require_safe

from exchange.page.manifest import current_build
from exchange.page.security import ADMIN_PREFIX, page_config
from matching.api.representations import market_json
from matching.selectors.cache import ShortCache
from matching.selectors.markets import list_markets

_markets = ShortCache[list[dict[str, object]]](seconds=2.0)


@require_safe
def page(request: HttpRequest, **_path: str) -> HttpResponse:
    """Every address of the page: which one it is, the app in it finds out by itself."""
    return _page(request)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's 404: the page, which says so in its own way; a line of text for who did not ask for a page."""
    is_reader = request.accepts("text/html") and not request.path_info.startswith((settings.STATIC_URL, "/ws/"))
    if request.path_info.startswith(ADMIN_PREFIX):
        return render(request, "message.html", {"title": "There is nothing at this address."}, status=404)
    if is_reader:
        return _page(request, status=404)
    return HttpResponse("There is nothing at this address.\n", status=404, content_type="text/plain; charset=utf-8")


def _page(request: HttpRequest, *, status: int = 200) -> HttpResponse:
    build = current_build()
    # The app sends it back with what it writes, so the cookie must be there before it asks anything.
    get_token(request)
    context: dict[str, Any] = {"markets": _listed(), "build": build}
    if build is not None:
        context["config"] = page_config(request, build.version)
    answer = render(request, "page.html" if build else "plain.html", context, status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _listed() -> list[dict[str, object]]:
    """What the plain page lists. The app asks for itself, so it is carried also while the database is away."""
    try:
        return _markets.get("all", lambda: [market_json(market) for market in list_markets()])
    except DatabaseError:
        return []
