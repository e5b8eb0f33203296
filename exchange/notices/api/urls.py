"""Addresses below /api/v1/."""

from django.urls import path

from exchange.notices.api.views import NoticesView

urlpatterns = [path("notices", NoticesView.as_view())]
