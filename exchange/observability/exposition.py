"""`GET /metrics`: all metrics of all processes, for Prometheus, and for nobody who comes through a proxy.

Numbers of trades and requests are nobody's business outside. So an address inside `METRICS_NETWORKS` (by default this
machine) is let in only if it asks directly: a forwarding header means that a proxy passed on somebody else's request.
Everyone else needs `METRICS_TOKEN`, and without it the page does not exist.
"""

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from accounts.addresses import is_inside, parse_networks
from exchange.observability.process_metrics import processes_registry
from exchange.observability.state import ExchangeState

_FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
    "HTTP_FORWARDED",
    "HTTP_VIA",
)


@csrf_exempt
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format; 404 for who may not see it."""
    if request.method not in ("GET", "HEAD") or not may_read_metrics(request):
        return HttpResponse("Not found.\n", status=404, content_type="text/plain")
    state = CollectorRegistry(auto_describe=False)
    state.register(ExchangeState())
    body = generate_latest(processes_registry(settings.METRICS_DIR)) + generate_latest(state)
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)


def may_read_metrics(request: HttpRequest) -> bool:
    """By token from anywhere; without one only from our own networks, and only directly."""
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if settings.METRICS_TOKEN and scheme.lower() == "bearer":
        return hmac.compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode())
    if any(name in request.META for name in _FORWARDED):
        return False
    return is_inside(request.META.get("REMOTE_ADDR", ""), parse_networks(tuple(settings.METRICS_NETWORKS)))
