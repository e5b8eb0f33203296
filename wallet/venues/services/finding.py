"""Accounts and addresses under lock, for whoever may change them. Somebody else's is as if it were not there.

Locks are taken in one order everywhere: the user where a number is bounded, then the account, then its addresses.
"""

from uuid import UUID

from django.utils import timezone

from wallet.venues.errors import DepositAddressNotFound, ExchangeAccountInactive, ExchangeAccountNotFound
from wallet.venues.models import DepositAddress, ExchangeAccount
from wallet.venues.selectors.accounts import is_usable


def locked_account(*, user_id: int, account_id: UUID) -> ExchangeAccount:
    """A user's account, with its exchange. Raises ExchangeAccountNotFound."""
    rows = ExchangeAccount.objects.select_for_update(no_key=True, of=("self",)).select_related("exchange", "user")
    account = rows.filter(pk=account_id, user_id=user_id, deleted_at=None).first()
    if account is None:
        raise ExchangeAccountNotFound
    return account


def found_account(*, user_id: int, account_id: UUID) -> ExchangeAccount:
    """The same without a lock, to ask the exchange with. Raises ExchangeAccountNotFound."""
    rows = ExchangeAccount.objects.select_related("exchange", "user")
    account = rows.filter(pk=account_id, user_id=user_id, deleted_at=None).first()
    if account is None:
        raise ExchangeAccountNotFound
    return account


def locked_address(*, user_id: int, address_id: UUID) -> tuple[ExchangeAccount, DepositAddress]:
    """A user's address and its account, both locked. Raises DepositAddressNotFound."""
    account_id = DepositAddress.objects.filter(pk=address_id, user_id=user_id).values_list("account", flat=True).first()
    if account_id is None:
        raise DepositAddressNotFound
    try:
        account = locked_account(user_id=user_id, account_id=account_id)
    except ExchangeAccountNotFound as error:
        raise DepositAddressNotFound from error
    rows = DepositAddress.objects.select_for_update(no_key=True).filter(pk=address_id, deleted_at=None)
    address = rows.first()
    if address is None:
        raise DepositAddressNotFound
    return account, address


def require_usable(account: ExchangeAccount) -> None:
    """Raises ExchangeAccountInactive where nothing may be asked in the account's name."""
    if not is_usable(account, at=timezone.now()):
        raise ExchangeAccountInactive


def is_same_owner_of_keys(asked_with: ExchangeAccount, now: ExchangeAccount) -> bool:
    """Whether the keys are still those an answer was fetched with: other keys may be another person's account there."""
    return asked_with.keys_changed_at == now.keys_changed_at
