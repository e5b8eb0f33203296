"""The rules of the simulated chain: every change of its state.

An account chain that carries several assets. A wallet is a name that owns addresses and a balance per asset; the chain
signs for all of them, so it plays the custodian as well. A chain transaction takes its outputs and its fee, in the
same asset, from one wallet; without a wallet it is the faucet's and makes new money. It is

    pending     accepted, in no block of the active chain; mined in the order of acceptance
    mined       in a block of the active chain
    dropped     gone with a reorganisation, until somebody broadcasts it again

No balance is ever negative: a pending chain transaction that its wallet cannot pay (a reorganisation took the money)
waits. Ids and hashes depend on the seed and on what was asked, never on the clock, so a run can be repeated.
"""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from wallet.simchain import addresses
from wallet.simchain.errors import RequestRefused, insufficient, malformed, not_found
from wallet.simchain.store import Row, Store

PENDING, MINED, DROPPED = "pending", "mined", "dropped"
GENESIS_PARENT = "0" * 64
MAX_CHAIN_TRANSACTIONS_PER_BLOCK = 5_000
ELSEWHERE = "elsewhere"
"""The wallet of every valid address that the chain has not made itself."""


@dataclass(frozen=True, slots=True)
class Output:
    """Atoms for an address. A tag tells several people behind one address apart; empty where there is none."""

    address: str
    amount: int
    tag: str = ""


@dataclass(frozen=True, slots=True)
class ChainAsset:
    """Something the chain carries: an atom is 10^-decimals units, the fee of a chain transaction is in atoms."""

    symbol: str
    decimals: int
    fee: int


DEMO_ASSETS = (
    ChainAsset("BTC", 8, 2_000),
    ChainAsset("ETH", 18, 420_000_000_000_000),
    ChainAsset("SOL", 9, 5_000),
    ChainAsset("USDT", 6, 500_000),
)


class Chain:
    """The writes. Each method is one commit; RequestRefused means that nothing was changed."""

    def __init__(
        self,
        store: Store,
        *,
        seed: str,
        assets: tuple[ChainAsset, ...] = DEMO_ASSETS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """A new file gets the seed, the assets and a first block; in an older one its own seed and fees stay."""
        self.store = store
        self._clock = clock
        with store.change():
            store.write("INSERT OR IGNORE INTO facts VALUES ('seed', ?)", seed)
            for asset in assets:
                row = (asset.symbol, asset.decimals, str(asset.fee))
                store.write("INSERT OR IGNORE INTO assets VALUES (?, ?, ?)", *row)
            self.seed = str(store.value("SELECT value FROM facts WHERE name = 'seed'"))
            if store.value("SELECT 1 FROM blocks LIMIT 1") is None:
                self._add_block(())

    def new_address(self, *, wallet: str, client_id: str | None = None) -> str:
        """An address of the wallet; a repeat with the same `client_id` gives the same one."""
        with self.store.change():
            known = self.store.row("SELECT address, wallet FROM addresses WHERE client_id = ?", client_id)
            if known is not None:
                if known["wallet"] != wallet:
                    raise RequestRefused("CONFLICT", "This id names an address of another wallet.", status=409)
                return str(known["address"])
            number = self.store.value("SELECT count(*) FROM addresses WHERE wallet = ?", wallet)
            address = addresses.derive(self.seed, wallet, number)
            self.store.write("INSERT INTO addresses VALUES (?, ?, ?, ?)", address, wallet, number, client_id)
            return address

    def send(
        self, *, wallet: str, asset: str, outputs: list[Output], client_id: str | None, max_fee: int | None = None
    ) -> str:
        """Pay from a wallet; the chain transaction's id. A repeat with the same `client_id` sends nothing more.

        Refused: unknown asset, invalid address, a fee above `max_fee`, too little in the wallet beside what is
        pending, other content under a known `client_id`.
        """
        return self._accept(wallet, asset, outputs, client_id, max_fee)

    def pour(self, *, asset: str, output: Output, client_id: str | None = None) -> str:
        """The faucet: new money for an address. The chain transaction's id."""
        return self._accept(None, asset, [output], client_id, None)

    def broadcast_again(self, *, chain_transaction_id: str) -> None:
        """Bring a dropped chain transaction back, as it was signed; for any other this changes nothing."""
        with self.store.change():
            if self.store.value("SELECT 1 FROM chain_transactions WHERE id = ?", chain_transaction_id) is None:
                raise not_found("chain transaction")
            self.store.write(
                "UPDATE chain_transactions SET state = ? WHERE id = ? AND state = ?",
                PENDING,
                chain_transaction_id,
                DROPPED,
            )

    def set_fee(self, *, asset: str, fee: int) -> None:
        """The fee of chain transactions that are accepted from now on."""
        with self.store.change():
            self._asset(asset)
            self.store.write("UPDATE assets SET fee = ? WHERE symbol = ?", str(fee), asset)

    def mine(self, *, blocks: int = 1) -> None:
        """Add blocks; what is pending and can be paid goes into the first of them."""
        with self.store.change():
            for _ in range(blocks):
                self._add_block(self._payable())

    def reorganise(self, *, depth: int, drop: frozenset[str] = frozenset(), is_mined_again: bool = True) -> None:
        """Replace the newest `depth` blocks by a branch that is longer by one.

        What was in them goes into the first new block, or is only pending where not `is_mined_again`; the chain
        transactions in `drop`, pending ones included, are dropped. The replaced blocks stay on record.
        """
        with self.store.change():
            old = self.store.rows("SELECT * FROM blocks WHERE is_active ORDER BY number DESC LIMIT ?", depth)
            if len(old) < depth or old[-1]["number"] == 0:
                raise malformed("There are not so many blocks.")
            for identity in sorted(drop):
                if self.store.value("SELECT 1 FROM chain_transactions WHERE id = ?", identity) is None:
                    raise not_found("chain transaction")
            for block in old:
                self._undo_block(block)
            for identity in sorted(drop):
                self.store.write(
                    "UPDATE chain_transactions SET state = ? WHERE id = ? AND state = ?", DROPPED, identity, PENDING
                )
            for _ in range(depth + 1):
                self._add_block(self._payable() if is_mined_again else ())

    def _accept(
        self, wallet: str | None, asset: str, outputs: list[Output], client_id: str | None, max_fee: int | None
    ) -> str:
        spelled = [Output(addresses.normalised(output.address), output.amount, output.tag) for output in outputs]
        parts = [[output.address, str(output.amount), output.tag] for output in spelled]
        content = json.dumps([wallet, asset, parts])
        with self.store.change():
            known = self.store.row("SELECT id, content FROM chain_transactions WHERE client_id = ?", client_id)
            if known is not None:
                if known["content"] != content:
                    raise RequestRefused("CONFLICT", "This id names another chain transaction.", status=409)
                return str(known["id"])
            fee = int(self._asset(asset)["fee"]) if wallet is not None else 0
            if not spelled or any(output.amount <= 0 for output in spelled):
                raise malformed("Every output has an amount above zero.")
            if not all(addresses.is_valid(output.address) for output in spelled):
                raise RequestRefused("INVALID_ADDRESS", "This is no address of this chain.")
            if max_fee is not None and fee > max_fee:
                raise RequestRefused("FEE_TOO_HIGH", f"The fee is {fee} just now.")
            if wallet is not None and self.spendable(wallet, asset) < fee + sum(output.amount for output in spelled):
                raise insufficient()
            number = self.store.value("SELECT coalesce(max(sequence), 0) + 1 FROM chain_transactions")
            identity = _hash("chain transaction", self.seed, str(number), content, str(fee))
            key = self.store.write(
                "INSERT INTO chain_transactions (id, client_id, content, wallet, asset, fee, state, created_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                *(identity, client_id, content, wallet, asset, str(fee), PENDING, self._clock()),
            )
            self.store.write_all(
                "INSERT INTO outputs VALUES (?, ?, ?, ?, ?)",
                [(key, place, output.address, output.tag, str(output.amount)) for place, output in enumerate(spelled)],
            )
            return identity

    def spendable(self, wallet: str, asset: str) -> int:
        """Atoms in the wallet that no pending chain transaction is about to take."""
        return self._balance(wallet, asset) - sum(
            self._cost(row)
            for row in self.store.rows(
                "SELECT * FROM chain_transactions WHERE state = ? AND wallet = ? AND asset = ?", PENDING, wallet, asset
            )
        )

    def _asset(self, symbol: str) -> Row:
        found = self.store.row("SELECT * FROM assets WHERE symbol = ?", symbol)
        if found is None:
            raise RequestRefused("UNKNOWN_ASSET", "The chain does not carry this asset.")
        return found

    def _balance(self, wallet: str, asset: str) -> int:
        return int(self.store.value("SELECT amount FROM balances WHERE wallet = ? AND asset = ?", wallet, asset) or "0")

    def _outputs(self, chain_transaction: int) -> list[Row]:
        return self.store.rows(
            "SELECT o.*, coalesce(a.wallet, ?) AS wallet FROM outputs o LEFT JOIN addresses a USING (address) "
            "WHERE o.chain_transaction = ? ORDER BY o.position",
            ELSEWHERE,
            chain_transaction,
        )

    def _cost(self, row: Row) -> int:
        return int(row["fee"]) + sum(int(output["amount"]) for output in self._outputs(row["sequence"]))

    def _payable(self) -> tuple[Row, ...]:
        """The pending ones that their wallets can pay, in order; what an earlier one brings, a later one may spend."""
        taken: list[Row] = []
        changes: dict[tuple[str, str], int] = {}
        for row in self.store.rows(
            "SELECT * FROM chain_transactions WHERE state = ? ORDER BY sequence LIMIT ?",
            PENDING,
            MAX_CHAIN_TRANSACTIONS_PER_BLOCK,
        ):
            if row["wallet"] is not None:
                payer = (row["wallet"], row["asset"])
                cost = self._cost(row)
                if self._balance(*payer) + changes.get(payer, 0) < cost:
                    continue
                changes[payer] = changes.get(payer, 0) - cost
            for output in self._outputs(row["sequence"]):
                payee = (output["wallet"], row["asset"])
                changes[payee] = changes.get(payee, 0) + int(output["amount"])
            taken.append(row)
        return tuple(taken)

    def _add_block(self, contents: tuple[Row, ...]) -> None:
        tip = self.store.row("SELECT number, hash FROM blocks WHERE is_active ORDER BY number DESC LIMIT 1")
        number, parent_hash = (tip["number"] + 1, tip["hash"]) if tip is not None else (0, GENESIS_PARENT)
        # A branch that replaces blocks may hold the same as they did; the count of all blocks keeps the hashes apart.
        made = self.store.value("SELECT coalesce(max(sequence), 0) FROM blocks")
        block_hash = _hash("block", self.seed, str(made), str(number), parent_hash, *(row["id"] for row in contents))
        block = self.store.write(
            "INSERT INTO blocks (number, hash, parent_hash, mined_at, is_active) VALUES (?, ?, ?, ?, 1)",
            *(number, block_hash, parent_hash, self._clock()),
        )
        for position, row in enumerate(contents):
            self.store.write("INSERT INTO block_contents VALUES (?, ?, ?)", block, position, row["sequence"])
            self.store.write(
                "UPDATE chain_transactions SET state = ?, block_sequence = ? WHERE sequence = ?",
                *(MINED, block, row["sequence"]),
            )
            self._move(row, block, sign=1)

    def _undo_block(self, block: Row) -> None:
        contents = self.store.rows(
            "SELECT t.* FROM block_contents c JOIN chain_transactions t ON t.sequence = c.chain_transaction "
            "WHERE c.block_sequence = ? ORDER BY c.position DESC",
            block["sequence"],
        )
        for row in contents:
            self._move(row, block["sequence"], sign=-1)
            self.store.write(
                "UPDATE chain_transactions SET state = ?, block_sequence = NULL WHERE sequence = ?",
                *(PENDING, row["sequence"]),
            )
        self.store.write("UPDATE blocks SET is_active = 0 WHERE sequence = ?", block["sequence"])

    def _move(self, row: Row, block: int, *, sign: int) -> None:
        outputs = self._outputs(row["sequence"])
        lines: list[tuple[str, int | None, str, int]] = []
        if row["wallet"] is not None:
            lines += [(row["wallet"], output["position"], "sent", -int(output["amount"])) for output in outputs]
            lines.append((row["wallet"], None, "fee", -int(row["fee"])))
        lines += [(output["wallet"], output["position"], "received", int(output["amount"])) for output in outputs]
        for wallet, position, kind, amount in lines:
            self.store.write(
                "INSERT INTO movements (wallet, asset, chain_transaction, position, kind, amount, block_sequence, "
                "is_reversal) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                *(wallet, row["asset"], row["sequence"], position, kind, str(sign * amount), block, int(sign < 0)),
            )
            total = self._balance(wallet, row["asset"]) + sign * amount
            self.store.write("INSERT OR REPLACE INTO balances VALUES (?, ?, ?)", wallet, row["asset"], str(total))


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
