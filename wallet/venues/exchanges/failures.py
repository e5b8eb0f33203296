"""What each of ccxt's error classes, and each way of answering, means to us.

The texts of ccxt's errors carry the URL with its key and signature, and what the exchange repeated of them; none is
kept, and none is chained: the errors made here are raised outside of the `except` block that saw ccxt's.
"""

from dataclasses import dataclass

from wallet.venues import errors
from wallet.venues.errors import ExchangeApiError

MEANINGS: dict[str, type[ExchangeApiError]] = {
    "BaseError": errors.ExchangeApiError,
    "ExchangeError": errors.ExchangeApiError,
    "AuthenticationError": errors.ExchangeCredentialsInvalid,
    "PermissionDenied": errors.ExchangePermissionMissing,
    "AccountNotEnabled": errors.ExchangeFeatureMissing,
    "AccountSuspended": errors.ExchangeAccountDisabled,
    "ArgumentsRequired": errors.ExchangeApiError,
    "BadRequest": errors.ExchangeApiError,
    "BadSymbol": errors.CurrencyNotSupported,
    "OperationRejected": errors.ExchangeApiError,
    "NoChange": errors.ExchangeApiError,
    "MarginModeAlreadySet": errors.ExchangeApiError,
    "MarketClosed": errors.ExchangeApiError,
    "ManualInteractionNeeded": errors.ExchangeAccountDisabled,
    "RestrictedLocation": errors.ExchangeFeatureMissing,
    "InsufficientFunds": errors.ExchangeApiError,
    "InvalidAddress": errors.ExchangeAddressInvalid,
    "AddressPending": errors.AddressPending,
    "InvalidOrder": errors.ExchangeApiError,
    "OrderNotFound": errors.ExchangeApiError,
    "OrderNotCached": errors.ExchangeApiError,
    "OrderImmediatelyFillable": errors.ExchangeApiError,
    "OrderNotFillable": errors.ExchangeApiError,
    "DuplicateOrderId": errors.ExchangeApiError,
    "ContractUnavailable": errors.ExchangeApiError,
    "NotSupported": errors.ExchangeFeatureMissing,
    "InvalidProxySettings": errors.ExchangeApiError,
    "ExchangeClosedByUser": errors.ExchangeUnavailable,
    "OperationFailed": errors.ExchangeUnavailable,
    "NetworkError": errors.ExchangeUnavailable,
    "DDoSProtection": errors.ExchangeRateLimited,
    "RateLimitExceeded": errors.ExchangeRateLimited,
    "ExchangeNotAvailable": errors.ExchangeUnavailable,
    "OnMaintenance": errors.ExchangeMaintenance,
    "InvalidNonce": errors.ExchangeClockSkewed,
    "ChecksumError": errors.ExchangeApiError,
    "RequestTimeout": errors.ExchangeTimeout,
    "BadResponse": errors.ExchangeApiError,
    "NullResponse": errors.ExchangeApiError,
    "CancelPending": errors.ExchangeApiError,
    "UnsubscribeError": errors.ExchangeApiError,
}
MALFORMED = "BadResponse"
"""ccxt's name for an answer of the wrong form; it surfaces under a dozen others."""
_REQUEST_TIMEOUT, _TEAPOT_BAN, _TOO_MANY, _PROXY_LOGIN, _NETWORK_LOGIN = 408, 418, 429, 407, 511
_RETRIED_FOR = frozenset(
    {errors.ExchangeUnavailable, errors.ExchangeRateLimited, errors.ExchangeMaintenance, errors.ExchangeClockSkewed,
     errors.ExchangeTimeout}
)  # fmt: skip
_TROUBLE = frozenset({errors.ExchangeUnavailable, errors.ExchangeMaintenance, errors.ExchangeTimeout})


@dataclass(slots=True)
class Exchanged:
    """One request on the wire: what came back so far."""

    status: int | None = None
    is_json: bool = False
    """Whether the body was a JSON object or list with something in it."""
    is_refusal: bool = False
    """Whether the answer is a refusal that ccxt would take for a good answer."""
    retry_after: int | None = None


def meaning_of(kind: type[BaseException]) -> type[ExchangeApiError]:
    """Our error for a class of ccxt's, or for one derived from it."""
    for each in kind.__mro__:
        if each.__name__ in MEANINGS:
            return MEANINGS[each.__name__]
    return errors.ExchangeApiError


def failure_of(error: BaseException, *, exchange: str, currency: str, exchanged: Exchanged) -> ExchangeApiError:
    """Our error for one that ccxt, or Python below it, raised while a request was made and read."""
    if isinstance(error, ExchangeApiError):
        return error
    name = type(error).__name__ if type(error).__name__ in MEANINGS else "ExchangeError"
    meaning = meaning_of(type(error))
    status = exchanged.status
    if status in (_TOO_MANY, _TEAPOT_BAN):
        meaning = errors.ExchangeRateLimited
    elif status in (_PROXY_LOGIN, _NETWORK_LOGIN):
        meaning = errors.ExchangeApiError  # something between us and the exchange; the user's keys are not at fault
    elif name == "ExchangeNotAvailable" and _is_final(status):
        meaning = errors.ExchangeApiError
    elif status is not None and status < 300 and not exchanged.is_json:
        name, meaning = MALFORMED, errors.ExchangeApiError
    return meaning.at(exchange, currency=currency, exchange_error=name, retry_after=exchanged.retry_after or None)


def malformed(*, exchange: str, currency: str) -> ExchangeApiError:
    """The answer is HTML, cut off, empty, or lacks what it must have."""
    return errors.ExchangeApiError.at(exchange, currency=currency, exchange_error=MALFORMED)


def may_pass(error: BaseException) -> bool:
    """Whether the same request is worth another attempt."""
    return type(error) in _RETRIED_FOR


def is_trouble(error: BaseException) -> bool:
    """Whether the exchange itself, and not one account there, fails."""
    return type(error) in _TROUBLE


def _is_final(status: int | None) -> bool:
    """ccxt calls every refusal it does not recognise "not available"; the same request would be refused again."""
    return status is not None and 300 <= status < 500 and status != _REQUEST_TIMEOUT
