"""django-allauth's headless API for browsers, with our own views before its."""

from allauth.headless.constants import Client
from django.urls import include, path

from accounts.identity.views import EmailView, not_offered

urlpatterns = [
    path("browser/v1/account/email", EmailView.as_api_view(client=Client.BROWSER)),
    path("browser/v1/account/phone", not_offered),
    path("", include("allauth.headless.urls")),
]
