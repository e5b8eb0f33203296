"""Django's middleware for people with a browser, which a signed API request passes by.

A signed request has no session, CSRF token or flash messages: its signature says who it is. Who sends a signature
header never gets a session looked up, so the two ways to sign in cannot be mixed in one request.
"""

from collections.abc import Awaitable

from django.contrib.auth.middleware import AuthenticationMiddleware as DjangoAuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware as DjangoMessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware as DjangoCsrfViewMiddleware
from django.utils.deprecation import MiddlewareMixin

from accounts.api.authentication import SIGNATURE_HEADER
from exchange.api.middleware import API_PREFIX


class SignedRequestsPassBy(MiddlewareMixin):
    """Put before a middleware class, it keeps signed API requests from it."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if SIGNATURE_HEADER in request.META and request.path_info.startswith(API_PREFIX):
            return self.get_response(request)
        return super().__call__(request)


class SessionMiddleware(SignedRequestsPassBy, DjangoSessionMiddleware):
    """`request.session`."""


class CsrfViewMiddleware(SignedRequestsPassBy, DjangoCsrfViewMiddleware):
    """The CSRF cookie, and its check for what is not the API; DRF checks it for sessions in the API."""


class AuthenticationMiddleware(SignedRequestsPassBy, DjangoAuthenticationMiddleware):
    """`request.user` by session."""


class MessageMiddleware(SignedRequestsPassBy, DjangoMessageMiddleware):
    """Flash messages of the admin."""
