"""Exchange accounts on the staff pages."""

from wallet.venues.admin.accounts import ExchangeAccountAdmin, SupportedExchangeAdmin
from wallet.venues.admin.addresses import AddressMarkAdmin, DepositAddressAdmin
from wallet.venues.admin.logs import AddressActivityLogAdmin, AddressSyncLogAdmin

__all__ = [
    "AddressActivityLogAdmin",
    "AddressMarkAdmin",
    "AddressSyncLogAdmin",
    "DepositAddressAdmin",
    "ExchangeAccountAdmin",
    "SupportedExchangeAdmin",
]
