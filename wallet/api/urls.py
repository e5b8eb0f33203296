"""Addresses of funds below /api/v1/."""

from django.urls import include, path

urlpatterns = [
    path("", include("wallet.api.deposit_urls")),
    path("", include("wallet.api.withdrawal_urls")),
]
