"""What is particular about each exchange that may keep our coins; found by measuring ccxt 4.5 against local far ends.

A custody account can be kept at these exchanges and at no other: what is not known about one would be found out with
customers' money.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from wallet.models import Rail
from wallet.rails.protocol import RailUnavailable


class CustodyMisconfigured(RailUnavailable):
    """A custody rail's settings lack something without which money could go astray; nothing was done."""

    code = "CUSTODY_MISCONFIGURED"
    status = 503
    message = "This payment network is not set up completely."


class AddressSource(Enum):
    """How an exchange is asked for the address of a network."""

    ONE = "fetch_deposit_address"
    ALL_NETWORKS = "fetch_deposit_addresses_by_network"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One exchange as a custodian."""

    ccxt_id: str
    needs_passphrase: bool = False
    address_source: AddressSource = AddressSource.ONE
    names_network: bool = True
    """Whether an address comes with its network; where not, its format is all there is to check."""
    has_combined_list: bool = False
    """Deposits and withdrawals come in one list."""
    has_stable_ids: bool = True
    """Whether a deposit has an id of the exchange from the first; else the chain's id is what names it."""
    takes_fee_from_amount: bool = False
    """Whether what arrives is the amount asked for less the network's fee."""
    payout_id_field: str = ""
    """Parameter of a withdrawal, and field of its report, that carries our id. None of them makes it idempotent."""
    needs_withdrawal_key: bool = False
    """Destinations are set up there by hand and are called by a name."""
    needs_deposit_method: bool = False
    """A network is called by a method there; without one it would silently give the first."""
    page_size: int = 100
    """Entries a list has at most; where it has as many, there may be more."""
    takes_page_size: bool = True
    """Whether the exchange itself is asked for that many; where not, ccxt would only cut its answer."""
    until_parameter: str = "until"
    failed_deposits: frozenset[str] = frozenset()
    """States of a deposit that say that it will not come, where ccxt passes on the exchange's own word."""


EXCHANGES: Final = {
    one.ccxt_id: one
    for one in (
        Exchange(
            "binance",
            page_size=1000,
            takes_fee_from_amount=True,
            payout_id_field="withdrawOrderId",
            # Rejected; wrong deposit.
            failed_deposits=frozenset({"2", "7"}),
        ),
        Exchange("coinbase", address_source=AddressSource.ALL_NETWORKS, has_combined_list=True, payout_id_field="idem"),
        Exchange(
            "kraken",
            names_network=False,
            takes_fee_from_amount=True,
            needs_withdrawal_key=True,
            needs_deposit_method=True,
            page_size=25,
            takes_page_size=False,
        ),
        Exchange("bitfinex", names_network=False, has_combined_list=True, until_parameter="end"),
        Exchange("htx", payout_id_field="client-order-id"),
        Exchange("kucoin", needs_passphrase=True, has_stable_ids=False),
        Exchange(
            "bybit",
            page_size=50,
            has_stable_ids=False,
            payout_id_field="requestId",
            failed_deposits=frozenset({"fail"}),
        ),
        Exchange("okx", needs_passphrase=True, payout_id_field="clientId"),
    )
}


def exchange_of(rail: Rail) -> Exchange:
    """Where a rail's custody account is. Raises CustodyMisconfigured."""
    found = EXCHANGES.get(str(rail.settings.get("exchange", "")))
    if found is None:
        raise CustodyMisconfigured(details={"setting": "exchange"})
    return found


def network_there(rail: Rail, network: str) -> str:
    """What ccxt calls one of our networks; the same name where `settings["networks"]` has no other."""
    return str(rail.settings.get("networks", {}).get(network, network))


def address_parameters(rail: Rail, asset: str, network: str) -> dict[str, Any]:
    """Parameters that make an exchange give the address of this network. Raises CustodyMisconfigured."""
    parameters: dict[str, Any] = {"network": network_there(rail, network)}
    if exchange_of(rail).needs_deposit_method:
        method = rail.settings.get("deposit_methods", {}).get(asset, {}).get(network)
        if not method:
            raise CustodyMisconfigured(details={"setting": f"deposit_methods.{asset}.{network}"})
        parameters["method"] = method
    return parameters


def payout_parameters(rail: Rail, *, network: str, address: str, tag: str, payout_id: str) -> dict[str, Any]:
    """Parameters of a withdrawal. Raises CustodyMisconfigured, before anything is sent."""
    exchange = exchange_of(rail)
    parameters: dict[str, Any] = {"network": network_there(rail, network)}
    if tag:
        parameters["tag"] = tag
    if exchange.payout_id_field:
        parameters[exchange.payout_id_field] = payout_id
    if exchange.needs_withdrawal_key:
        name = rail.settings.get("withdrawal_keys", {}).get(f"{address}:{tag}" if tag else address)
        if not name:
            raise CustodyMisconfigured("The destination is not set up at the exchange.", details={"address": address})
        parameters["key"] = name
    return parameters


def id_of_ours(exchange: Exchange, report: dict[str, Any]) -> str:
    """The id that one of the exchange's own withdrawals was given by who asked for it; empty where it has none."""
    info = report.get("info")
    field = exchange.payout_id_field
    return str(info.get(field) or "") if field and isinstance(info, dict) else ""


def names_our_payout(exchange: Exchange, report: dict[str, Any], *, payout_id: str, external_tx_id: str) -> bool:
    """Whether one of the exchange's own withdrawals is this payout: by our id, by its id, or by the chain's.

    An exchange may pay several withdrawals in one chain transaction, so one that carries another id is another one.
    """
    carried = id_of_ours(exchange, report)
    if carried:
        return carried == payout_id
    return bool(external_tx_id) and external_tx_id in (report.get("id"), report.get("txid"))
