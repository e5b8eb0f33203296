"""Where we allow less than allauth's own views do."""

from http import HTTPStatus
from typing import Any, NoReturn

from allauth.account.internal.flows.manage_email import sync_user_email_address
from allauth.headless.account.views import ManageEmailView
from allauth.headless.internal.restkit.response import APIResponse
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase


class EmailView(ManageEmailView):
    """GET tells my address and whether it is verified, PUT sends the mail again.

    The address is the login: it changes by a service that writes down who did it, not by adding another one here.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in ("GET", "PUT"):
            return APIResponse(request, status=HTTPStatus.METHOD_NOT_ALLOWED)
        if request.user.is_authenticated:
            # Users whom staff or the demo made have no address of their own in allauth's table yet.
            sync_user_email_address(request.user)
        return super().dispatch(request, *args, **kwargs)


def not_offered(request: HttpRequest) -> NoReturn:
    """A part of allauth's API that stands for nothing here."""
    raise Http404
