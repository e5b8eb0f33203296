"""Addresses below /api/v1/. They come before those of single markets: a symbol may be two path segments long."""

from django.urls import path

import matching.api.symbols  # noqa: F401  registers the path converter
from marketdata.api import views

urlpatterns = [
    path("tickers", views.TickersView.as_view()),
    path("markets/<symbol:symbol>/depth", views.DepthView.as_view()),
    path("markets/<symbol:symbol>/trades", views.PublicTradesView.as_view()),
    path("markets/<symbol:symbol>/candles", views.CandlesView.as_view()),
    path("markets/<symbol:symbol>/ticker", views.TickerView.as_view()),
    path("markets/<symbol:symbol>/statistics", views.StatisticsView.as_view()),
]
