"""Addresses below /api/v1/."""

from django.urls import path

from ledger.api.views import BalancesView, LedgerView

urlpatterns = [
    path("balances", BalancesView.as_view()),
    path("ledger", LedgerView.as_view()),
]
