"""How an operation is refused: nothing moves, and its outcome says why."""


class Refused(Exception):
    """Raised before anything moved. `code` goes into the outcome, `detail` as well, as text."""

    def __init__(self, code: str, **detail: str) -> None:
        self.code = code
        self.detail = detail
        super().__init__(code)


INSUFFICIENT_BALANCE = "INSUFFICIENT_BALANCE"
DUPLICATE_DEPOSIT = "DUPLICATE_DEPOSIT"
"""This output of this transaction was credited, or taken into suspense, before."""
DEPOSIT_CONTRADICTED = "DEPOSIT_CONTRADICTED"
"""The message says something else about a deposit than what was seen."""
TOO_FEW_CONFIRMATIONS = "TOO_FEW_CONFIRMATIONS"
"""Its block went away after the credit was asked for: it is asked for again once it is confirmed as often anew."""
WITHDRAWAL_CONTRADICTED = "WITHDRAWAL_CONTRADICTED"
TRANSITION_NOT_ALLOWED = "TRANSITION_NOT_ALLOWED"
LOCK_NOT_NEEDED = "LOCK_NOT_NEEDED"
"""Something else would be locked than what orders, withdrawals and held deposits need."""
UNKNOWN_ACCOUNT = "UNKNOWN_ACCOUNT"
UNKNOWN_RAIL = "UNKNOWN_RAIL"
UNKNOWN_DEPOSIT = "UNKNOWN_DEPOSIT"
UNKNOWN_WITHDRAWAL = "UNKNOWN_WITHDRAWAL"
ACCOUNT_CLOSED = "ACCOUNT_CLOSED"
WITHDRAWALS_FROZEN = "WITHDRAWALS_FROZEN"
ASSET_DISABLED = "ASSET_DISABLED"
