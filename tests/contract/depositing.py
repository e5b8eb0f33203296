"""The operations of deposits, each with each success its description promises."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.services import NewApiKey
from tests.support import funds
from wallet.models import RailKind
from wallet.services.ingest_grants import grant_ingest

RAIL = "cards"
_REPORT = {"asset": "BTC", "amount": "0.5", "user": "owner"}
_CLAIM = {"asset": "BTC", "network": "SIM", "external_tx_id": "lost", "request_id": "claim"}


def key_of_a_rail() -> NewApiKey:
    """A key that may report deposits of one rail, and nothing else."""
    machine = User.objects.create_user("machine@example.com", "machine", "a-long-enough-password")
    return grant_ingest(
        rail=funds.open_rail(RAIL, kind=RailKind.PROCESSOR),
        user=machine,
        label="cards",
        ip_ranges=(),
        daily_cap=Decimal(10**9),
        four_eyes_above=Decimal(0),
        by=User.objects.get(username="staff"),
        reason="test",
    )


def walk_deposits(go: Callable[..., Any]) -> dict[str, str]:
    """`go` sends one request that has to succeed; returns what can be read afterwards."""
    first = go("report_deposit", 201, _REPORT | {"external_tx_id": "one", "request_id": "one"})
    go("report_deposit_short", 201, _REPORT | {"external_tx_id": "two", "request_id": "two"})
    go("confirm_deposit", 200, {"request_id": "three", "confirmations": 0}, deposit_id=first["id"])
    go("claim_deposit", 201, _CLAIM)
    return {"deposit_id": first["id"], "asset": "BTC"}
