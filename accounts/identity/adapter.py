"""What django-allauth asks us: how a user is made, which names are free, where a request comes from, how mail goes.

allauth has the flows, their limits and their JSON; every write to a user goes through `accounts.services`, so it
leaves its `AccountChange` like any other.
"""

import logging
import re
from http import HTTPStatus
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.headless.adapter import DefaultHeadlessAdapter
from allauth.headless.internal.restkit.response import APIResponse
from django.db import transaction
from django.http import HttpRequest

from accounts.addresses import UNKNOWN, client_address
from accounts.errors import AccountDataInvalid, AccountExists
from accounts.models import User
from accounts.services import change_password, register_user

logger = logging.getLogger(__name__)

RESERVED_NAMES = re.compile(r"(house|bourse|staff|admin|support|system)([-_.+@].*)?", re.IGNORECASE)
"""Names that would make others believe that the exchange itself is speaking."""


class AccountAdapter(DefaultAccountAdapter):
    """Users are made, and get new passwords, by our services alone."""

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> User:
        """The registered user; answers 400 where the name or the address was taken a moment ago."""
        asked = form.cleaned_data
        try:
            with transaction.atomic():
                registered = register_user(email=asked["email"], username=asked["username"], password=asked["password"])
                self.open_account(registered)
        except AccountExists as error:
            raise refused(request, [{"code": "account_exists", "message": error.text}]) from error
        except AccountDataInvalid as error:
            found = [
                {"code": "invalid", "message": text, "param": field}
                for field, texts in error.details.items()
                if isinstance(texts, list)
                for text in texts
            ]
            raise refused(request, found) from error
        return registered

    def open_account(self, user: User) -> None:
        """Called in the database transaction that makes a user, for what must never be missing from one."""

    def clean_username(self, username: str, shallow: bool = False) -> str:
        cleaned: str = super().clean_username(username, shallow=shallow)
        if RESERVED_NAMES.fullmatch(cleaned):
            raise self.validation_error("username_blacklisted")
        return cleaned

    def set_password(self, user: Any, password: str) -> None:
        change_password(user=user, password=password, by=user)

    def reauthenticate(self, user: Any, password: str) -> bool:
        """By the address, which is the login here; allauth would try the user name."""
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def get_client_ip(self, request: HttpRequest) -> str:
        address = client_address(request)
        # A unix socket without a trusted proxy in front: one address for all, so they share their limits.
        return "0.0.0.0" if address == UNKNOWN else address

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that is away must not undo a sign-up, nor tell strangers whom a mail would have gone to."""
        try:
            super().send_mail(template_prefix, email, context)
        except (SMTPException, OSError) as error:
            logger.error("mail %s was not sent: %s", template_prefix, type(error).__name__)


class HeadlessAdapter(DefaultHeadlessAdapter):
    """What the page learns about a user while signing in; internal ids stay here."""

    def serialize_user(self, user: Any) -> dict[str, Any]:
        return {
            "username": user.username,
            "display": user.username,
            "email": user.email,
            "has_usable_password": user.has_usable_password(),
        }


def refused(request: HttpRequest, errors: list[dict[str, str]]) -> ImmediateHttpResponse:
    """Ends a flow with a 400 in allauth's own shape; `param` names the field that an error is about."""
    return ImmediateHttpResponse(APIResponse(request, errors=errors, status=HTTPStatus.BAD_REQUEST))
