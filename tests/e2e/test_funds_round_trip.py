"""Money in from the chain, traded, and out again, while the workers that move it are killed in between."""

import json
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.second_factor.totp import code_of_step, step_at
from exchange.embedded.environment import simulated_chain_token
from exchange.embedded.home import Home, load_secrets
from tests.e2e.test_entry_script import home
from tests.support.instance import Instance, end
from tests.support.load import SignedClient
from wallet.simchain import addresses
from wallet.simchain.client import ChainClient

__all__ = ["home"]

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
WORKERS = ("funds", "default")
PATIENCE_SECONDS = 180
AMOUNT = "0.001"
ENROL = f"""
import json
from allauth.mfa.totp.internal.auth import TOTP
from accounts.models import User
from accounts.services import create_api_key
keys = dict()
for name in ("alice", "bob"):
    user = User.objects.get(username=name)
    made = create_api_key(user=user, label="round trip", scopes=["read", "trade", "withdraw"])
    keys[name] = [made.api_key.key, made.secret]
TOTP.activate(User.objects.get(username="alice"), "{SECRET}")
print(json.dumps(keys))
"""
AUDIT = """
import json
from ledger.verification import verify_ledger
from matching.verification import CHECKS as OF_MATCHING
from wallet.models import Rail
from wallet.services.reconciliation import reconcile_rail
from wallet.verification import CHECKS
findings = [str(finding) for finding in verify_ledger(extra_checks=(*OF_MATCHING, *CHECKS)).findings]
made = reconcile_rail(rail=Rail.objects.get(kind="simulated_chain"))
print(json.dumps(dict(findings=findings, is_even=made.is_even, figures=made.figures)))
"""


@pytest.fixture
def instance(home: Path, fill_home: Callable[[Path], None]) -> Iterator[Instance]:
    fill_home(home)
    made = Instance(home, "--no-bots", "--no-page")
    yield made
    end(made)


def shell(instance: Instance, script: str) -> dict[str, Any]:
    """What a script run by `manage shell` prints last."""
    result = instance.run("manage", "shell", "-v0", "-c", script)
    assert result.returncode == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return found


def chain_of(instance: Instance) -> ChainClient:
    place = Home(instance.home)
    token = simulated_chain_token(load_secrets(place)["secret_key"])
    return ChainClient(f"http://127.0.0.1:{place.read_instance()['chain_port']}", token)


def eventually(read: Callable[[], Any], wanted: Callable[[Any], bool]) -> Any:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not wanted(found := read()):
        assert time.monotonic() < deadline, found
        time.sleep(0.2)
    return found


def balance(client: SignedClient, asset: str) -> Decimal:
    items = client.read("/api/v1/balances")["items"]
    return next(Decimal(row["available"]) + Decimal(row["locked"]) for row in items if row["asset"] == asset)


def order(client: SignedClient, side: str) -> None:
    reply = client.call(
        "POST",
        "/api/v1/orders",
        {"symbol": "BTC-USDT", "side": side, "type": "LIMIT", "price": "65000", "quantity": "0.01"},
    )
    assert reply.status == 201, reply


def test_money_comes_in_is_traded_and_goes_out_once_though_the_workers_are_killed(instance: Instance) -> None:
    instance.start()
    keys = shell(instance, ENROL)
    alice, bob = (SignedClient(instance.port, *keys[name]) for name in ("alice", "bob"))
    chain = chain_of(instance)
    before = balance(alice, "BTC")

    given = alice.call("POST", "/api/v1/wallet/faucet", {"request_id": "gift", "asset": "BTC"})
    assert given.status == 201, given
    instance.kill(*WORKERS)
    (deposit,) = eventually(
        lambda: alice.read("/api/v1/wallet/deposits")["items"],
        lambda items: bool(items) and items[0]["state"] == "CREDITED",
    )
    assert deposit["external_tx_id"] == given.body["external_tx_id"]
    assert balance(alice, "BTC") == before + Decimal(given.body["amount"])

    order(alice, "SELL")
    order(bob, "BUY")
    assert balance(alice, "BTC") == before + Decimal(given.body["amount"]) - Decimal("0.01")

    outside = addresses.derive("somebody", "elsewhere", 0)
    asked = {"request_id": "out", "asset": "BTC", "network": "SIM", "amount": AMOUNT, "address": outside}
    withdrawal = alice.call("POST", "/api/v1/wallet/withdrawals", asked)
    assert withdrawal.status == 201, withdrawal
    path = f"/api/v1/wallet/withdrawals/{withdrawal.body['id']}"
    code = code_of_step(SECRET, step_at(timezone.now()))
    verified = alice.call("POST", f"{path}/verify", {"code": code})
    assert verified.status == 200, verified
    instance.kill(*WORKERS)
    repeated = alice.call("POST", "/api/v1/wallet/withdrawals", asked)
    assert (repeated.status, repeated.body["id"]) == (200, withdrawal.body["id"])
    sent = eventually(lambda: alice.read(path), lambda row: row["state"] in ("SENT", "CONFIRMED", "REVIEW", "UNKNOWN"))
    instance.kill(*WORKERS)
    done = eventually(lambda: alice.read(path), lambda row: row["state"] in ("CONFIRMED", "REVIEW"))
    assert done["state"] == "CONFIRMED", (sent, done)

    (paid,) = [one for one in chain.sent("hot")["chain_transactions"] if one["client_id"].startswith("w")]
    assert (paid["id"], paid["state"]) == (done["external_tx_id"], "mined")
    assert [(output["address"], output["amount"]) for output in paid["outputs"]] == [(outside, "100000")]
    left = Decimal(AMOUNT) + Decimal(done["fee"])
    assert balance(alice, "BTC") == before + Decimal(given.body["amount"]) - Decimal("0.01") - left
    found = shell(instance, AUDIT)
    assert (found["findings"], found["is_even"]) == ([], True), found
    chain.close()
