"""What a client of another exchange can do; one for each account, isolated from all others.

Every method raises `wallet.venues.errors.ExchangeApiError` or a subclass of it, and nothing else. A client asks for a
network by name, always, and gives nothing that the exchange said of another one.
"""

from collections.abc import Sequence
from typing import Protocol, Self

from wallet.venues.core.fetched import ConnectionReport, FetchedAddresses, FetchedCurrency


class VenueClient(Protocol):
    """Used as an asynchronous context manager; within it several methods may run at once."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...

    async def test(self) -> ConnectionReport:
        """Reach the exchange with the account's keys, within 5 seconds, and learn what they may do."""
        ...

    async def currencies(self) -> dict[str, FetchedCurrency]:
        """All currencies, by code. Needs no keys."""
        ...

    async def deposit_addresses(self, currency: str, networks: Sequence[str] = ()) -> FetchedAddresses:
        """The account's deposit addresses of a currency, of these networks or of all that take deposits.

        Raises where the currency as a whole fails; what failed of single networks stands in the answer.
        """
        ...
