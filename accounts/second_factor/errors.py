"""Refusals of second factors."""

from kernel.errors import BourseError


class SecondFactorRequired(BourseError):
    """A code is needed. `details.active` tells whether the user has an authenticator app to read one from; without
    one, it has to be activated first."""

    code = "SECOND_FACTOR_REQUIRED"
    status = 422
    message = "This needs two-factor authentication. Activate it in your settings first."

    def __init__(self, *, is_active: bool) -> None:
        text = "This needs the code of your authenticator app." if is_active else None
        super().__init__(text, details={"active": is_active})


class SecondFactorInvalid(BourseError):
    """The code is wrong, too old, or was used before (`details.used`)."""

    code = "SECOND_FACTOR_INVALID"
    status = 403
    message = "The code is wrong or too old."

    def __init__(self, *, was_used: bool = False) -> None:
        text = "This code was used already. Wait for the next one." if was_used else None
        super().__init__(text, details={"used": was_used})


class SecondFactorLocked(BourseError):
    """Too many wrong codes; even a right one is not looked at before `retry_after` seconds have passed."""

    code = "SECOND_FACTOR_LOCKED"
    status = 429
    message = "Too many wrong codes. Wait before you try again."

    def __init__(self, *, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__()


class SecondFactorActive(BourseError):
    """There is an authenticator app already. A new one is set up after the old one was deactivated."""

    code = "SECOND_FACTOR_ACTIVE"
    status = 409
    message = "Two-factor authentication is active already."


class SecondFactorNotActive(BourseError):
    """There is nothing to take away."""

    code = "SECOND_FACTOR_NOT_ACTIVE"
    status = 409
    message = "Two-factor authentication is not active."


class ActivationNotStarted(BourseError):
    """No secret waits for its first code in this session, or it has waited too long."""

    code = "ACTIVATION_NOT_STARTED"
    status = 409
    message = "The activation took too long. Start it again."


class EmailNotConfirmed(BourseError):
    """Whoever has not shown that the address is theirs could lock its owner out."""

    code = "EMAIL_NOT_CONFIRMED"
    status = 422
    message = "Confirm your e-mail address first."


class EmailCodeRequired(BourseError):
    """A code by e-mail is needed as well; `POST /wallet/email-codes` has one sent."""

    code = "EMAIL_CODE_REQUIRED"
    status = 422
    message = "This needs a code by e-mail as well. Have one sent to you first."


class EmailCodeInvalid(BourseError):
    """Not the code that was sent last for this, or used, or too old."""

    code = "EMAIL_CODE_INVALID"
    status = 403
    message = "The code from the e-mail is wrong or too old."


class EmailCodeTooSoon(BourseError):
    """Codes were sent a short while ago; the next one after `retry_after` seconds."""

    code = "EMAIL_CODE_TOO_SOON"
    status = 429
    message = "A code was sent a short while ago. Look for it first."

    def __init__(self, *, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__()
