"""Refusals of the ledger."""

from kernel.errors import BourseError


class InsufficientBalance(BourseError):
    """The account has less available than the operation needs."""

    code = "INSUFFICIENT_BALANCE"
    status = 422
    message = "The available balance is too low."


class IdempotencyConflict(BourseError):
    """A key that was used before came again with other content."""

    code = "IDEMPOTENCY_CONFLICT"
    status = 409
    message = "This idempotency key was used before with other content."


class UnknownAsset(BourseError):
    """No such asset is listed here."""

    code = "UNKNOWN_ASSET"
    status = 404
    message = "There is no such asset."


class AssetInvalid(BourseError):
    """An asset's fields are not acceptable; `details.fields` says which and why."""

    code = "ASSET_INVALID"
    status = 422
    message = "This asset cannot be."


class TooManyExports(BourseError):
    """As many exports are being written as may be at once; `details.limit` says whether of the account or of all."""

    code = "TOO_MANY_EXPORTS"
    status = 429
    message = "Other exports are still being written. Try again when they are done."
    retry_after = 5
