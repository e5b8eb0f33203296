"""The one error shape and the one invariant check.

Every refusal in Bourse is a `BourseError`: a stable upper-case `code`, the HTTP `status` that code always has, a
sentence for people, and `details` for programs. REST and WebSocket render it alike; `docs/errors.md` is generated
from the subclasses, so a class is written once and documents itself.
"""

from collections.abc import Mapping
from typing import ClassVar, NoReturn

DetailValue = str | int | bool | None | list[str] | dict[str, str]


class BourseError(Exception):
    """A refusal with a stable code. Subclasses set `code`, `status` and `message`.

    `message` is shown to the client as it is, so it never carries a secret or another user's data.
    """

    code: ClassVar[str] = "INTERNAL_ERROR"
    status: ClassVar[int] = 500
    message: ClassVar[str] = "Something went wrong on our side. The request changed nothing."
    retry_after: int | None = None
    """Seconds after which a repeat makes sense; None where it does not."""

    def __init__(self, message: str | None = None, *, details: Mapping[str, DetailValue] | None = None) -> None:
        self.text = message or self.message
        self.details: dict[str, DetailValue] = dict(details or {})
        super().__init__(f"{self.code}: {self.text}")


class InvariantViolated(BourseError):
    """The program found its own state impossible. Nothing may be committed after it."""

    code = "INVARIANT_VIOLATED"
    status = 500
    message = "An internal check failed. The request changed nothing."


class NumberMalformed(BourseError):
    """Not a plain decimal string such as "12.5"; NaN, Infinity and exponents belong here."""

    code = "NUMBER_MALFORMED"
    status = 400
    message = 'Amounts are plain decimal strings such as "12.5".'


class NumberOutOfRange(BourseError):
    """More digits before the point than any amount here can have."""

    code = "NUMBER_OUT_OF_RANGE"
    status = 400
    message = "The number is too large."


class NumberNotPositive(BourseError):
    """Zero or negative where only a positive amount makes sense."""

    code = "NUMBER_NOT_POSITIVE"
    status = 400
    message = "The number must be greater than zero."


class TooManyDecimals(BourseError):
    """More digits after the point than the field or the asset has."""

    code = "TOO_MANY_DECIMALS"
    status = 400
    message = "The number has too many decimals."


def invariant(condition: object, what: str, **details: DetailValue) -> None:
    """Stop at once where `condition` does not hold; unlike `assert` it is never optimised away."""
    if not condition:
        _violate(what, details)


def _violate(what: str, details: dict[str, DetailValue]) -> NoReturn:
    raise InvariantViolated(what, details=details)
