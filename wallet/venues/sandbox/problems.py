"""What an exchange can refuse. Each says it in words and with a status of its own; these are the reasons they share."""

from enum import StrEnum


class Problem(StrEnum):
    WRONG_KEY = "wrong_key"
    WRONG_SIGNATURE = "wrong_signature"
    WRONG_PASSPHRASE = "wrong_passphrase"
    IP_NOT_ALLOWED = "ip_not_allowed"
    PERMISSION_MISSING = "permission_missing"
    ACCOUNT_DISABLED = "account_disabled"
    NONCE_INVALID = "nonce_invalid"
    RATE_LIMITED = "rate_limited"
    MAINTENANCE = "maintenance"
    CURRENCY_UNKNOWN = "currency_unknown"
    NETWORK_UNKNOWN = "network_unknown"
    ADDRESS_PENDING = "address_pending"
    """None of the eight has an error for it: most answer without an address."""
    PATH_UNKNOWN = "path_unknown"


class Refused(Exception):
    """The exchange says no."""

    def __init__(self, problem: Problem, *, retry_after: int | None = None) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.retry_after = retry_after
        """Seconds, where whoever planned it wants others than the exchange's own."""


OF_KEYS = frozenset(
    {
        Problem.WRONG_KEY,
        Problem.WRONG_SIGNATURE,
        Problem.WRONG_PASSPHRASE,
        Problem.IP_NOT_ALLOWED,
        Problem.PERMISSION_MISSING,
        Problem.ACCOUNT_DISABLED,
        Problem.NONCE_INVALID,
    }
)
"""Only what is signed can be refused for these."""
OF_ADDRESSES = frozenset({Problem.CURRENCY_UNKNOWN, Problem.NETWORK_UNKNOWN, Problem.ADDRESS_PENDING})
"""Only who asks for an address meets these."""
