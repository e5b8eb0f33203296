"""What a sync asks for: which currencies, and of each which networks."""

from collections import defaultdict
from collections.abc import Sequence

from kernel.errors import BourseError
from wallet.venues.errors import CurrencyNotSupported, ExchangeFeatureMissing, ExchangeNetworkNotSupported
from wallet.venues.models import AddressStatus, AddressSyncLog, DepositAddress, ExchangeAccount, SyncType

Plan = dict[str, list[str]]
"""Currency to networks, by our names; none: all that the exchange has."""


def plan_of(account: ExchangeAccount, sync: AddressSyncLog) -> Plan:
    """The currencies a sync is about, those first of which addresses are known, and for each the networks to ask for.

    Full: all that the exchange takes deposits of. Incremental: what addresses are known of. Single: what was named.
    """
    known = _known(account)
    if sync.type == SyncType.INCREMENTAL:
        return {currency: sorted(networks) for currency, networks in sorted(known.items())}
    offered = _offered(account)
    wanted: Sequence[str] = sync.currencies
    if sync.type == SyncType.FULL:
        wanted = [*sorted(known), *sorted(offered.keys() - known.keys())]
    return {
        currency: sorted({*offered[currency], *known.get(currency, ())}) if currency in offered else []
        for currency in wanted
    }


def is_nothing_to_report(account: ExchangeAccount, error: BourseError, *, currency: str, network: str = "") -> bool:
    """Whether a refusal only says that there is nothing, where nothing the exchange ever gave is known either."""
    if not isinstance(error, (CurrencyNotSupported, ExchangeNetworkNotSupported, ExchangeFeatureMissing)):
        return False
    given = DepositAddress.objects.filter(account=account, currency=currency, is_manual=False, deleted_at=None)
    if network:
        given = given.filter(network=network)
    return not given.filter(status__in=(AddressStatus.CURRENT, AddressStatus.CHANGED)).exists()


def _known(account: ExchangeAccount) -> dict[str, set[str]]:
    known: dict[str, set[str]] = defaultdict(set)
    rows = DepositAddress.objects.filter(account=account, deleted_at=None)
    for currency, network in rows.values_list("currency", "network").distinct():
        known[currency].add(network)
    return known


def _offered(account: ExchangeAccount) -> dict[str, list[str]]:
    """What the exchange takes deposits of, as it said last."""
    offered = {}
    for currency, about in account.exchange.currencies.items():
        networks = (about or {}).get("networks") or {}
        open_ones = [network for network, terms in networks.items() if (terms or {}).get("deposit") is not False]
        if open_ones or not networks:
            offered[currency] = open_ones
    return offered
