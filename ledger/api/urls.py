"""Addresses below /api/v1/."""

from django.urls import path

from ledger.api.views import BalancesView, LedgerExportView, LedgerView

urlpatterns = [
    path("balances", BalancesView.as_view()),
    path("ledger", LedgerView.as_view()),
    path("ledger/export", LedgerExportView.as_view()),
]
