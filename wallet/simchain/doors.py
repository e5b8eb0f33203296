"""The operations that the simulated chain offers over HTTP: reads their arguments strictly, and calls chain or views.

A door takes the arguments of the query or of the JSON body. Unknown or missing ones, and values of another kind, are
refused with MALFORMED.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wallet.simchain import faults, views
from wallet.simchain.chain import Chain, Output
from wallet.simchain.errors import malformed

_WALLET = re.compile(r"[a-z0-9][a-z0-9:_.-]{0,79}")
_CLIENT_ID = re.compile(r"[\x21-\x7e]{1,150}")
_ATOMS = re.compile(r"[0-9]{1,40}")
_SHORT = re.compile(r"[\x20-\x7e]{0,120}")
MAX_OUTPUTS = 500
MAX_MINED_AT_ONCE = 1_000_000

Arguments = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Door:
    """One operation: what it does, and the name by which failures of it are planned (none: it never fails).

    `is_done` tells whether the same was done before: what has happened is not refused afterwards, as that would be a
    lie that no far end tells.
    """

    serve: Callable[[Chain, Arguments], dict[str, Any]]
    operation: str = ""
    is_done: Callable[[Chain, Arguments], bool] = lambda chain, arguments: False


def _text(arguments: Arguments, name: str, pattern: re.Pattern[str], default: str | None = None) -> str:
    value = arguments.pop(name, default)
    if not isinstance(value, str) or (not pattern.fullmatch(value) and value != default):
        raise malformed(f"{name} is missing or not allowed.")
    return value


def _number(arguments: Arguments, name: str, default: int, *, most: int = 2**62, least: int = 0) -> int:
    value = arguments.pop(name, default)
    if isinstance(value, str) and _ATOMS.fullmatch(value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise malformed(f"{name} is not a number that is allowed.")
    return value


def _atoms(value: object, name: str) -> int:
    if not isinstance(value, str) or not _ATOMS.fullmatch(value):
        raise malformed(f"{name} is a text of whole atoms.")
    return int(value)


def _nothing_else(arguments: Arguments) -> None:
    if arguments:
        raise malformed(f"Not known here: {', '.join(sorted(arguments))[:100]}.")


def _output(arguments: Arguments) -> Output:
    address, tag = _text(arguments, "address", _SHORT), _text(arguments, "tag", _SHORT, "")
    return Output(address, _atoms(arguments.pop("amount", None), "amount"), tag)


def _client_id(arguments: Arguments) -> str | None:
    return _text(arguments, "client_id", _CLIENT_ID, "") or None


def _page(arguments: Arguments, *, first: int = 0) -> dict[str, int]:
    after = _number(arguments, "after", first, least=first)
    return {"after": after, "limit": _number(arguments, "limit", views.MAX_ROWS, least=1)}


def status(chain: Chain, arguments: Arguments) -> dict[str, Any]:
    _nothing_else(arguments)
    return views.status(chain.store)


def blocks(chain: Chain, arguments: Arguments) -> dict[str, Any]:
    first, limit = _number(arguments, "from", 0), _number(arguments, "limit", 100, least=1)
    _nothing_else(arguments)
    return views.blocks(chain.store, first=first, limit=limit)


def block(chain: Chain, arguments: Arguments) -> dict[str, Any]:
    block_hash = _text(arguments, "hash", _SHORT)
    _nothing_else(arguments)
    return views.block(chain.store, block_hash=block_hash)


def chain_transaction(chain: Chain, arguments: Arguments) -> dict[str, Any]:
    identity, client_id = _text(arguments, "id", _SHORT, ""), _client_id(arguments)
    _nothing_else(arguments)
    if bool(identity) == bool(client_id):
        raise malformed("Either id or client_id is needed.")
    return views.chain_transaction(chain.store, identity=identity, client_id=client_id or "")


def pending(chain: Chain, arguments: Arguments) -> dict[str, Any]:
    limit = _number(arguments, "limit", views.MAX_ROWS, least=1)
    _nothing_else(arguments)
    return views.pending(chain.store, limit=limit)


def sent(chain: Chain, arguments: Arguments) -> dict[str, Any]:
    wallet, page = _text(arguments, "wallet", _WALLET), _page(arguments)
    _nothing_else(arguments)
    return views.sent(chain.store, wallet=wallet, **page)


def balance(chain: Chain, arguments: Arguments) -> dict[str, Any]:
    wallet, asset = _text(arguments, "wallet", _WALLET), _text(arguments, "asset", _SHORT)
    _nothing_else(arguments)
    with chain.store.reading():
        return views.balance(chain.store, wallet=wallet, asset=asset, spendable=chain.spendable(wallet, asset))


def movements(chain: Chain, arguments: Arguments) -> dict[str, Any]:
    wallet, page = _text(arguments, "wallet", _WALLET), _page(arguments)
    _nothing_else(arguments)
    return views.movements(chain.store, wallet=wallet, **page)


def owned_addresses(chain: Chain, arguments: Arguments) -> dict[str, Any]:
    wallet, page = _text(arguments, "wallet", _WALLET), _page(arguments, first=-1)
    _nothing_else(arguments)
    return views.owned_addresses(chain.store, wallet=wallet, **page)


def new_address(chain: Chain, arguments: Arguments) -> dict[str, Any]:
    wallet, client_id = _text(arguments, "wallet", _WALLET), _client_id(arguments)
    _nothing_else(arguments)
    return {"address": chain.new_address(wallet=wallet, client_id=client_id)}


def send(chain: Chain, arguments: Arguments) -> dict[str, Any]:
    wallet, asset = _text(arguments, "wallet", _WALLET), _text(arguments, "asset", _SHORT)
    client_id = _text(arguments, "client_id", _CLIENT_ID)
    max_fee = arguments.pop("max_fee", None)
    listed = arguments.pop("outputs", None)
    _nothing_else(arguments)
    if not isinstance(listed, list) or not 0 < len(listed) <= MAX_OUTPUTS:
        raise malformed("outputs is a list.")
    outputs = []
    for item in listed:
        if not isinstance(item, dict):
            raise malformed("An output has address, amount and tag.")
        outputs.append(_output(item))
        _nothing_else(item)
    identity = chain.send(
        wallet=wallet,
        asset=asset,
        outputs=outputs,
        client_id=client_id,
        max_fee=None if max_fee is None else _atoms(max_fee, "max_fee"),
    )
    return views.chain_transaction(chain.store, identity=identity)


def is_sent(chain: Chain, arguments: Arguments) -> bool:
    client_id = arguments.get("client_id")
    return isinstance(client_id, str) and views.is_known(chain.store, client_id=client_id)


def faucet(chain: Chain, arguments: Arguments) -> dict[str, Any]:
    asset, client_id, output = _text(arguments, "asset", _SHORT), _client_id(arguments), _output(arguments)
    _nothing_else(arguments)
    identity = chain.pour(asset=asset, output=output, client_id=client_id)
    return views.chain_transaction(chain.store, identity=identity)


def broadcast_again(chain: Chain, arguments: Arguments) -> dict[str, Any]:
    identity = _text(arguments, "id", _SHORT)
    _nothing_else(arguments)
    chain.broadcast_again(chain_transaction_id=identity)
    return views.chain_transaction(chain.store, identity=identity)


def mine(chain: Chain, arguments: Arguments) -> dict[str, Any]:
    count = _number(arguments, "blocks", 1, least=1, most=MAX_MINED_AT_ONCE)
    _nothing_else(arguments)
    chain.mine(blocks=count)
    return views.status(chain.store)


def reorganise(chain: Chain, arguments: Arguments) -> dict[str, Any]:
    depth = _number(arguments, "depth", 0, least=1)
    drop, is_mined_again = arguments.pop("drop", []), arguments.pop("is_mined_again", True)
    _nothing_else(arguments)
    if not isinstance(drop, list) or not all(isinstance(item, str) for item in drop):
        raise malformed("drop is a list of ids.")
    if not isinstance(is_mined_again, bool):
        raise malformed("is_mined_again is true or false.")
    chain.reorganise(depth=depth, drop=frozenset(drop), is_mined_again=is_mined_again)
    return views.status(chain.store)


def fail_next(chain: Chain, arguments: Arguments) -> dict[str, Any]:
    kind, operation = _text(arguments, "kind", _SHORT), _text(arguments, "operation", _SHORT, "send")
    times = _number(arguments, "times", 1, least=1)
    _nothing_else(arguments)
    faults.plan(chain.store, operation=operation, kind=kind, times=times)
    return {}


def fail_no_more(chain: Chain, arguments: Arguments) -> dict[str, Any]:
    _nothing_else(arguments)
    faults.forget(chain.store)
    return {}


def set_fee(chain: Chain, arguments: Arguments) -> dict[str, Any]:
    asset, fee = _text(arguments, "asset", _SHORT), _atoms(arguments.pop("fee", None), "fee")
    _nothing_else(arguments)
    chain.set_fee(asset=asset, fee=fee)
    return views.status(chain.store)


DOORS = {
    ("GET", "/status"): Door(status),
    ("GET", "/blocks"): Door(blocks, "blocks"),
    ("GET", "/block"): Door(block),
    ("GET", "/chain-transaction"): Door(chain_transaction, "look_up"),
    ("GET", "/pending"): Door(pending),
    ("GET", "/sent"): Door(sent),
    ("GET", "/balance"): Door(balance, "balance"),
    ("GET", "/movements"): Door(movements, "movements"),
    ("GET", "/addresses"): Door(owned_addresses),
    ("POST", "/addresses"): Door(new_address, "new_address"),
    ("POST", "/send"): Door(send, "send", is_sent),
    ("POST", "/faucet"): Door(faucet, "faucet", is_sent),
    ("POST", "/broadcast-again"): Door(broadcast_again),
    ("POST", "/controls/mine"): Door(mine),
    ("POST", "/controls/reorganise"): Door(reorganise),
    ("POST", "/controls/fail-next"): Door(fail_next),
    ("POST", "/controls/fail-no-more"): Door(fail_no_more),
    ("POST", "/controls/fee"): Door(set_fee),
}
