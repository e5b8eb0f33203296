"""Deposit addresses over the API: found, labelled, listed, confirmed, fetched, many at once."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.credentials import forget_credentials
from accounts.models import User
from tests.integration.venues.api import ADDRESSES, NO_IDS, NOWHERE, ApiClient, told, warm_up
from tests.support.api import error_code
from tests.support.filled_venues import address_of
from tests.support.told_venue import BTC, EVM, TRON, an_exchange, connected
from wallet.venues.models import AddressStatus, AddressSyncLog, DepositAddress, ExchangeAccount
from wallet.venues.services.marks import block_for_everybody


@pytest.fixture(autouse=True)
def clean(db: None) -> Iterator[None]:
    warm_up()
    yield
    forget_credentials()


@pytest.fixture
def account() -> ExchangeAccount:
    return connected(User.objects.get(username="owner"))


@pytest.fixture
def mine() -> ApiClient:
    return ApiClient("owner")


def codes(address: dict[str, Any]) -> list[str]:
    return [warning["code"] for warning in address["warnings"]]


def test_lists_have_pages_filters_and_orderings(account: ExchangeAccount, mine: ApiClient) -> None:
    second = connected(User.objects.get(username="owner"), name="Second", exchange="other")
    for number, (of, currency, network) in enumerate(
        ((account, "USDT", "ERC20"), (account, "USDT", "TRC20"), (second, "BTC", "BTC"), (second, "ETH", "ERC20"))
    ):
        address_of(of, f"address-{number}", currency=currency, network=network)
    address_of(account, "address-9", status=AddressStatus.GONE)

    def shown(query: str) -> list[str]:
        return [item["address"][-1] for item in told(mine.get(f"{ADDRESSES}?{query}"))["items"]]

    first = told(mine.get(f"{ADDRESSES}?limit=3"))
    assert [item["address"][-1] for item in first["items"]] == ["9", "3", "2"]
    assert shown(f"limit=3&cursor={first['next_cursor']}") == ["1", "0"]
    assert shown("ordering=address&limit=2") == ["0", "1"]
    assert shown("currency=usdt&ordering=created_at") == ["0", "1", "9"]
    assert shown("currency=USDT&network=TRC20") == ["1"]
    assert shown("exchange=other") == shown(f"account_id={second.pk}") == ["3", "2"]
    assert shown("status=gone") == shown("is_active=false") == ["9"]
    assert shown("search=ADDRESS-3") == ["3"]
    assert shown("currency=NONE") == shown(f"account_id={NOWHERE}") == []
    by_address = told(mine.get(f"{ADDRESSES}?limit=1&ordering=address"))["next_cursor"]
    for wrong in (
        "cursor=1", f"cursor={by_address}", "limit=501", "ordering=user", "status=x", "is_active=1", "currency=%00",
        "network=%00", "search=%00", "label=%0a", "account_id=1", "group_by=user", "page=2",
        f"group_by=currency&cursor={by_address}",
    ):  # fmt: skip
        assert mine.get(f"{ADDRESSES}?{wrong}").status_code == 400, wrong


def test_a_view_across_exchanges_groups_by_currency_and_network(account: ExchangeAccount, mine: ApiClient) -> None:
    second = connected(User.objects.get(username="owner"), exchange="other")
    address_of(account)
    address_of(second)
    address_of(second, TRON[0], network="TRC20")
    address_of(second, BTC[0], currency="BTC", network="BTC")
    groups = told(mine.get(f"{ADDRESSES}?group_by=currency"))["groups"]
    found = [(group["currency"], group["network"], len(group["addresses"])) for group in groups]
    assert found == [("BTC", "BTC", 1), ("USDT", "ERC20", 2), ("USDT", "TRC20", 1)]
    one = told(mine.get(f"{ADDRESSES}/by-currency/usdt"))["groups"]
    assert [(group["network"], len(group["addresses"])) for group in one] == [("ERC20", 2), ("TRC20", 1)]
    for nothing in ("DOGE", "x" * 300, "%00"):
        assert told(mine.get(f"{ADDRESSES}/by-currency/{nothing}")) == {"groups": []}


def test_labels_and_lists_hold_wherever_the_address_occurs(account: ExchangeAccount, mine: ApiClient) -> None:
    second = connected(User.objects.get(username="owner"), exchange="other")
    here, there = address_of(account), address_of(second)
    changed = told(mine.put(f"{ADDRESSES}/{here.pk}", {"label": "Treasury", "listing": "blocked"}))
    assert (changed["label"], changed["listing"], changed["is_active"]) == ("Treasury", "blocked", False)
    other = told(mine.get(f"{ADDRESSES}/{there.pk}"))
    assert (other["label"], other["is_blocked"], other["is_active"]) == ("Treasury", True, False)
    assert "ADDRESS_BLOCKED" in codes(other)
    assert len(told(mine.get(f"{ADDRESSES}?label=Treasury"))["items"]) == 2
    answer = mine.put(f"{ADDRESSES}/{there.pk}", {"is_active": True})
    assert (answer.status_code, error_code(answer)) == (422, "ADDRESS_BLOCKED")
    told(mine.put(f"{ADDRESSES}/{there.pk}", {"listing": ""}))
    assert told(mine.put(f"{ADDRESSES}/{there.pk}", {"is_active": True}))["is_active"] is True
    for wrong in ({"listing": "maybe"}, {"label": "x" * 61}, {"label": "a\nb"}, {"address": "x"}, {"confirm": False}):
        assert mine.put(f"{ADDRESSES}/{here.pk}", wrong).status_code == 400


def test_what_staff_block_is_blocked_for_everybody(account: ExchangeAccount, mine: ApiClient) -> None:
    address = address_of(account)
    staff = User.objects.get(username="staff")
    block_for_everybody(staff=staff, network="ERC20", address=EVM[0], reason="stolen")
    shown = told(mine.get(f"{ADDRESSES}/{address.pk}"))
    assert (shown["is_blocked"], shown["listing"], shown["is_active"]) == (True, "", False)
    history = told(mine.get(f"{ADDRESSES}/history/{address.pk}"))["items"]
    assert (history[0]["by"], history[0]["ip_address"]) == ("staff", None)
    assert "stolen" not in str(history)


def test_a_changed_address_waits_for_its_user(account: ExchangeAccount, mine: ApiClient) -> None:
    old = address_of(account, status=AddressStatus.REPLACED)
    new = address_of(account, EVM[1], status=AddressStatus.CHANGED, replaces=old)
    shown = told(mine.get(f"{ADDRESSES}/{new.pk}"))
    assert (shown["status"], shown["is_active"], shown["replaces"]) == ("changed", False, str(old.pk))
    assert codes(shown)[0] == "ADDRESS_CHANGED"
    assert told(mine.get(f"{ADDRESSES}/{old.pk}"))["replaced_by"] == str(new.pk)
    answer = mine.put(f"{ADDRESSES}/{new.pk}", {"is_active": True})
    assert (answer.status_code, error_code(answer)) == (409, "ADDRESS_NOT_CONFIRMED")
    confirmed = told(mine.put(f"{ADDRESSES}/{new.pk}", {"confirm": True}))
    assert (confirmed["status"], confirmed["is_active"]) == ("current", True)
    history = told(mine.get(f"{ADDRESSES}/history/{new.pk}"))["items"]
    assert (history[0]["action"], history[0]["by"], history[0]["ip_address"]) == (
        "address.confirmed",
        "user",
        "127.0.0.1",
    )


def test_history_has_pages(account: ExchangeAccount, mine: ApiClient) -> None:
    address = address_of(account)
    for number in range(3):
        told(mine.put(f"{ADDRESSES}/{address.pk}", {"description": f"number {number}"}))
    path = f"{ADDRESSES}/history/{address.pk}"
    first = told(mine.get(f"{path}?limit=2"))
    rest = told(mine.get(f"{path}?cursor={first['next_cursor']}"))
    texts = [item["new_values"]["description"] for item in first["items"] + rest["items"]]
    assert texts == ["number 2", "number 1", "number 0"]
    assert mine.get(f"{path}?cursor=x").status_code == 400


def test_an_address_is_entered_by_hand(account: ExchangeAccount, mine: ApiClient) -> None:
    asked = {"account_id": str(account.pk), "currency": "usdt", "network": "ERC20", "address": EVM[0], "label": "cold"}
    made = told(mine.post(ADDRESSES, asked), 201)
    assert (made["currency"], made["label"], made["is_manual"]) == ("USDT", "cold", True)
    assert made["is_format_checked"] is True
    answer = mine.post(ADDRESSES, asked)
    assert (answer.status_code, error_code(answer)) == (409, "DEPOSIT_ADDRESS_EXISTS")
    mistakes: tuple[dict[str, Any], ...] = (
        {"network": ""}, {"currency": "U S"}, {"address": "two words"}, {"address": EVM[0][:-1] + "0"},
        {"account_id": "1"}, {"user_metadata": []}, {"user_metadata": {"x": "y" * 5_000}},
    )  # fmt: skip
    for wrong in mistakes:
        assert mine.post(ADDRESSES, asked | wrong).status_code in (400, 422), wrong
    without = {name: value for name, value in asked.items() if name != "network"}
    assert mine.post(ADDRESSES, without).status_code == 400
    assert DepositAddress.objects.count() == 1
    deleted = told(mine.delete(f"{ADDRESSES}/{made['id']}"))
    assert deleted["is_active"] is False
    assert mine.get(f"{ADDRESSES}/{made['id']}").status_code == 404
    assert told(mine.get(ADDRESSES))["items"] == []


def test_many_at_once_have_each_a_result(account: ExchangeAccount, mine: ApiClient) -> None:
    bulk = f"{ADDRESSES}/bulk"
    theirs = address_of(connected(User.objects.get(username="colleague")), BTC[0], currency="BTC", network="BTC")
    item = {"account_id": str(account.pk), "currency": "USDT", "network": "ERC20"}
    created = told(
        mine.post(bulk, {"action": "create", "items": [item | {"address": EVM[0]}, item | {"address": "nonsense"}]})
    )["results"]
    assert [result["ok"] for result in created] == [True, False]
    assert created[1]["address"] is None
    assert created[1]["error"]["code"]
    known = created[0]["id"]
    results = told(mine.post(bulk, {"action": "block", "ids": [known, str(theirs.pk), NOWHERE]}))["results"]
    assert [result["ok"] for result in results] == [True, False, False]
    assert {result["error"]["code"] for result in results[1:]} == {"DEPOSIT_ADDRESS_NOT_FOUND"}
    assert results[0]["address"]["listing"] == "blocked"
    updated = told(mine.post(bulk, {"action": "update", "items": [{"id": known, "label": "x", "listing": ""}]}))
    assert updated["results"][0]["address"]["label"] == "x"
    mistakes: tuple[dict[str, Any], ...] = (
        {"action": "create", "ids": [known]},
        {"action": "delete", "items": [{"id": known}]},
        {"action": "delete", "ids": []},
        {"action": "delete", "ids": [known] * 101},
        {"action": "delete", "ids": ["1"]},
        {"action": "update", "items": [{"label": "x"}]},
        {"action": "update", "items": [{"id": known, "color": "red"}]},
        {"action": "create", "items": [{"currency": "USDT"}]},
        {"action": "burn", "ids": [known]},
    )
    for wrong in mistakes:
        assert mine.post(bulk, wrong).status_code == 400, wrong
    assert told(mine.post(bulk, {"action": "delete", "ids": [known]}))["results"][0]["ok"] is True
    theirs.refresh_from_db()
    assert (theirs.deleted_at, theirs.is_active) == (None, True)


def test_a_sync_is_asked_for(account: ExchangeAccount, mine: ApiClient) -> None:
    path = f"{ADDRESSES}/sync"
    second = connected(User.objects.get(username="owner"), name="Second")
    syncs = told(mine.post(path, {"account_ids": [str(account.pk)], "type": "full"}), 202)["syncs"]
    assert [(sync["account_id"], sync["type"], sync["status"]) for sync in syncs] == [
        (str(account.pk), "full", "queued")
    ]
    answer = mine.post(path, {"account_ids": [str(account.pk)]})
    assert (answer.status_code, error_code(answer)) == (409, "SYNC_RUNNING")
    everything = told(mine.post(path, {"currencies": ["usdt"]}), 202)["syncs"]
    assert {sync["account_id"] for sync in everything} == {str(account.pk), str(second.pk)}
    mistakes: tuple[dict[str, Any], ...] = (
        {"account_ids": []}, {"account_ids": ["1"]}, {"currencies": ["U S"]}, {"type": "half"}, {"force": True},
    )  # fmt: skip
    for wrong in mistakes:
        assert mine.post(path, wrong).status_code == 400, wrong
    assert AddressSyncLog.objects.count() == 2


def test_ids_that_cannot_be_are_not_there(mine: ApiClient) -> None:
    for wrong in (*NO_IDS, NOWHERE):
        for answer in (
            mine.get(f"{ADDRESSES}/{wrong}"),
            mine.put(f"{ADDRESSES}/{wrong}", {"label": "x"}),
            mine.delete(f"{ADDRESSES}/{wrong}"),
            mine.put(f"{ADDRESSES}/{wrong}/refresh"),
            mine.get(f"{ADDRESSES}/history/{wrong}"),
        ):
            assert (answer.status_code, error_code(answer)) == (404, "DEPOSIT_ADDRESS_NOT_FOUND"), wrong


def test_an_account_that_is_taken_away_takes_its_addresses_along(account: ExchangeAccount, mine: ApiClient) -> None:
    address = address_of(account)
    assert an_exchange().pk == account.exchange_id
    told(mine.delete(f"/api/v1/wallet/exchanges/{account.pk}"))
    assert told(mine.get(ADDRESSES))["items"] == []
    assert mine.get(f"{ADDRESSES}/{address.pk}").status_code == 404
