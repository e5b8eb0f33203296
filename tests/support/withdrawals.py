"""An exchange that pays out: a rail with a far end in a file, limits, prices, and users with an authenticator app."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.models import KycStatus, User
from ledger.models import Asset, Balance, JournalEntry, Posting
from ledger.selectors import account_id_of
from tests.support import funds
from tests.support.payout_rail import FileRail
from tests.support.second_factor import App, activate_app
from wallet.core.states import WithdrawalState
from wallet.models import (
    BalanceOperation,
    FundsMail,
    OperationOutcome,
    Rail,
    RailAsset,
    ReferencePrice,
    SavedAddress,
    Withdrawal,
    WithdrawalLimit,
    WithdrawalTransition,
)
from wallet.services import operations, transfers, withdrawals
from wallet.services.approvals import approve_withdrawal
from wallet.services.payouts import send_payouts_of
from wallet.services.switches import stop_payouts
from wallet.services.transitions import change_state
from wallet.services.withdrawal_requests import WithdrawalRequest, request_withdrawal
from wallet.services.withdrawals import cancel_withdrawal, verify_withdrawal

PRICES = {"BTC": "60000", "ETH": "3000"}
FEE = "0.001"
LIMITS = {"daily": "1000000", "monthly": "5000000", "hourly_count": 3, "review_above": "200000"}
ADDRESS = "far-away-1"


@dataclass
class PayoutDesk:
    """Handles to what a test of withdrawals needs."""

    rail: Rail
    far_end: FileRail
    apps: dict[str, App] = field(default_factory=dict)
    numbers: int = 0

    def user(self, name: str = "owner") -> User:
        return User.objects.get(username=name)

    def app(self, name: str = "owner") -> App:
        """The user's authenticator app, active from the first call on."""
        if name not in self.apps:
            self.apps[name] = activate_app(self.user(name))
        return self.apps[name]

    def asked(
        self, amount: str = "1", *, name: str = "owner", asset: str = "BTC", address: str = ADDRESS, **fields: Any
    ) -> Withdrawal:
        """A withdrawal that waits for its second factor."""
        self.numbers += 1
        user = self.user(name)
        request = WithdrawalRequest(
            request_id=fields.pop("request_id", f"r{self.numbers}"),
            asset=asset,
            network=fields.pop("network", "SIM"),
            amount=Decimal(amount),
            address=address,
            travel_rule=fields.pop("travel_rule", travel_rule()),
            **fields,
        )
        withdrawal, _ = request_withdrawal(user=user, account_id=account_id_of(user.pk), request=request)
        return withdrawal

    def verified(self, amount: str = "1", *, name: str = "owner", **fields: Any) -> Withdrawal:
        """One that the processor has decided about. It has a code of its own each time: recovery codes."""
        withdrawal = self.asked(amount, name=name, **fields)
        return self.verify(withdrawal, name=name)

    def verify(self, withdrawal: Withdrawal, *, name: str = "owner") -> Withdrawal:
        user, app = self.user(name), self.app(name)
        verify_withdrawal(
            user=user,
            account_id=withdrawal.account_id,
            withdrawal_id=withdrawal.pk,
            code=app.recovery_codes.pop(),
        )
        funds.process()
        return self.found(withdrawal)

    def cancel(self, withdrawal: Withdrawal, *, name: str = "owner") -> Withdrawal:
        cancel_withdrawal(user=self.user(name), account_id=withdrawal.account_id, withdrawal_id=withdrawal.pk)
        funds.process()
        return self.found(withdrawal)

    def approved(self, amount: str = "1", **fields: Any) -> Withdrawal:
        """One that goes out in the next round."""
        withdrawal = self.verified(amount, **fields)
        if withdrawal.state == "REVIEW":
            for staff in self.staff():
                approve_withdrawal(withdrawal_id=withdrawal.pk, by=staff, reason="as the test says")
        withdrawal = self.found(withdrawal)
        assert withdrawal.state == "APPROVED", (withdrawal.state, withdrawal.reason)
        return withdrawal

    def staff(self) -> list[User]:
        found = []
        for name in ("first", "second"):
            user = User.objects.filter(username=name).first()
            found.append(
                user or User.objects.create_user(f"{name}@example.com", name, "a-long-enough-pw", is_superuser=True)
            )
        return found

    def round(self) -> None:
        """One round of payouts, and what the processor makes of it."""
        send_payouts_of(Rail.objects.get(pk=self.rail.pk), self.far_end)
        funds.process()

    def grow_old(self) -> None:
        """An hour goes by since the rail was called."""
        hour = timedelta(hours=1)
        Withdrawal.objects.update(called_at=F("called_at") - hour, sending_at=F("sending_at") - hour)

    def found(self, withdrawal: Withdrawal) -> Withdrawal:
        """The row as it is now."""
        return Withdrawal.objects.get(pk=withdrawal.pk)

    def state(self, withdrawal: Withdrawal) -> str:
        return str(self.found(withdrawal).state)


def travel_rule() -> dict[str, Any]:
    return {
        "originator": {"name": "Olivia Owner"},
        "beneficiary": {"name": "Olivia Owner", "is_self": True},
        "purpose": "own wallet",
    }


def open_desk(folder: Path, monkeypatch: pytest.MonkeyPatch, **far_end: Any) -> PayoutDesk:
    """The rail `sim` with generous terms; everybody's identity is approved and has limits.

    Nothing is processed but by `funds.process`, and nobody waits for it.
    """
    monkeypatch.setattr(operations, "wake_processor", lambda: None)
    for module in (withdrawals, transfers):
        monkeypatch.setattr(module, "WAIT_SECONDS", 0)
    rail = _set_terms()
    return PayoutDesk(rail=rail, far_end=FileRail(folder / "far-end.jsonl", **far_end))


def _set_terms() -> Rail:
    rail = funds.open_rail()
    RailAsset.objects.filter(rail=rail).update(
        withdrawal_fee=Decimal(FEE),
        min_withdrawal=Decimal("0.01"),
        send_decimals=8,
        auto_approve_limit=Decimal(100),
        hot_limit=Decimal(1000),
        confirmations=2,
    )
    WithdrawalLimit.objects.update_or_create(
        kyc_level=0,
        defaults={name: Decimal(value) if isinstance(value, str) else value for name, value in LIMITS.items()},
    )
    for symbol, price in PRICES.items():
        ReferencePrice.objects.update_or_create(
            asset=Asset.objects.get(symbol=symbol), defaults={"price": Decimal(price), "set_at": timezone.now()}
        )
    User.objects.update(kyc_status=KycStatus.APPROVED)
    return rail


def leave_withdrawals() -> Withdrawal:
    """One in review with its whole story, its operation still pending, and everything staff can set."""
    _set_terms()
    withdrawal = funds.verified_withdrawal(
        "owner",
        "1",
        travel_rule=travel_rule(),
        screening={"provider": "list", "is_available": True, "is_hit": True, "detail": "a mixer"},
        review_reasons=["SCREENING_HIT"],
    )
    now = timezone.now()
    SavedAddress.objects.create(
        account_id=withdrawal.account_id,
        rail_id=funds.RAIL,
        label="Home",
        address=withdrawal.address,
        usable_at=now,
    )
    funds.request(funds.withdraw(withdrawal))
    change_state(withdrawal=withdrawal, new=WithdrawalState.REVIEW, at=now)
    stop_payouts(scope="all", by=User.objects.get(username="staff"), reason="test")
    return withdrawal


def money_and_rows() -> list[Any]:
    """Everything a refusal must leave as it is."""
    counted = (
        Withdrawal,
        WithdrawalTransition,
        SavedAddress,
        BalanceOperation,
        OperationOutcome,
        JournalEntry,
        Posting,
        FundsMail,
    )
    balances = Balance.objects.order_by("pk").values_list("pk", "available", "locked")
    return [list(balances), *(model.objects.count() for model in counted)]
