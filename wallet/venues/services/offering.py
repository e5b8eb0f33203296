"""What an exchange takes deposits of, as a full sync needs to know it: from what is kept, or asked anew once a day."""

from datetime import datetime, timedelta

from wallet.venues.errors import ExchangeApiError
from wallet.venues.models import ExchangeAccount
from wallet.venues.services.asking import fetch_currencies
from wallet.venues.services.catalogue import remember_currencies

KEPT_FOR = timedelta(days=1)


def learn_currencies(account: ExchangeAccount, *, at: datetime) -> None:
    """Have `account.exchange.currencies` be of today. Called outside of database transactions.

    Some exchanges tell their networks to accounts alone, so the account's own client asks. What a sandbox says is kept
    only where nothing else is known. Where the exchange does not answer, what is known will do. Raises ExchangeApiError
    and its subclasses where nothing is, and where the keys are refused.
    """
    exchange = account.exchange
    if exchange.currencies and exchange.currencies_at is not None and at - exchange.currencies_at < KEPT_FOR:
        return
    try:
        told = fetch_currencies(account)
    except ExchangeApiError as error:
        if not exchange.currencies or error.blocks_account:
            raise
        return
    if not told:
        return
    if not account.is_sandbox or not exchange.currencies:
        remember_currencies(exchange.pk, told)
    exchange.currencies = {
        code: {"networks": {each.network: {"deposit": each.can_deposit} for each in currency.networks}}
        for code, currency in told.items()
    }
