"""django-allauth's headless API for browsers, with our own views before its."""

from allauth.headless.constants import Client
from django.urls import include, path

from accounts.identity.second_factor import AuthenticatorView, ConfirmCodeView, RecoveryCodesView, SignInCodeView
from accounts.identity.views import EmailView, not_offered

urlpatterns = [
    path("browser/v1/auth/2fa/authenticate", SignInCodeView.as_api_view(client=Client.BROWSER)),
    path("browser/v1/auth/2fa/reauthenticate", ConfirmCodeView.as_api_view(client=Client.BROWSER)),
    path("browser/v1/account/authenticators/totp", AuthenticatorView.as_api_view(client=Client.BROWSER)),
    path("browser/v1/account/authenticators/recovery-codes", RecoveryCodesView.as_api_view(client=Client.BROWSER)),
    path("browser/v1/account/authenticators", not_offered),
    path("browser/v1/account/email", EmailView.as_api_view(client=Client.BROWSER)),
    path("browser/v1/account/phone", not_offered),
    path("", include("allauth.headless.urls")),
]
