"""The rail of the simulated chain: one address a user for all assets, payouts from the wallet `hot`.

The chain keeps our wallets itself, as a custodian would: `incoming` owns the users' addresses, `hot` pays, `cold` is
for what is not needed soon. It knows payouts by our id, so one that is repeated is made once.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings

from kernel.errors import TooManyDecimals
from kernel.units import from_atoms, to_atoms
from wallet.core.operations import Party
from wallet.models import Rail
from wallet.rails.protocol import (
    Arrival,
    Block,
    Detection,
    Movement,
    Payout,
    PayoutRefused,
    PayoutUnknown,
    RailUnavailable,
)
from wallet.simchain.chain import DROPPED
from wallet.simchain.client import ChainClient, ChainError, NotReached, Refused

INCOMING, HOT, COLD = "incoming", "hot", "cold"
WALLETS = (INCOMING, HOT, COLD)
PAGE = 1_000

_REFUSED_FOR_GOOD = {"REFUSED", "INVALID_ADDRESS", "UNKNOWN_ASSET", "MALFORMED"}
"""Whatever else it says no with may be different later: too little in the wallet, a fee too high, another token."""


@lru_cache
def _client(url: str, token: str) -> ChainClient:
    return ChainClient(url, token)


class SimulatedChainRail:
    """See `RailAdapter`."""

    is_payout_idempotent = True
    has_blocks = True

    def __init__(self, rail: Rail) -> None:
        self._rail = rail

    def receiving_address(self, asset: str, account_id: int) -> tuple[str, str]:
        with self._asking():
            return self._chain.new_address(INCOMING, client_id=f"account:{account_id}"), ""

    def detect(self, *, after_height: int, cursor: dict[str, Any], limit: int) -> Detection:
        with self._asking():
            told = self._chain.blocks(first=after_height + 1, limit=min(limit, PAGE))
            blocks = tuple(
                Block(
                    found["number"],
                    found["hash"],
                    found["parent_hash"],
                    tuple(self._arrivals(found["chain_transactions"], tip=told["tip_number"])),
                )
                for found in told["blocks"]
            )
            # What waits for a block is only of interest once all blocks are known.
            is_at_tip = (blocks[-1].height if blocks else after_height) >= told["tip_number"]
            waiting = self._chain.pending(limit=PAGE) if is_at_tip else []
            return Detection(blocks, tuple(self._arrivals(waiting, tip=0)), cursor, told["tip_number"])

    def block_hash(self, height: int) -> str | None:
        with self._asking():
            found = self._chain.blocks(first=height, limit=1)["blocks"]
        return str(found[0]["hash"]) if found else None

    def confirmations(self, external_tx_id: str) -> int | None:
        with self._asking():
            found = self._chain.chain_transaction(external_tx_id)
        return None if found is None or found["state"] == DROPPED else int(found["confirmations"])

    def payout(self, *, payout_id: str, asset: str, network: str, amount: Decimal, destination: Party) -> Payout:
        if self.is_own_wallet(destination.address):
            # It would leave the books, and not our wallets.
            raise PayoutRefused("The address is one of our own wallets.")
        return self._send(payout_id, asset, HOT, amount, destination.address, destination.tag)

    def look_up(self, *, payout_id: str, external_tx_id: str, asset: str) -> Payout | None:
        with self._asking():
            found = self._chain.look_up(payout_id)
            if found is not None and found["state"] == DROPPED:
                # Signed once, it may be told to the chain as often as one likes: it is the same chain transaction.
                found = self._chain.broadcast_again(found["id"])
            return None if found is None else self._payout(found)

    def balance(self, asset: str) -> dict[str, Decimal]:
        """Without what payouts that wait for a block are about to take."""
        with self._asking():
            atoms = {wallet: int(self._chain.balance(wallet, asset)["spendable"]) for wallet in WALLETS}
            return {wallet: from_atoms(amount, self._decimals[asset]) for wallet, amount in atoms.items()}

    def payout_fee(self, *, asset: str, network: str) -> Decimal:
        with self._asking():
            fees = {row["symbol"]: int(row["fee"]) for row in self._chain.status()["assets"]}
            return from_atoms(fees[asset], self._decimals[asset])

    def move(self, *, move_id: str, asset: str, from_wallet: str, to_wallet: str, amount: Decimal) -> Payout:
        with self._asking():
            address = self._chain.new_address(to_wallet, client_id=f"main:{to_wallet}")
        return self._send(move_id, asset, from_wallet, amount, address, "")

    def movements(self, asset: str, *, since: datetime) -> Sequence[Movement]:
        """Without moves between our own wallets, and without what a reorganisation has undone."""
        with self._asking():
            found = [row for wallet in WALLETS for row in _all(self._chain.movements, wallet, "movements")]
            return [
                Movement(
                    external_tx_id=row["transaction_id"],
                    output_index=row["output_index"],
                    asset=asset,
                    amount=from_atoms(int(row["amount"]), self._decimals[asset]),
                    at=_moment(row["mined_at"]),
                    payout_id=row["client_id"] or "" if row["kind"] == "sent" else "",
                )
                for row in found
                if row["asset"] == asset
                and row["kind"] != "fee"
                and row["is_standing"]
                and not _is_between_ours(row)
                and _moment(row["mined_at"]) >= since
            ]

    def is_own_wallet(self, address: str) -> bool:
        """An address of `incoming` is a user's, who may well be paid by another one."""
        with self._asking():
            ours = (row for wallet in (HOT, COLD) for row in _all(self._chain.addresses, wallet, "addresses"))
            return any(row["address"] == address for row in ours)

    @cached_property
    def _chain(self) -> ChainClient:
        if not settings.SIMCHAIN_URL:
            raise RailUnavailable(details={"rail": self._rail.code})
        return _client(settings.SIMCHAIN_URL, settings.SIMCHAIN_TOKEN)

    @cached_property
    def _decimals(self) -> dict[str, int]:
        return {asset["symbol"]: asset["decimals"] for asset in self._chain.status()["assets"]}

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Questions change nothing, so whatever goes wrong with one, it can be asked again."""
        try:
            yield
        except (ChainError, KeyError, TypeError, ValueError) as problem:
            raise RailUnavailable(details={"rail": self._rail.code}) from problem

    def _arrivals(self, found: list[dict[str, Any]], *, tip: int) -> Iterator[Arrival]:
        for chain_transaction in found:
            number = chain_transaction["block_number"]
            for output in chain_transaction["outputs"]:
                if output["wallet"] == INCOMING:
                    yield Arrival(
                        external_tx_id=chain_transaction["id"],
                        output_index=output["index"],
                        asset=output["asset"],
                        amount=from_atoms(int(output["amount"]), self._decimals[output["asset"]]),
                        address=output["address"],
                        tag=output["tag"],
                        confirmations=0 if number is None else tip - number + 1,
                        block_height=number,
                        block_hash=chain_transaction["block_hash"] or "",
                        source=Party("blockchain", chain=self._rail.code),
                    )

    def _send(self, client_id: str, asset: str, wallet: str, amount: Decimal, address: str, tag: str) -> Payout:
        with self._asking():
            decimals = self._decimals.get(asset)
        try:
            if decimals is None:
                raise PayoutRefused("The chain does not carry this asset.")
            output = {"address": address, "amount": str(to_atoms(amount, decimals)), "tag": tag}
            return self._payout(self._chain.send(wallet, asset, [output], client_id=client_id))
        except TooManyDecimals as problem:
            raise PayoutRefused(problem.text) from problem
        except Refused as refusal:
            if refusal.code in _REFUSED_FOR_GOOD:
                raise PayoutRefused(f"The chain refused: {refusal.message}") from refusal
            if refusal.code == "CONFLICT":
                # Something else went out under our id: a person has to find out what.
                raise PayoutUnknown("The chain knows another payout under this id.") from refusal
            raise RailUnavailable(details={"rail": self._rail.code, "code": refusal.code}) from refusal
        except NotReached as problem:
            raise RailUnavailable(details={"rail": self._rail.code}) from problem
        except (ChainError, KeyError, TypeError, ValueError) as problem:
            raise PayoutUnknown from problem

    def _payout(self, found: dict[str, Any]) -> Payout:
        fee = from_atoms(int(found["fee"]), self._decimals[found["asset"]])
        return Payout(str(found["id"]), confirmations=int(found["confirmations"]), network_fee=fee)


def _all(ask: Callable[..., dict[str, Any]], wallet: str, rows: str) -> Iterator[dict[str, Any]]:
    """What all pages of a question about a wallet have under that name."""
    page = ask(wallet, limit=PAGE)
    while True:
        yield from page[rows]
        if len(page[rows]) < PAGE:
            return
        page = ask(wallet, after=page["cursor"], limit=PAGE)


def _is_between_ours(row: dict[str, Any]) -> bool:
    # Only payouts go to a user's address: a user may well send to another user's here.
    return row["from_wallet"] in WALLETS and row["to_wallet"] in (HOT, COLD)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
