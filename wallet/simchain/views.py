"""What the simulated chain tells: every read, as it goes into JSON. Amounts are texts of whole atoms."""

from typing import Any

from wallet.simchain.chain import PENDING
from wallet.simchain.errors import malformed, not_found
from wallet.simchain.store import Row, Store

NAME = "SIM"
MAX_BLOCKS, MAX_ROWS = 1_000, 1_000

_TRANSACTION = (
    "SELECT t.*, b.number AS block_number, b.hash AS block_hash, "
    "coalesce((SELECT max(number) FROM blocks WHERE is_active) - b.number + 1, 0) AS confirmations "
    "FROM chain_transactions t LEFT JOIN blocks b ON b.sequence = t.block_sequence "
)


def status(store: Store) -> dict[str, Any]:
    """The newest block, what waits, and what the chain carries."""
    with store.reading():
        tip = _tip(store)
        return {
            "chain": NAME,
            **tip,
            "pending": store.value("SELECT count(*) FROM chain_transactions WHERE state = ?", PENDING),
            "assets": [dict(row) for row in store.rows("SELECT symbol, decimals, fee FROM assets ORDER BY symbol")],
        }


def blocks(store: Store, *, first: int, limit: int) -> dict[str, Any]:
    """Blocks of the active chain from number `first` on, in order, and the newest number and hash of that moment."""
    with store.reading():
        found = store.rows(
            "SELECT * FROM blocks WHERE is_active AND number >= ? ORDER BY number LIMIT ?",
            *(first, min(limit, MAX_BLOCKS)),
        )
        return {**_tip(store), "blocks": [_block(store, row) for row in found]}


def block(store: Store, *, block_hash: str) -> dict[str, Any]:
    """One block by its hash, also one that a reorganisation has replaced."""
    with store.reading():
        found = store.row("SELECT * FROM blocks WHERE hash = ?", block_hash)
        if found is None:
            raise not_found("block")
        return _block(store, found)


def chain_transaction(store: Store, *, identity: str = "", client_id: str = "") -> dict[str, Any]:
    """One chain transaction by its id, or by the id that the one who sent it gave it."""
    with store.reading():
        column, value = ("id", identity) if identity else ("client_id", client_id)
        found = store.row(f"{_TRANSACTION} WHERE t.{column} = ?", value)
        if found is None:
            raise not_found("chain transaction")
        return _chain_transaction(store, found)


def is_known(store: Store, *, client_id: str) -> bool:
    """Was a chain transaction accepted under this id of its sender?"""
    with store.reading():
        return store.value("SELECT 1 FROM chain_transactions WHERE client_id = ?", client_id) is not None


def sent(store: Store, *, wallet: str, after: int, limit: int) -> dict[str, Any]:
    """What a wallet has sent, oldest first, whatever became of it; `cursor` is where the next page begins."""
    with store.reading():
        query = f"{_TRANSACTION} WHERE t.wallet = ? AND t.sequence > ? ORDER BY t.sequence LIMIT ?"
        found = store.rows(query, wallet, after, min(limit, MAX_ROWS))
        return {
            "cursor": found[-1]["sequence"] if found else after,
            "chain_transactions": [_chain_transaction(store, row) for row in found],
        }


def pending(store: Store, *, limit: int) -> dict[str, Any]:
    """What no block holds yet, oldest first."""
    with store.reading():
        query = f"{_TRANSACTION} WHERE t.state = ? ORDER BY t.sequence LIMIT ?"
        found = store.rows(query, PENDING, min(limit, MAX_ROWS))
        return {"chain_transactions": [_chain_transaction(store, row) for row in found]}


def balance(store: Store, *, wallet: str, asset: str, spendable: int) -> dict[str, Any]:
    """Atoms that the active chain gives the wallet, what of it is free, and at which block that was."""
    if store.value("SELECT 1 FROM assets WHERE symbol = ?", asset) is None:
        raise not_found("asset")
    amount = store.value("SELECT amount FROM balances WHERE wallet = ? AND asset = ?", wallet, asset)
    return {"wallet": wallet, "asset": asset, "amount": amount or "0", "spendable": str(spendable), **_tip(store)}


def movements(store: Store, *, wallet: str, after: int, limit: int) -> dict[str, Any]:
    """Every change of a wallet's balances, oldest first; what a reorganisation undid is there with the other sign.

    `is_standing` is false for what was undone and for what undid it.
    """
    with store.reading():
        found = store.rows(
            "SELECT m.*, t.id AS transaction_id, t.client_id, t.wallet AS from_wallet, a.wallet AS to_wallet, "
            "b.number AS block_number, b.hash AS block_hash, b.mined_at, b.is_active "
            "FROM movements m JOIN chain_transactions t ON t.sequence = m.chain_transaction "
            "JOIN blocks b ON b.sequence = m.block_sequence "
            "LEFT JOIN outputs o ON o.chain_transaction = m.chain_transaction AND o.position = m.position "
            "LEFT JOIN addresses a ON a.address = o.address "
            "WHERE m.wallet = ? AND m.sequence > ? ORDER BY m.sequence LIMIT ?",
            *(wallet, after, min(limit, MAX_ROWS)),
        )
        return {
            "cursor": found[-1]["sequence"] if found else after,
            "movements": [
                {
                    "sequence": row["sequence"],
                    "asset": row["asset"],
                    "kind": row["kind"],
                    "amount": row["amount"],
                    "transaction_id": row["transaction_id"],
                    "client_id": row["client_id"],
                    "output_index": row["position"],
                    "from_wallet": row["from_wallet"],
                    "to_wallet": row["to_wallet"],
                    "block_number": row["block_number"],
                    "block_hash": row["block_hash"],
                    "mined_at": row["mined_at"],
                    "is_reversal": bool(row["is_reversal"]),
                    "is_standing": bool(row["is_active"]),
                }
                for row in found
            ],
        }


def owned_addresses(store: Store, *, wallet: str, after: int, limit: int) -> dict[str, Any]:
    """The addresses of a wallet in the order they were made; `cursor` is where the next page begins."""
    with store.reading():
        found = store.rows(
            "SELECT * FROM addresses WHERE wallet = ? AND number > ? ORDER BY number LIMIT ?",
            *(wallet, after, min(limit, MAX_ROWS)),
        )
        return {
            "cursor": found[-1]["number"] if found else after,
            "addresses": [{"address": row["address"], "client_id": row["client_id"]} for row in found],
        }


def _tip(store: Store) -> dict[str, Any]:
    tip = store.row("SELECT number, hash FROM blocks WHERE is_active ORDER BY number DESC LIMIT 1")
    if tip is None:
        raise malformed("There is no block.")
    return {"tip_number": tip["number"], "tip_hash": tip["hash"]}


def _block(store: Store, row: Row) -> dict[str, Any]:
    contents = store.rows(
        f"{_TRANSACTION} JOIN block_contents c ON c.chain_transaction = t.sequence "
        "WHERE c.block_sequence = ? ORDER BY c.position",
        row["sequence"],
    )
    return {
        "number": row["number"],
        "hash": row["hash"],
        "parent_hash": row["parent_hash"],
        "mined_at": row["mined_at"],
        "is_active": bool(row["is_active"]),
        "chain_transactions": [_chain_transaction(store, found) for found in contents],
    }


def _chain_transaction(store: Store, row: Row) -> dict[str, Any]:
    outputs = store.rows(
        "SELECT o.*, a.wallet FROM outputs o LEFT JOIN addresses a USING (address) WHERE o.chain_transaction = ? "
        "ORDER BY o.position",
        row["sequence"],
    )
    return {
        "id": row["id"],
        "client_id": row["client_id"],
        "wallet": row["wallet"],
        "asset": row["asset"],
        "fee": row["fee"],
        "state": row["state"],
        "block_number": row["block_number"],
        "block_hash": row["block_hash"],
        "confirmations": row["confirmations"],
        "outputs": [
            {
                "index": output["position"],
                "address": output["address"],
                "tag": output["tag"],
                "asset": row["asset"],
                "amount": output["amount"],
                # The chain is the custodian, too: it knows whose an address is. Null: somebody's elsewhere.
                "wallet": output["wallet"],
            }
            for output in outputs
        ],
    }
