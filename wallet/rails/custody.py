"""A custody account at another exchange, through ccxt: its deposits are ours, its withdrawals are our payouts.

A payout is not idempotent there, whatever id it carries, so it is sent once and never again; what became of it is
found in the exchange's own list, by its id or by ours, and where it is not found staff decide.

Users behind one account are told apart by addresses of their own (`users_apart_by`: "address"), by sub-accounts
("sub_account"), or not at all ("claim"): then everybody sends to one address, what arrives waits in suspense, and who
sent it claims it by its chain transaction id.

Deposits are read again for some days after they were seen first, because they become final later, and never by a page
that could be cut: what came too fast to be read whole is not moved past.
"""

import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from kernel.units import EXACT, plain
from wallet.core.addresses import AddressInvalid, format_named
from wallet.core.operations import Party
from wallet.models import Rail, RailAsset
from wallet.rails.custody_client import client_of
from wallet.rails.custody_exchanges import (
    AddressSource,
    CustodyMisconfigured,
    address_parameters,
    exchange_of,
    id_of_ours,
    names_our_payout,
    network_there,
    payout_parameters,
)
from wallet.rails.custody_lists import DONE, CustodyLists, amount_of, fee_of, moment_of
from wallet.rails.protocol import (
    Arrival,
    ArrivalFailed,
    Detection,
    Movement,
    Payout,
    PayoutRefused,
    PayoutUnknown,
    RailUnavailable,
)

OVERLAP_MS = 3 * 24 * 3_600_000
"""How long a deposit may take from its first sight to its final state and still be read again."""
_FAILED = frozenset({"failed", "canceled", "cancelled", "rejected", "expired"})
POLL_SECONDS = 30
"""Between two looks at the lists; exchanges count requests."""
_ASKED_AT = "asked_at_ms"
_HOT, _HELD = "hot", "held"


class CustodyRail:
    """One account at one exchange, as a rail."""

    is_payout_idempotent = False
    has_blocks = False

    def __init__(self, rail: Rail) -> None:
        self._rail = rail
        self._exchange = exchange_of(rail)
        self._client = client_of(rail)
        self._lists = CustodyLists(rail, self._client)

    def receiving_address(self, asset: str, account_id: int) -> tuple[str, str]:
        """The user's own address, or the shared one. Raises RailUnavailable, CustodyMisconfigured."""
        offer = self._offer(asset)
        parameters = address_parameters(self._rail, asset, offer.network)
        apart_by = self._rail.settings.get("users_apart_by")
        if apart_by == "address":
            self._client.read("create_deposit_address", asset, parameters)
        elif apart_by == "sub_account":
            parameters |= self._sub_account_of(account_id)
        elif apart_by != "claim":
            raise CustodyMisconfigured(details={"setting": "users_apart_by"})
        return self._checked_address(offer, self._ask_for_address(asset, offer, parameters))

    def detect(self, *, after_height: int, cursor: dict[str, Any], limit: int) -> Detection:
        """All deposits since the overlap before the last one, asked for every half minute. There are no heights."""
        now_ms = time.time_ns() // 1_000_000
        if now_ms - int(cursor.get(_ASKED_AT, 0)) < int(self._rail.settings.get("poll_seconds", POLL_SECONDS)) * 1_000:
            return Detection(cursor=cursor)
        arrivals: list[Arrival] = []
        marks = dict(cursor) | {_ASKED_AT: now_ms}
        for offer in self._offers():
            asset = offer.asset.symbol
            since = max(int(marks.get(asset, 0)) - OVERLAP_MS, 0) or self._lists.first_since()
            seen = list(self._lists.deposits(asset, since))
            arrivals += [self._arrival(offer, report) for report in seen if self._lists.names_itself(report)]
            marks[asset] = max([int(marks.get(asset, 0)), *(int(report["timestamp"] or 0) for report in seen)])
        return Detection(arrivals=tuple(arrivals), cursor=marks)

    def block_hash(self, height: int) -> None:
        """There are no blocks."""

    def confirmations(self, external_tx_id: str) -> int | None:
        """1 once the exchange has credited it, 0 before; None: it does not know it. Raises ArrivalFailed."""
        said = self._said_of_deposits.get(external_tx_id)
        if said is None:
            return None
        if said <= _FAILED | self._exchange.failed_deposits:
            raise ArrivalFailed
        return int(said == {DONE})

    def payout(self, *, payout_id: str, asset: str, network: str, amount: Decimal, destination: Party) -> Payout:
        """Send once. Raises PayoutRefused, PayoutUnknown, RailUnavailable where surely nothing was sent."""
        try:
            parameters = payout_parameters(
                self._rail,
                network=network,
                address=destination.address,
                tag=destination.tag,
                payout_id=payout_id,
            )
        except CustodyMisconfigured as error:
            raise PayoutRefused(error.text, details=error.details) from error
        text = plain(self._gross(asset, parameters["network"], amount))
        if not self._client.exact_amount(asset, text, parameters["network"]):
            raise PayoutRefused("The exchange cannot send so many decimals.", details={"amount": text})
        answer = self._client.withdraw(asset=asset, amount=text, address=destination.address, parameters=parameters)
        if not isinstance(answer, dict) or not answer.get("id"):
            raise PayoutUnknown(details={"problem": "the exchange's answer names no withdrawal"})
        return Payout(external_tx_id=str(answer["id"]))

    def look_up(self, *, payout_id: str, external_tx_id: str, asset: str) -> Payout | None:
        """What the exchange's list says. Raises PayoutRefused where it says that it failed."""
        for report in self._lists.withdrawals(asset, self._lists.first_since()):
            if not names_our_payout(self._exchange, report, payout_id=payout_id, external_tx_id=external_tx_id):
                continue
            status = report.get("status")
            if status in _FAILED:
                raise PayoutRefused(details={"status": str(status)})
            is_final = status == DONE
            return Payout(
                external_tx_id=str(report.get("txid") or report.get("id") or external_tx_id),
                confirmations=int(is_final),
                network_fee=fee_of(report, asset),
                is_final=is_final,
            )
        return None

    def balance(self, asset: str) -> dict[str, Decimal]:
        """What can be sent, and what the exchange holds back."""
        answer = self._client.read("fetch_balance", self._rail.settings.get("balance_parameters", {}))
        if not isinstance(answer, dict) or not isinstance(answer.get("total"), dict):
            raise RailUnavailable(details={"problem": "the answer has no balances"})
        total = amount_of(answer["total"].get(asset) or 0)
        free = amount_of((answer.get("free") or {}).get(asset) or 0)
        return {_HOT: free, _HELD: EXACT.subtract(total, free)}

    def payout_fee(self, *, asset: str, network: str) -> Decimal:
        """Comes out of the same wallet, whether it is taken from what is asked for or beside it; 0: nobody says."""
        return self._client.network_fee(asset, network_there(self._rail, network)) or Decimal(0)

    def is_own_wallet(self, address: str) -> bool:
        """What is sent to an address of our account comes in again, as a deposit of whoever it is given to."""
        return False

    def move(self, *, move_id: str, asset: str, from_wallet: str, to_wallet: str, amount: Decimal) -> Payout:
        """The exchange keeps one wallet for us."""
        raise PayoutRefused("There is one wallet only.", details={"rail": self._rail.code})

    def movements(self, asset: str, *, since: datetime) -> Sequence[Movement]:
        """What is final in the exchange's own lists."""
        since_ms = int(since.timestamp() * 1000)
        incoming = [
            Movement(
                external_tx_id=self._lists.identity(report),
                output_index=self._lists.output_index(report),
                asset=asset,
                amount=amount_of(report["amount"]),
                at=moment_of(report),
            )
            for report in self._lists.deposits(asset, since_ms)
            if report["status"] == DONE
        ]
        outgoing = [
            Movement(
                external_tx_id=str(report.get("txid") or report["id"]),
                output_index=0,
                asset=asset,
                amount=-amount_of(report["amount"]),
                at=moment_of(report),
                payout_id=id_of_ours(self._exchange, report),
            )
            for report in self._lists.withdrawals(asset, since_ms)
            if report["status"] == DONE
        ]
        return [*incoming, *outgoing]

    @cached_property
    def _said_of_deposits(self) -> dict[str, set[str]]:
        """The states of every deposit the exchange lists, by its name; several payments may share one.

        Read once, whatever is asked about: an adapter is made anew for each round of questions.
        """
        said = defaultdict(set)
        for offer in self._offers():
            for report in self._lists.deposits(offer.asset.symbol, self._lists.first_since()):
                said[self._lists.identity(report)].add(str(report["status"]))
        return dict(said)

    # --- addresses -----------------------------------------------------------------------------------------------

    def _ask_for_address(self, asset: str, offer: RailAsset, parameters: dict[str, Any]) -> dict[str, Any]:
        answer = self._client.read(self._exchange.address_source.value, asset, parameters)
        if self._exchange.address_source is AddressSource.ALL_NETWORKS and isinstance(answer, dict):
            answer = answer.get(network_there(self._rail, offer.network))
        if not isinstance(answer, dict) or not answer.get("address"):
            raise RailUnavailable(details={"problem": "the exchange gave no address of this network"})
        return answer

    def _checked_address(self, offer: RailAsset, answer: dict[str, Any]) -> tuple[str, str]:
        """An address of another network would lose the money, so what came back is not believed but checked."""
        network = answer.get("network")
        if network is None and self._exchange.names_network:
            raise RailUnavailable(details={"problem": "the address came without its network"})
        if network is not None and network != network_there(self._rail, offer.network):
            raise RailUnavailable(details={"problem": "the address is of another network"})
        if answer.get("currency") not in (None, offer.asset.symbol):
            raise RailUnavailable(details={"problem": "the address is of another asset"})
        if not offer.address_format:
            raise CustodyMisconfigured(details={"setting": f"address format of {offer}"})
        tag = str(answer.get("tag") or "")
        if offer.needs_tag and not tag:
            raise RailUnavailable(details={"problem": "the address came without its tag"})
        try:
            read = format_named(offer.address_format).read(str(answer["address"]), tag)
        except AddressInvalid as error:
            raise RailUnavailable(details={"problem": "the address is of another network"}) from error
        return read.address, read.tag

    def _sub_account_of(self, account_id: int) -> dict[str, Any]:
        for entry in self._rail.settings.get("sub_accounts", []):
            if entry.get("account_id") == account_id:
                return dict(entry["parameters"])
        raise RailUnavailable(details={"problem": "there is no sub-account for this user yet"})

    def _offers(self) -> list[RailAsset]:
        return list(RailAsset.objects.filter(rail=self._rail).select_related("asset").order_by("asset__symbol"))

    def _offer(self, asset: str) -> RailAsset:
        found = RailAsset.objects.filter(rail=self._rail, asset__symbol=asset).select_related("asset").first()
        if found is None:
            raise CustodyMisconfigured(details={"setting": f"asset {asset}"})
        return found

    def _arrival(self, offer: RailAsset, report: dict[str, Any]) -> Arrival:
        return Arrival(
            external_tx_id=self._lists.identity(report),
            output_index=self._lists.output_index(report),
            asset=offer.asset.symbol,
            amount=amount_of(report["amount"]),
            address=str(report.get("addressTo") or report.get("address") or ""),
            tag=str(report.get("tagTo") or report.get("tag") or ""),
            confirmations=int(report["status"] == DONE),
            source=Party(
                "blockchain",
                chain=offer.network,
                address=str(report.get("addressFrom") or ""),
                reference=str(report.get("txid") or ""),
            ),
            at=moment_of(report),
        )

    def _gross(self, asset: str, network: str, amount: Decimal) -> Decimal:
        """What has to be asked for so that `amount` arrives."""
        if not self._exchange.takes_fee_from_amount:
            return amount
        fee = self._client.network_fee(asset, network)
        if fee is None:
            raise CustodyMisconfigured(details={"setting": f"network_fees.{asset}"})
        return EXACT.add(amount, fee)
