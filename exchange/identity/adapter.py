"""Where identity meets the books: everybody who signs up can hold money at once."""

from accounts.identity.adapter import AccountAdapter
from accounts.models import User
from ledger.services import open_user_account


class ExchangeAccountAdapter(AccountAdapter):
    """There is no user without a ledger account: both are made in one database transaction."""

    def open_account(self, user: User) -> None:
        open_user_account(user=user)
