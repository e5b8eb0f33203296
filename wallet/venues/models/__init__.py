"""Tables of exchange accounts and deposit addresses."""

from wallet.venues.models.accounts import AccountKind as AccountKind
from wallet.venues.models.accounts import ExchangeAccount as ExchangeAccount
from wallet.venues.models.accounts import SupportedExchange as SupportedExchange
from wallet.venues.models.accounts import SyncStatus as SyncStatus
from wallet.venues.models.addresses import AddressMark as AddressMark
from wallet.venues.models.addresses import AddressStatus as AddressStatus
from wallet.venues.models.addresses import DepositAddress as DepositAddress
from wallet.venues.models.addresses import Listing as Listing
from wallet.venues.models.answers import GivenAnswer as GivenAnswer
from wallet.venues.models.logs import Activity as Activity
from wallet.venues.models.logs import AddressActivityLog as AddressActivityLog
from wallet.venues.models.logs import AddressSyncLog as AddressSyncLog
from wallet.venues.models.logs import SyncOutcome as SyncOutcome
from wallet.venues.models.logs import SyncTrigger as SyncTrigger
from wallet.venues.models.logs import SyncType as SyncType
