"""The simulated chain as a process, over HTTP: kills, failures on demand, and who may speak to it."""

import http.client
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.simulated_chain import TOKEN, SimulatedChain
from wallet.simchain.client import ChainClient, NotReached, Refused, Unreachable

AMOUNT = 10**8


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[SimulatedChain]:
    made = SimulatedChain(tmp_path)
    made.start()
    yield made
    made.end()


def output(address: str, atoms: int = 1_000) -> list[dict[str, str]]:
    return [{"address": address, "amount": str(atoms)}]


def test_what_was_answered_survives_a_kill(chain: SimulatedChain) -> None:
    client = chain.client
    address = chain.fund("hot", "BTC", AMOUNT)
    sent = client.send("hot", "BTC", output(address), client_id="payout-1")
    client.fail_next("refuse")
    before = client.status()
    chain.kill()
    with pytest.raises(NotReached):
        client.status()
    chain.start()
    assert client.status() == before
    assert client.look_up("payout-1") == sent == client.chain_transaction(sent["id"])
    # What was sent is not refused afterwards; the next one is.
    assert client.send("hot", "BTC", output(address), client_id="payout-1") == sent
    with pytest.raises(Refused, match="REFUSED"):
        client.send("hot", "BTC", output(address), client_id="payout-2")
    assert client.send("hot", "BTC", output(address), client_id="payout-1") == sent
    assert [found["id"] for found in client.pending()] == [sent["id"]]
    client.mine()
    assert client.balance("hot", "BTC")["amount"] == str(AMOUNT - 2_000)
    assert chain.stop() == 0
    assert TOKEN not in chain.log.read_text()
    assert "exception" not in chain.log.read_text()


def test_every_failure_tells_whether_something_may_have_been_done(chain: SimulatedChain) -> None:
    client = chain.client
    address = chain.fund("hot", "BTC", AMOUNT)
    for number, (kind, expected, is_done) in enumerate(
        [
            ("refuse", Refused, False),
            ("insufficient", Refused, False),
            ("http_500", Unreachable, False),
            ("timeout_before", Unreachable, False),
            ("timeout_after_doing", Unreachable, True),
        ]
    ):
        client.fail_next(kind)
        with pytest.raises(expected):
            client.send("hot", "BTC", output(address), client_id=f"payout-{number}")
        assert (client.look_up(f"payout-{number}") is not None) == is_done
        client.send("hot", "BTC", output(address), client_id=f"payout-{number}")
    assert len(client.sent("hot")["chain_transactions"]) == 5
    client.fail_next("timeout_before", operation="blocks", times=2)
    for _ in range(2):
        with pytest.raises(Unreachable):
            client.blocks(first=0)
    assert client.blocks(first=0)["blocks"][0]["number"] == 0
    client.fail_next("http_500", times=9)
    client.fail_no_more()
    client.send("hot", "BTC", output(address), client_id="at-last")


def test_blocks_come_in_pages_and_a_reorganisation_shows_in_them(chain: SimulatedChain) -> None:
    client = chain.client
    client.mine(25)
    pages = [client.blocks(first=first, limit=10)["blocks"] for first in (0, 10, 20, 30)]
    assert [len(page) for page in pages] == [10, 10, 6, 0]
    walked = [block for page in pages for block in page]
    assert all(child["parent_hash"] == parent["hash"] for parent, child in pairwise(walked))
    told = client.reorganise(4)
    assert told["tip_number"] == 26
    new = client.blocks(first=20)["blocks"]
    assert new[1] == walked[21]
    assert new[2]["hash"] != walked[22]["hash"]
    assert client.block(block_hash=walked[22]["hash"])["is_active"] is False


def test_only_who_has_the_token_is_served(chain: SimulatedChain) -> None:
    stranger = ChainClient(chain.url, "another-token-than-that")
    with pytest.raises(Refused, match="NOT_ALLOWED"):
        stranger.mine()
    with pytest.raises(Refused, match="NOT_ALLOWED"):
        stranger.status()
    stranger.close()
    connection = http.client.HTTPConnection("127.0.0.1", chain.port, timeout=60)
    connection.request("GET", "/health")
    assert connection.getresponse().status == 200
    connection.close()
    assert chain.client.status()["tip_number"] == 0


@pytest.mark.parametrize(
    ("method", "path", "content"),
    [
        ("POST", "/send", {"wallet": "hot", "asset": "BTC", "outputs": [], "client_id": "x"}),
        (
            "POST",
            "/send",
            {"wallet": "hot", "asset": "BTC", "outputs": [{"address": "a", "amount": 5}], "client_id": "x"},
        ),
        ("POST", "/send", {"wallet": "hot", "asset": "BTC", "outputs": [{"address": "a", "amount": "5"}]}),
        ("POST", "/faucet", {"asset": "BTC", "address": "a", "amount": "-5"}),
        ("POST", "/addresses", {"wallet": "no such name!"}),
        ("POST", "/addresses", {"wallet": "hot", "further": "1"}),
        ("POST", "/controls/mine", {"blocks": True}),
        ("POST", "/controls/mine", {"blocks": 0}),
        ("POST", "/controls/reorganise", {"depth": 1, "drop": "x"}),
        ("POST", "/controls/fail-next", {"kind": "politely"}),
    ],
)
def test_what_is_malformed_changes_nothing(
    chain: SimulatedChain, method: str, path: str, content: dict[str, object]
) -> None:
    before = chain.client.status()
    with pytest.raises(Refused, match="MALFORMED"):
        chain.client._ask(method, path, json=content)
    assert chain.client.status() == before


def test_blocks_come_by_themselves(tmp_path: Path) -> None:
    chain = SimulatedChain(tmp_path, block_seconds=0.05)
    chain.start()
    try:
        deadline = time.monotonic() + 60
        while chain.client.status()["tip_number"] < 3:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert chain.stop() == 0
    finally:
        chain.end()
