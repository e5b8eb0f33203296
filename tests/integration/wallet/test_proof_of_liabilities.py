"""Snapshots of what is owed: taken of one moment, published, and checked by the verifier users run."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.credentials import forget_credentials
from accounts.models import User
from accounts.services import change_house_mark
from kernel.errors import InvariantViolated
from kernel.units import to_atoms
from ledger.models import Asset, Balance, Writer
from ledger.services import fund_account, open_user_account
from storage.models import RowIsAppendOnly
from tests.support import databases, funds
from tests.support.api import SignedClient, error_code, make_key
from tests.support.cast import CAST, FUNDS_WRITER, MONEY
from tests.support.exchange import Exchange
from tests.support.told_rail import ToldRail
from wallet.models import LiabilityLeaf, LiabilitySnapshot, LiabilityTree, Rail, RailKind, Reconciliation
from wallet.proofs import trees
from wallet.proofs.liabilities import prove_liabilities
from wallet.proofs.selectors import is_proof_due, own_proof
from wallet.proofs.tasks import publish_due_liabilities

VERIFIER = Path(__file__).parents[3] / "verifiers" / "verify_liabilities.py"
told: Any = None
PUBLIC, MINE = "/api/v1/proof-of-liabilities", "/api/v1/proof-of-liabilities/mine"


@pytest.fixture
def house(exchange: Exchange) -> Iterator[Exchange]:
    forget_credentials()
    yield exchange
    forget_credentials()


def client_of(house: Exchange, name: str) -> SignedClient:
    return SignedClient(make_key(house.user(name)))


def verify(folder: Path, published: Any, mine: Any) -> tuple[int, str]:
    paths = [folder / "published.json", folder / "mine.json"]
    for path, content in zip(paths, (published, mine), strict=True):
        path.write_text(json.dumps(content))
    command = [sys.executable, "-I", "-S", str(VERIFIER), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout


def give(house: Exchange, name: str, symbol: str, amount: str) -> None:
    """More money for a user, so that users do not all own the same."""
    asset = Asset.objects.get(symbol=symbol)
    fund_account(
        writer_id=FUNDS_WRITER,
        account=house.account(name),
        asset=asset,
        atoms=to_atoms(Decimal(amount), asset.scale),
        idempotency_key=f"give:{name}:{symbol}:{amount}",
        at=timezone.now(),
    )


def test_users_check_what_they_own_against_what_is_published(house: Exchange, tmp_path: Path) -> None:
    give(house, "owner", "BTC", "0.00000001")
    call_command("prove_liabilities", output=tmp_path / "file.json", verbosity=0)

    stranger = SignedClient(None)
    published = stranger.get(PUBLIC)
    assert published.status_code == 200
    snapshot = published.json()["items"][0]
    assert snapshot == json.loads((tmp_path / "file.json").read_text())
    btc = next(entry for entry in snapshot["assets"] if entry["asset"] == "BTC")
    assert (btc["total"], btc["leaves"], btc["depth"]) == ("300.00000001", 3, 2)
    assert {head["writer"]: head["hash"] for head in snapshot["heads"]} == {
        writer.pk: bytes(writer.chain_hash).hex() for writer in Writer.objects.all()
    }

    for name in CAST:
        mine = client_of(house, name).get(MINE).json()
        assert [leaf["asset"] for leaf in mine["leaves"]] == sorted(MONEY)
        assert {leaf["account"] for leaf in mine["leaves"]} == {str(house.account(name).pk)}
        code, text = verify(tmp_path, published.json(), mine)
        assert (code, text.splitlines()[-1]) == (0, "OK"), text
        assert "the total of 300.000000010000" in text

    # What the owner got does not prove the colleague's account.
    mine = client_of(house, "owner").get(MINE).json()
    mine["leaves"][0]["account"] = str(house.account("colleague").pk)
    assert verify(tmp_path, snapshot, mine)[0] == 1


def test_nobody_sees_anybody_elses_leaf(house: Exchange) -> None:
    snapshot = prove_liabilities()
    salts = {
        name: {leaf["salt"] for leaf in client_of(house, name).get(f"{MINE}?snapshot={snapshot.pk}").json()["leaves"]}
        for name in CAST
    }
    assert len(set.union(*salts.values())) == 3 * len(MONEY)
    stranger = SignedClient(None)
    assert (stranger.get(MINE).status_code, error_code(stranger.get(MINE))) == (401, "AUTHENTICATION_REQUIRED")
    assert not any(salt in stranger.get(PUBLIC).content.decode() for salt in set.union(*salts.values()))


def test_a_new_snapshot_has_new_salts_and_the_old_one_stays(house: Exchange, tmp_path: Path) -> None:
    first = prove_liabilities()
    give(house, "owner", "ETH", "5")
    second = prove_liabilities()
    client = client_of(house, "owner")
    assert client.get(MINE).json()["snapshot"] == str(second.pk)
    old = client.get(f"{MINE}?snapshot={first.pk}").json()
    published = SignedClient(None).get(PUBLIC).json()
    assert [item["snapshot"] for item in published["items"]] == [str(second.pk), str(first.pk)]
    assert verify(tmp_path, published, old)[0] == 0
    amounts = {leaf["asset"]: leaf["amount"] for leaf in client.get(MINE).json()["leaves"]}
    assert amounts["ETH"] == "1005"
    page = SignedClient(None).get(f"{PUBLIC}?limit=1").json()
    assert [item["snapshot"] for item in page["items"]] == [str(second.pk)]
    page = SignedClient(None).get(f"{PUBLIC}?limit=1&cursor={page['next_cursor']}").json()
    assert [item["snapshot"] for item in page["items"]] == [str(first.pk)]


def test_what_is_not_there(db: None) -> None:
    forget_credentials()
    client = SignedClient(make_key(User.objects.get(username="owner")))
    assert SignedClient(None).get(PUBLIC).json() == {"items": [], "next_cursor": None}
    for query in ("", "?snapshot=1"):
        answer = client.get(MINE + query)
        assert (answer.status_code, error_code(answer)) == (404, "LIABILITY_SNAPSHOT_MISSING")
    assert error_code(client.get(f"{MINE}?snapshot=x")) == "FIELD_INVALID"
    assert error_code(client.get(f"{MINE}?user=1")) == "UNKNOWN_FIELD"


def test_house_accounts_and_empty_ones_have_no_leaf(house: Exchange) -> None:
    change_house_mark(user=house.user("outsider"), is_house=True, by=None, reason="test")
    newcomer = User.objects.create_user("new@example.com", "new", "a-long-enough-password")
    open_user_account(user=newcomer)
    snapshot = prove_liabilities()
    assert {tree.leaf_count for tree in LiabilityTree.objects.filter(snapshot=snapshot)} == {2}
    assert SignedClient(make_key(newcomer)).get(MINE).json()["leaves"] == []


def test_reserves_and_suspense_stand_beside_what_is_owed(house: Exchange) -> None:
    rail = Rail.objects.create(code="vault", name="Vault", kind=RailKind.CUSTODY)
    for held in ("290", "301.5"):
        Reconciliation.objects.create(
            rail=rail, is_even=True, figures={"BTC": {"ledger": held, "rail": held, "difference": "0"}}
        )
    snapshot = json.loads(prove_liabilities().document)
    mine = [reserve for reserve in snapshot["reserves"] if reserve["rail"] == "vault"]
    assert [(reserve["asset"], reserve["amount"]) for reserve in mine] == [("BTC", "301.5")]
    assert {entry["suspense"] for entry in snapshot["assets"]} == {"0"}


def test_parts_of_a_large_tree_are_read_alone(house: Exchange, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With a low stored height: six users in parts of two."""
    monkeypatch.setattr(trees, "STORED_HEIGHT", 1)
    for number in range(3):
        user = User.objects.create_user(f"u{number}@example.com", f"u{number}", "a-long-enough-password")
        open_user_account(user=user)
        give(house, f"u{number}", "BTC", str(number + 1))
    snapshot = prove_liabilities()
    for name in (*CAST, "u0", "u1", "u2"):
        mine = client_of(house, name).get(MINE).json()
        code, text = verify(tmp_path, json.loads(snapshot.document), mine)
        assert code == 0, text


def test_history_of_proofs_is_not_changed(house: Exchange) -> None:
    snapshot = prove_liabilities()
    for rows in (LiabilitySnapshot.objects.all(), LiabilityTree.objects.all(), LiabilityLeaf.objects.all()):
        with pytest.raises(RowIsAppendOnly):
            rows.delete()
    assert LiabilitySnapshot.objects.get() == snapshot


def test_leaves_that_were_changed_prove_nothing(house: Exchange) -> None:
    """The owner of the database can change rows; a proof made of them does not come into being."""
    prove_liabilities()
    account = house.account("owner")
    tree = LiabilityTree.objects.get(asset__symbol="BTC")
    with psycopg.connect(databases.owner_url(house.database), autocommit=True) as owner:
        owner.execute(
            "UPDATE wallet_liabilityleaf SET amount = amount - 1 WHERE tree_id = %s AND account_id = %s",
            [tree.pk, account.pk],
        )
    with pytest.raises(InvariantViolated):
        own_proof(account_id=account.pk, snapshot_id=None)


def test_once_a_day_by_itself(house: Exchange) -> None:
    now = timezone.now()
    assert is_proof_due(at=now)
    published = publish_due_liabilities()
    assert published == LiabilitySnapshot.objects.get().pk
    assert publish_due_liabilities() is None
    assert not is_proof_due(at=LiabilitySnapshot.objects.get().taken_at)
    assert is_proof_due(at=now + timedelta(days=1))


def test_rails_are_asked_before_it_is_published(
    house: Exchange, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    """On the first day as well, when nobody has asked them yet; those who were asked lately are not asked again."""
    far_end = ToldRail({"BTC": "7"})
    monkeypatch.setitem(globals(), "told", far_end)
    settings.RAIL_ADAPTERS = {RailKind.SIMULATED_CHAIN: "tests.integration.wallet.test_proof_of_liabilities.told"}
    rail = funds.open_rail()

    def held_as_published() -> str:
        reserves = json.loads(LiabilitySnapshot.objects.latest("pk").document)["reserves"]
        (amount,) = (one["amount"] for one in reserves if (one["rail"], one["asset"]) == (rail.code, "BTC"))
        return str(amount)

    def prove(*, minutes_later: int) -> str:
        at = timezone.now() + timedelta(minutes=minutes_later)
        with monkeypatch.context() as later:
            later.setattr("wallet.services.rail_rounds.timezone.now", lambda: at)
            call_command("prove_liabilities", output=tmp_path / "file.json", verbosity=0)
        return held_as_published()

    publish_due_liabilities()
    assert held_as_published() == "7"
    far_end.holds = {"BTC": "8"}
    assert prove(minutes_later=59) == "7"
    assert prove(minutes_later=61) == "8"
    far_end.holds = None
    assert prove(minutes_later=130) == "8", "one that does not answer keeps nothing from being published"


def test_nothing_of_it_changes_a_balance(house: Exchange) -> None:
    before = list(Balance.objects.order_by("pk").values_list("pk", "available", "locked", "version"))
    prove_liabilities()
    assert list(Balance.objects.order_by("pk").values_list("pk", "available", "locked", "version")) == before
