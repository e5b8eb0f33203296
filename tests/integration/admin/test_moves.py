"""Moves between hot and cold on the staff pages: decided with a fresh second factor, by who may operate rails."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import StaffAction, User
from ledger.models import Asset
from tests.integration.admin.conftest import client_of, staff_member
from tests.support import funds
from tests.support.second_factor import App, activate_app
from wallet.models import SweepProposal
from wallet.services import operations

pytestmark = pytest.mark.django_db


@pytest.fixture
def move(monkeypatch: pytest.MonkeyPatch, db: None) -> SweepProposal:
    monkeypatch.setattr(operations, "wake_processor", lambda: None)
    rail, asset = funds.open_rail(), Asset.objects.get(symbol="BTC")
    return SweepProposal.objects.create(rail=rail, asset=asset, from_wallet="hot", to_wallet="cold", amount=3)


class Person:
    def __init__(self) -> None:
        self.user: User = staff_member("rails", "Payments")
        self.app: App = activate_app(self.user)
        self.client: Client = client_of(self.user)

    def post(self, page: str, **fields: Any) -> Any:
        code = {"second_factor_code": self.app.recovery_codes.pop()}
        return self.client.post(page, {"reason": "looked into it", "_confirmed": "1"} | code | fields)


@pytest.fixture
def person(db: None) -> Person:
    return Person()


def page(move: SweepProposal, name: str = "change") -> str:
    return reverse(f"admin:wallet_sweepproposal_{name}", args=[move.pk])


def test_a_move_is_decided_with_a_code(move: SweepProposal, person: Person) -> None:
    shown = person.client.get(page(move)).content.decode()
    assert all(page(move, name) in shown for name in ("carry_out", "note", "drop"))
    without = person.client.post(page(move, "carry_out"), {"reason": "x", "_confirmed": "1"})
    assert without.status_code == 200
    move.refresh_from_db()
    assert move.done_by is None
    assert person.post(page(move, "carry_out")).status_code == 302
    move.refresh_from_db()
    assert (move.done_by, move.done_at) == (person.user, None)
    assert StaffAction.objects.get(action="move").by == person.user
    assert page(move, "carry_out") not in person.client.get(page(move)).content.decode()


def test_a_move_that_was_made_is_named(move: SweepProposal, person: Person) -> None:
    incomplete = person.post(page(move, "note"), external_tx_id="", network_fee="0")
    assert incomplete.status_code == 200
    assert person.post(page(move, "note"), external_tx_id="abc", network_fee="0.001").status_code == 302
    assert funds.process() == 1
    assert funds.system_balance("custody", "sim:cold") == -3


def test_a_proposal_is_dropped(move: SweepProposal, person: Person) -> None:
    dropped = person.client.post(page(move, "drop"), {"reason": "a large payout is due", "_confirmed": "1"})
    assert dropped.status_code == 302
    move.refresh_from_db()
    assert move.done_at is not None
    assert funds.process() == 0


def test_who_only_looks_decides_nothing(move: SweepProposal, auditor: User) -> None:
    reading = client_of(auditor)
    assert reading.get(page(move)).status_code == 200
    for name in ("carry_out", "note", "drop"):
        assert reading.get(page(move, name)).status_code == 403
        assert reading.post(page(move, name), {"reason": "x", "_confirmed": "1"}).status_code == 403
