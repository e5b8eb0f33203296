"""Refusals about exchange accounts and their addresses; and one for each way in which an exchange can fail us.

`details` of the `EXCHANGE_…` ones is {exchange, currency, exchange_error, retry_after}: `exchange_error` is the name of
ccxt's error class alone, as its text may repeat keys, signatures and addresses.
"""

from typing import ClassVar, Self

from kernel.errors import BourseError


class ExchangeApiError(BourseError):
    """The exchange failed us in a way nobody recognises, or answered in a form it should not. Base of all others."""

    code = "EXCHANGE_API_ERROR"
    status = 502
    message = "The exchange gave an answer that could not be used."
    is_retryable: ClassVar[bool] = False
    """Whether asking again later, with nothing changed, may help."""
    blocks_account: ClassVar[bool] = False
    """Whether nothing may be asked again before the user has done something about the keys."""

    @classmethod
    def at(cls, exchange: str, *, currency: str = "", exchange_error: str = "", retry_after: int | None = None) -> Self:
        """`exchange` is its public id; `retry_after` in seconds, the class's own where none is given."""
        seconds = retry_after if retry_after is not None else cls.retry_after
        error = cls(
            details={
                "exchange": exchange,
                "currency": currency,
                "exchange_error": exchange_error,
                "retry_after": seconds,
            }
        )
        error.retry_after = seconds
        return error


class ExchangeCredentialsInvalid(ExchangeApiError):
    """The key, the secret or the passphrase is wrong, or the key has expired or is bound to other addresses."""

    code = "EXCHANGE_CREDENTIALS_INVALID"
    status = 422
    message = "The exchange does not accept these keys."
    blocks_account = True


class ExchangePermissionMissing(ExchangeApiError):
    """The key is good and may not do this."""

    code = "EXCHANGE_PERMISSION_MISSING"
    status = 422
    message = "The key may not do this at the exchange. Give it the permission to read, and no other."
    blocks_account = True


class ExchangeAccountDisabled(ExchangeApiError):
    """The exchange has suspended the account."""

    code = "EXCHANGE_ACCOUNT_DISABLED"
    status = 422
    message = "The exchange has suspended this account."
    blocks_account = True


class ExchangeKeysExpired(ExchangeApiError):
    """The keys' own end has come, as their user told us; the exchange is not asked."""

    code = "EXCHANGE_KEYS_EXPIRED"
    status = 422
    message = "These keys have expired. Give new ones."
    blocks_account = True


class ExchangeRateLimited(ExchangeApiError):
    """The exchange's own limit, or ours for this user and exchange, is reached."""

    code = "EXCHANGE_RATE_LIMITED"
    status = 429
    message = "The exchange has been asked too often. Try again later."
    retry_after = 30
    is_retryable = True


class ExchangeUnavailable(ExchangeApiError):
    """The exchange is not reached, or is in trouble and is left alone for a while."""

    code = "EXCHANGE_UNAVAILABLE"
    status = 503
    message = "The exchange cannot be reached at the moment."
    retry_after = 30
    is_retryable = True


class ExchangeTimeout(ExchangeApiError):
    """The exchange took too long to answer."""

    code = "EXCHANGE_TIMEOUT"
    status = 504
    message = "The exchange took too long to answer."
    retry_after = 10
    is_retryable = True


class ExchangeMaintenance(ExchangeApiError):
    """The exchange says that it is being maintained."""

    code = "EXCHANGE_MAINTENANCE"
    status = 503
    message = "The exchange is under maintenance."
    retry_after = 300
    is_retryable = True


class ExchangeClockSkewed(ExchangeApiError):
    """The exchange refused the moment or the number a request carried."""

    code = "EXCHANGE_NONCE_INVALID"
    status = 503
    message = "The exchange did not accept the time of our request. Try again."
    retry_after = 5
    is_retryable = True


class ExchangeFeatureMissing(ExchangeApiError):
    """The exchange, or this kind of account there, has no such function."""

    code = "EXCHANGE_FEATURE_MISSING"
    status = 422
    message = "This exchange does not offer that."


class CurrencyNotSupported(ExchangeApiError):
    """The exchange does not know the currency, or takes no deposits of it."""

    code = "CURRENCY_NOT_SUPPORTED"
    status = 422
    message = "The exchange does not take deposits of this currency."


class ExchangeNetworkNotSupported(ExchangeApiError):
    """The exchange does not take the currency over that network."""

    code = "EXCHANGE_NETWORK_NOT_SUPPORTED"
    status = 422
    message = "The exchange does not take this currency over that network."


class ExchangeNetworkMismatch(ExchangeApiError):
    """The exchange answered with an address of another network than was asked for; it was not kept."""

    code = "EXCHANGE_NETWORK_MISMATCH"
    status = 502
    message = "The exchange answered with an address of another network. It was not stored."


class ExchangeAddressInvalid(ExchangeApiError):
    """What the exchange gave is no address of that network; it was not kept."""

    code = "EXCHANGE_ADDRESS_INVALID"
    status = 502
    message = "The exchange answered with something that is no address of that network. It was not stored."


class AddressPending(ExchangeApiError):
    """The exchange is making the address."""

    code = "ADDRESS_PENDING"
    status = 503
    message = "The exchange is preparing this address. Try again in a minute."
    retry_after = 60
    is_retryable = True


class ExchangeNotSupported(BourseError):
    """No such exchange here, or it is switched off."""

    code = "EXCHANGE_NOT_SUPPORTED"
    status = 404
    message = "This exchange is not supported."


class ExchangeAccountNotFound(BourseError):
    """No such exchange account, or somebody else's."""

    code = "EXCHANGE_ACCOUNT_NOT_FOUND"
    status = 404
    message = "There is no such exchange account."


class ExchangeAccountExists(BourseError):
    """The user has an account of this name at this exchange."""

    code = "EXCHANGE_ACCOUNT_EXISTS"
    status = 409
    message = "You have an account of this name at this exchange."


class ExchangeAccountInactive(BourseError):
    """The account is switched off, or its keys were refused; nothing is asked in its name."""

    code = "EXCHANGE_ACCOUNT_INACTIVE"
    status = 422
    message = "This exchange account is not active."


class TooManyExchangeAccounts(BourseError):
    """As many accounts as a user may connect; `details` has `limit`."""

    code = "TOO_MANY_EXCHANGE_ACCOUNTS"
    status = 422
    message = "You have connected as many exchange accounts as one may have."


class DepositAddressNotFound(BourseError):
    """No such deposit address, or somebody else's."""

    code = "DEPOSIT_ADDRESS_NOT_FOUND"
    status = 404
    message = "There is no such deposit address."


class DepositAddressExists(BourseError):
    """The account has this very address already."""

    code = "DEPOSIT_ADDRESS_EXISTS"
    status = 409
    message = "This address is there already."


class AddressBlocked(BourseError):
    """The address is on the user's, or on our own, list of addresses not to be used."""

    code = "ADDRESS_BLOCKED"
    status = 422
    message = "This address is blocked."


class AddressNotConfirmed(BourseError):
    """The address came in place of another; it cannot be made active before it is confirmed."""

    code = "ADDRESS_NOT_CONFIRMED"
    status = 409
    message = "This address has changed. Compare it with the one your exchange shows, and confirm it first."


class SyncRunning(BourseError):
    """A sync of this account is under way; `details.sync_id` says which."""

    code = "SYNC_RUNNING"
    status = 409
    message = "This account is being synced already."


class SyncInterrupted(BourseError):
    """A sync ended before it was through: its process died, or its account was changed meanwhile."""

    code = "SYNC_INTERRUPTED"
    status = 409
    message = "The sync was interrupted. What it had found by then was kept."


class RequestUnderWay(BourseError):
    """The request of this idempotency key is being carried out; its repeat has the result once that is done."""

    code = "REQUEST_UNDER_WAY"
    status = 409
    message = "This request is being carried out. Repeat it in a moment."
