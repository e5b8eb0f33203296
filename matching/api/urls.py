"""Addresses below /api/v1/. The list of markets comes last: a symbol may be two path segments long."""

from django.urls import path

import matching.api.symbols  # noqa: F401  registers the path converter
from matching.api import history, views
from matching.api.batches import OrderBatchView
from matching.api.countdowns import CountdownView
from matching.api.fees import FeesView
from matching.api.placing import OcoView, ReplaceOrderView
from matching.api.preferences import PreferencesView

urlpatterns = [
    path("orders", views.OrdersView.as_view()),
    path("orders/oco", OcoView.as_view()),
    path("orders/batch", OrderBatchView.as_view()),
    path("orders/cancel-all-after", CountdownView.as_view()),
    path("orders/by-client-id/<str:client_order_id>", views.OrderByClientIdView.as_view()),
    path("orders/export", history.OrderExportView.as_view()),
    path("orders/<str:order_id>", views.OrderDetailView.as_view()),
    path("orders/<str:order_id>/replace", ReplaceOrderView.as_view()),
    path("account/trading", PreferencesView.as_view()),
    path("trades", history.FillsView.as_view()),
    path("trades/export", history.FillExportView.as_view()),
    path("fees", FeesView.as_view()),
    path("markets", views.MarketsView.as_view()),
    path("markets/<symbol:symbol>", views.MarketDetailView.as_view()),
]
