"""All addresses of the web process."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from exchange.observability.exposition import metrics
from exchange.pages import page

admin.autodiscover()

urlpatterns = [
    path("api/v1/", include("exchange.api.urls")),
    path("_allauth/", include("accounts.identity.urls")),
    path("", page, name="index"),
    path("trade/<symbol>", page),
    re_path(r"^(?:trade|orders|balances|api-keys|settings|sign-in|sign-up)$", page),
    re_path(r"^wallet(?:/(?:deposit|withdraw|transfer|addresses|exchanges)(?:/[^/]+)?)?$", page),
    path("proof-of-liabilities", page),
    re_path(r"^account/[^/]+(?:/[^/]+)?$", page),
    path("admin/", admin.site.urls),
    path("metrics", metrics, name="metrics"),
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}exchange/icon.svg")),
]
handler404 = "exchange.pages.not_found"
