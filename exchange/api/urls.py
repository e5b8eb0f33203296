"""Version 1 of the API: what the apps offer, and what belongs to none of them."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from exchange.api.status import StatusView
from exchange.api.views import HealthView, TimeView

urlpatterns = [
    # First what is asked for most: a look-up costs as much as what stands before it.
    path("", include("marketdata.api.urls")),
    path("", include("matching.api.urls")),
    path("", include("wallet.venues.api.urls")),
    path("time", TimeView.as_view(), name="time"),
    path("health", HealthView.as_view(), name="health"),
    path("status", StatusView.as_view(), name="status"),
    path("", include("exchange.notices.api.urls")),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("", include("accounts.api.urls")),
    path("", include("ledger.api.urls")),
    path("", include("wallet.proofs.api.urls")),
    path("", include("wallet.api.urls")),
]
