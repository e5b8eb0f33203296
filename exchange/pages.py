"""Pages that Django renders by itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from matching.api.representations import market_json
from matching.selectors.markets import list_markets


def index(request: HttpRequest) -> HttpResponse:
    """The front door: what is traded here, and where everything is."""
    return render(request, "index.html", {"markets": [market_json(market) for market in list_markets()]})
