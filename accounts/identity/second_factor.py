"""The second factor on the page, at the addresses where allauth has it: every code goes through our one service.

allauth's own views would count guesses and used codes in Redis, keep the secret that waits for its first code in the
clear, and show recovery codes to whoever has the session.
"""

import time
from http import HTTPStatus
from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.headless.base.response import AuthenticationResponse
from allauth.headless.base.views import AuthenticatedAPIView
from allauth.headless.internal.restkit import inputs
from allauth.headless.internal.restkit.response import APIResponse
from allauth.headless.mfa import views as allauth_views
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import post_authentication
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from accounts.second_factor.adapter import seal, unseal
from accounts.second_factor.enrolment import activate_second_factor, deactivate_second_factor, renew_recovery_codes
from accounts.second_factor.errors import ActivationNotStarted, EmailNotConfirmed, SecondFactorActive
from accounts.second_factor.models import Purpose
from accounts.second_factor.selectors import (
    count_recovery_codes,
    find_totp,
    has_second_factor,
    may_activate,
    withdrawals_held_until,
)
from accounts.second_factor.services import verify_second_factor
from accounts.second_factor.totp import new_secret

PENDING = "second_factor_pending"
PENDING_SECONDS = 15 * 60


class CodeInput(inputs.Input):
    code = inputs.CharField(max_length=40)


class SignInCodeView(allauth_views.AuthenticateView):
    """POST auth/2fa/authenticate: `code`, after the password."""

    input_class = CodeInput

    def get_input_kwargs(self) -> dict[str, Any]:
        return {}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = self.stage.login.user
        verify_second_factor(user=user, code=self.input.cleaned_data["code"], purpose=Purpose.SIGN_IN)
        post_authentication(request, find_totp(user=user))
        answer: HttpResponse = self.respond_next_stage()
        return answer


class ConfirmCodeView(AuthenticatedAPIView):
    """POST auth/2fa/reauthenticate: a code in place of the password, where that is asked for again."""

    input_class = CodeInput

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = _person(request)
        verify_second_factor(user=user, code=self.input.cleaned_data["code"], purpose=Purpose.SIGN_IN)
        post_authentication(request, find_totp(user=user), reauthenticated=True)
        return AuthenticationResponse(request)


class AuthenticatorView(AuthenticatedAPIView):
    """account/authenticators/totp: GET how it stands, PUT begin, POST `code` to activate, DELETE with a last `code`."""

    input_class = {"POST": CodeInput, "DELETE": CodeInput}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whether it is active, and until when withdrawals wait."""
        user = _person(request)
        totp = find_totp(user=user)
        held_until = withdrawals_held_until(user)
        return APIResponse(
            request,
            data={
                "active_since": totp and totp.created_at.isoformat(),
                "recovery_codes_left": count_recovery_codes(user=user),
                "withdrawals_held_until": held_until and held_until.isoformat(),
            },
        )

    def put(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A new secret to be shown once; asks for the password again where that is long ago.

        Raises SecondFactorActive, EmailNotConfirmed.
        """
        user = _person(request)
        if has_second_factor(user=user):
            raise SecondFactorActive
        if not may_activate(user=user):
            raise EmailNotConfirmed
        raise_if_reauthentication_required(request, app="allauth.mfa")
        secret = new_secret()
        request.session[PENDING] = {"secret": seal(secret, _place(user)), "at": time.time()}
        adapter = get_adapter()
        url = adapter.build_totp_url(user, secret)
        return _shown_once(request, {"secret": secret, "url": url, "svg": adapter.build_totp_svg(url)})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Activate with the first code. Raises ActivationNotStarted, and what `activate_second_factor` does."""
        user = _person(request)
        pending = request.session.get(PENDING)
        if pending is None or time.time() - pending["at"] > PENDING_SECONDS:
            raise ActivationNotStarted
        secret = unseal(pending["secret"], _place(user))
        codes = activate_second_factor(user=user, secret=secret, code=self.input.cleaned_data["code"])
        del request.session[PENDING]
        return _shown_once(request, {"recovery_codes": codes})

    def delete(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Raises as `deactivate_second_factor`."""
        deactivate_second_factor(user=_person(request), code=self.input.cleaned_data["code"])
        return APIResponse(request)


class RecoveryCodesView(AuthenticatedAPIView):
    """POST account/authenticators/recovery-codes: new ones, for a `code`. The old ones are not to be seen again."""

    input_class = {"POST": CodeInput}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        codes = renew_recovery_codes(user=_person(request), code=self.input.cleaned_data["code"])
        return _shown_once(request, {"recovery_codes": codes})


def _shown_once(request: HttpRequest, data: dict[str, Any]) -> HttpResponse:
    answer: HttpResponse = APIResponse(request, data=data, status=HTTPStatus.OK)
    answer["Cache-Control"] = "no-store"
    return answer


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _place(user: User) -> bytes:
    """A secret that waits in one user's session is of no use in another's."""
    return f"pending second factor of {user.pk}".encode()
