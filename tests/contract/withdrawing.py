"""The operations of withdrawals, each with each success its description promises."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support import funds
from tests.support.withdrawals import ADDRESS, PayoutDesk
from wallet.services import operations

_WITHDRAWAL = {"asset": "BTC", "network": "SIM", "amount": "0.01"}
_TRANSFER = {"asset": "BTC", "amount": "0.01", "to": "colleague", "note": "lunch"}


def walk_withdrawals(go: Callable[..., Any], desk: PayoutDesk, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """`go` sends one request that has to succeed; returns ids that can be read afterwards."""
    app = desk.app()
    saved = go("save_withdrawal_address", 201, {"asset": "BTC", "network": "SIM", "label": "mine", "address": ADDRESS})
    other = go("save_withdrawal_address", 201, {"asset": "BTC", "network": "SIM", "address": "elsewhere"})
    go("delete_withdrawal_address", 200, address_id=other["id"])

    asked = _WITHDRAWAL | {"request_id": "one", "address_id": saved["id"]}
    first = go("request_withdrawal", 201, asked)
    assert go("request_withdrawal", 200, asked)["id"] == first["id"]
    second = go("withdraw", 201, _WITHDRAWAL | {"request_id": "two", "address": ADDRESS})
    go("withdraw", 200, _WITHDRAWAL | {"request_id": "two", "address": ADDRESS})

    go("send_withdrawal_code", 202, {"withdrawal_id": first["id"]})
    code = {"code": app.recovery_codes.pop()}
    assert go("verify_withdrawal", 202, code, withdrawal_id=first["id"])["state"] == "VERIFIED"
    funds.process()
    assert go("verify_withdrawal", 200, code, withdrawal_id=first["id"])["state"] == "APPROVED"
    assert go("cancel_withdrawal", 200, withdrawal_id=second["id"])["state"] == "CANCELLED"
    go("cancel_withdrawal", 202, withdrawal_id=first["id"])
    funds.process()

    assert not go("transfer", 202, _transfer("one", app.recovery_codes.pop()))["is_done"]
    funds.process()
    assert go("transfer", 200, _transfer("one", ""))["is_done"]
    with monkeypatch.context() as awake:
        awake.setattr(operations, "wake_processor", funds.process)
        assert go("transfer", 201, _transfer("two", app.recovery_codes.pop()))["is_done"]
    return {"withdrawal_id": first["id"], "address_id": saved["id"]}


def _transfer(request_id: str, code: str) -> dict[str, str]:
    return _TRANSFER | {"request_id": request_id, "code": code}
