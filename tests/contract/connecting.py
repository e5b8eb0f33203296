"""The operations of exchange accounts and their addresses, each with each success its description promises."""

from collections.abc import Callable
from typing import Any

from tests.support.told_venue import EVM, KEY, SECRET, ToldVenue, an_exchange

EXCHANGE = "toldex"
_ACCOUNT = {"exchange": EXCHANGE, "api_key": KEY, "api_secret": SECRET, "passphrase": "words"}
_ADDRESS = {"currency": "USDT", "network": "ERC20"}


def walk_venues(go: Callable[..., Any], venue: ToldVenue) -> dict[str, str]:
    """`go` sends one request that has to succeed; returns ids that can be read afterwards."""
    an_exchange(EXCHANGE)
    venue.gives("USDT", "ERC20", EVM[0])
    account = go("connect_exchange_account", 201, _ACCOUNT | {"name": "Main", "keys_expire_at": "2200-01-01T00:00:00Z"})
    other = go("connect_exchange_account", 201, _ACCOUNT | {"name": "Other", "metadata": {"desk": 1}})
    go("test_exchange_account", 200, account_id=account["id"])
    go("update_exchange_account", 200, {"name": "Second", "is_active": True}, account_id=other["id"])
    address = go("add_exchange_address", 201, _ADDRESS | {"account_id": account["id"], "label": "treasury"})
    by_hand = go("add_exchange_address", 201, _ADDRESS | {"account_id": other["id"], "address": EVM[1]})
    changes = {"description": "for the desk", "listing": "allowed", "user_metadata": {"a": None}}
    go("update_exchange_address", 200, changes, address_id=address["id"])
    go("refresh_exchange_address", 200, address_id=address["id"])
    results = go("change_exchange_addresses", 200, {"action": "block", "ids": [by_hand["id"], other["id"]]})["results"]
    assert [result["ok"] for result in results] == [True, False]
    go("delete_exchange_address", 200, address_id=by_hand["id"])
    assert go("sync_exchange_addresses", 202, {"account_ids": [account["id"]], "type": "full"})["syncs"]
    go("staff_force_exchange_sync", 202, {"account_ids": [other["id"]], "reason": "asked for"})
    go("delete_exchange_account", 200, account_id=other["id"])
    return {
        "account_id": account["id"],
        "exchange_id": EXCHANGE,
        "address_id": address["id"],
        "currency": "USDT",
    }
