"""Refusals of identity: who asks, with which key, from where, how often."""

from kernel.errors import BourseError


class SignatureMissing(BourseError):
    """Some of the three signature headers came, or they were unreadable, but not all of them well formed."""

    code = "SIGNATURE_MISSING"
    status = 401
    message = "A signed request carries X-Bourse-Key, X-Bourse-Timestamp and X-Bourse-Signature."


class SignatureInvalid(BourseError):
    """The signature does not fit, or the key does not exist: the answer does not tell which."""

    code = "SIGNATURE_INVALID"
    status = 401
    message = "The key or the signature is wrong."


class TimestampStale(BourseError):
    """The timestamp is outside the request's window, in the past or in the future."""

    code = "TIMESTAMP_STALE"
    status = 401
    message = "The timestamp is too far from the server's time."


class SignatureReplayed(BourseError):
    """A signature that was used before. Each attempt is signed anew, with a new timestamp."""

    code = "SIGNATURE_REPLAYED"
    status = 401
    message = "This signature was used before. Sign every attempt anew."


class ApiKeyRevoked(BourseError):
    """The signature is right and the key is no longer valid."""

    code = "API_KEY_REVOKED"
    status = 401
    message = "This API key was revoked."


class AuthenticationRequired(BourseError):
    """Neither a signature nor a session."""

    code = "AUTHENTICATION_REQUIRED"
    status = 401
    message = "Sign the request with an API key, or sign in."


class AccountInactive(BourseError):
    """The user may not sign in at all."""

    code = "ACCOUNT_INACTIVE"
    status = 403
    message = "This account is disabled."


class AccountClosed(BourseError):
    """A closed account can be read and nothing else."""

    code = "ACCOUNT_CLOSED"
    status = 403
    message = "This account is closed."


class ScopeMissing(BourseError):
    """The API key lacks the scope that the request needs; `details.scope` names it."""

    code = "SCOPE_MISSING"
    status = 403
    message = "The API key does not have the scope this needs."


class AddressNotAllowed(BourseError):
    """The API key may only be used from certain addresses, and this is none of them."""

    code = "IP_NOT_ALLOWED"
    status = 403
    message = "The API key may not be used from this address."


class SessionRequired(BourseError):
    """Something that a person decides after signing in, never a key: a key cannot make keys."""

    code = "SESSION_REQUIRED"
    status = 403
    message = "This needs a signed-in user. API keys cannot do it."


class CsrfFailed(BourseError):
    """A request with a session cookie came without the token that proves it comes from our page."""

    code = "CSRF_FAILED"
    status = 403
    message = "The CSRF token is missing or wrong."


class RateLimited(BourseError):
    """Too many requests by this key or from this address; repeat after `retry_after` seconds."""

    code = "RATE_LIMITED"
    status = 429
    message = "Too many requests."

    def __init__(self, *, retry_after: int, counted_by: str) -> None:
        """`retry_after` in seconds; `counted_by` names the limit that was reached: "key" or "address"."""
        self.retry_after = retry_after
        super().__init__(details={"limit": counted_by})


class ServiceUnavailable(BourseError):
    """Something the request needs cannot be reached: the database, or, for a write, Redis."""

    code = "SERVICE_UNAVAILABLE"
    status = 503
    message = "The service is not available at the moment. The request changed nothing."
    retry_after = 1


class AccountDataInvalid(BourseError):
    """A user's fields are not acceptable; `details` says which and why."""

    code = "ACCOUNT_DATA_INVALID"
    status = 400
    message = "Some of the account's data is not acceptable."


class AccountExists(BourseError):
    """The e-mail address or the user name is taken."""

    code = "ACCOUNT_EXISTS"
    status = 409
    message = "There is an account with this e-mail address or user name."


class ReasonMissing(BourseError):
    """Staff changed an account or the exchange without saying why."""

    code = "REASON_MISSING"
    status = 400
    message = "A change by staff needs a reason."


class LastSuperuser(BourseError):
    """After this nobody could decide any more who is staff."""

    code = "LAST_SUPERUSER"
    status = 409
    message = "One active superuser has to remain."


class ScopeUnknown(BourseError):
    """A scope that does not exist, or none at all."""

    code = "SCOPE_UNKNOWN"
    status = 400
    message = "A key needs at least one of the scopes read, trade, withdraw, and no other."


class AddressRangeInvalid(BourseError):
    """Not an address range in CIDR notation such as 203.0.113.0/24."""

    code = "IP_RANGE_INVALID"
    status = 400
    message = "Address ranges are written like 203.0.113.0/24 or 2001:db8::/32."


class ApiKeyLimitReached(BourseError):
    """The user has as many valid keys as one may have."""

    code = "API_KEY_LIMIT_REACHED"
    status = 409
    message = "You have as many API keys as one may have. Revoke one first."


class ApiKeyNotFound(BourseError):
    """No such key, or somebody else's."""

    code = "API_KEY_NOT_FOUND"
    status = 404
    message = "There is no such API key."


class FieldInvalid(BourseError):
    """Fields are missing or of the wrong type; `details` says which and why."""

    code = "FIELD_INVALID"
    status = 400
    message = "Some fields are missing or not acceptable."


class UnknownField(BourseError):
    """The body or the query has a name that this address does not know; `details.fields` lists them."""

    code = "UNKNOWN_FIELD"
    status = 400
    message = "The request has fields that do not exist here."
