"""All addresses of the web process."""

from django.contrib import admin
from django.urls import include, path, re_path

from exchange.pages import page

urlpatterns = [
    path("api/v1/", include("exchange.api.urls")),
    path("_allauth/", include("accounts.identity.urls")),
    path("", page, name="index"),
    path("trade/<symbol>", page),
    re_path(r"^(?:trade|orders|balances|api-keys|settings|sign-in|sign-up)$", page),
    re_path(r"^account/[^/]+(?:/[^/]+)?$", page),
    path("admin/", admin.site.urls),
]
handler404 = "exchange.pages.not_found"
