"""All addresses of the web process."""

from django.contrib import admin
from django.urls import include, path

from exchange.observability.exposition import metrics
from exchange.pages import index

urlpatterns = [
    path("api/v1/", include("exchange.api.urls")),
    path("", index, name="index"),
    path("_allauth/", include("accounts.identity.urls")),
    path("admin/", admin.site.urls),
    path("metrics", metrics, name="metrics"),
]
