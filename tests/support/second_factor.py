"""An authenticator app as people have one, bound to a user by our own service."""

import time
from dataclasses import dataclass, field

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.utils import timezone

from accounts.models import User
from accounts.second_factor.enrolment import activate_second_factor
from accounts.second_factor.totp import STEP_SECONDS, code_of_step, new_secret, step_at

HURRY_SECONDS = 1.0


@dataclass(slots=True)
class App:
    """Codes of the steps that count now. The activation has used one, so `code()` is the next that is free."""

    secret: str
    recovery_codes: list[str] = field(default_factory=list)
    used: set[int] = field(default_factory=set)

    def code(self) -> str:
        """A code that is right and was not given out by this app before; there are two within 30 seconds."""
        present = _unhurried_step()
        step = next(step for step in (present, present + 1, present - 1) if step not in self.used)
        self.used.add(step)
        return code_of_step(self.secret, step)

    def wrong_code(self, number: int = 0) -> str:
        """One that is right at no step near now."""
        present = step_at(timezone.now())
        right = {code_of_step(self.secret, present + offset) for offset in range(-4, 5)}
        return next(code for code in (f"{number + guess:06}" for guess in range(20)) if code not in right)


def _unhurried_step() -> int:
    """The present step, which goes on for long enough that the code of the one before it can be used."""
    left = STEP_SECONDS - timezone.now().timestamp() % STEP_SECONDS
    if left < HURRY_SECONDS:
        time.sleep(left)
    return step_at(timezone.now())


def confirm_address(user: User) -> None:
    """As the link in the mail does."""
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


def activate_app(user: User, *, is_noted: bool = True) -> App:
    """Two-factor authentication of a user, active since now; with the code of the step that passes first.

    Where it is not noted it has been there for ever, as far as the history of accounts goes.
    """
    confirm_address(user)
    app = App(new_secret())
    if is_noted:
        step = _unhurried_step() - 1
        app.used.add(step)
        app.recovery_codes = activate_second_factor(user=user, secret=app.secret, code=code_of_step(app.secret, step))
    else:
        TOTP.activate(user, app.secret)
    return app
