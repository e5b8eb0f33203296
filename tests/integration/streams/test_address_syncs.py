"""Syncs of exchange accounts on the private stream: progress without numbers, changed addresses with one."""

from collections.abc import Callable
from typing import Any

from tests.integration.streams.conftest import Stage
from tests.support.streams_process import StreamClient
from tests.support.told_venue import BTC, connected, told_venue
from wallet.venues.models import AddressSyncLog, ExchangeAccount
from wallet.venues.origin import Origin
from wallet.venues.services.running import run_sync
from wallet.venues.services.syncing import request_sync


def sync(account: ExchangeAccount) -> AddressSyncLog:
    (log,) = request_sync(user=account.user, origin=Origin(account.user), account_ids=[account.pk])
    run_sync(sync_id=log.pk)
    return log


def until_finished(client: StreamClient, log: AddressSyncLog) -> list[dict[str, Any]]:
    frames = [client.next("address_sync")]
    while frames[-1]["data"]["sync"]["finished_at"] is None:
        frames.append(client.next("address_sync"))
    assert {frame["data"]["sync"]["id"] for frame in frames} == {str(log.pk)}
    return frames


def test_progress_is_shown_to_its_user_and_a_changed_address_is_an_event(
    stage: Stage, clients: Callable[..., StreamClient]
) -> None:
    client, outsider = clients("owner"), clients("outsider")
    start = client.ask("subscribe")["sequences"].get("funds", 0)
    outsider.ask("subscribe")
    with told_venue() as venue:
        account = connected(stage.exchange.user("owner"))
        venue.gives("BTC", "BTC", BTC[0])
        frames = until_finished(client, sync(account))
        assert [frame["data"]["account_id"] for frame in frames] == [str(account.pk)] * len(frames)
        assert [frame["data"]["sync"]["status"] for frame in frames][:2] == ["queued", "running"]
        last = frames[-1]["data"]["sync"]
        assert (last["status"], last["added"], last["done"], last["total"]) == ("success", 1, 4, 4)
        assert "sequence" not in frames[-1]
        venue.gives("BTC", "BTC", BTC[1])
        sync(account)
    event = client.next("event")
    assert (event["writer"], event["sequence"], event["event"]) == ("funds", start + 1, "address_changed")
    assert (event["account_id"], event["currency"], event["network"]) == (str(account.pk), "BTC", "BTC")
    assert event["old_address_id"] != event["new_address_id"]
    assert outsider.drain(0.3) == []
    again = clients("owner").ask("subscribe", **{"from": {"funds": start}})
    assert again["type"] == "subscribed"
