"""Whose money a request is about. The views that ask are closed to who has not signed."""

from rest_framework.request import Request

from accounts.errors import AuthenticationRequired
from accounts.models import User
from ledger.selectors import account_id_of


def user_of(request: Request) -> User:
    """Raises AuthenticationRequired."""
    if not isinstance(request.user, User):
        raise AuthenticationRequired
    return request.user


def account_of(request: Request) -> int:
    """The id of the ledger account. Raises AuthenticationRequired, AccountMissing."""
    return account_id_of(user_of(request).pk)
