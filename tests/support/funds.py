"""Funds under test: a rail, withdrawals in any state, and the balance processor stepped by hand."""

import itertools
from decimal import Decimal
from typing import Any

from django.utils import timezone

from ledger.models import Account, Asset, Balance
from wallet.core.operations import Deposit, Message, Withdraw, WithdrawConfirm, WithdrawReject
from wallet.core.states import WithdrawalState
from wallet.models import BalanceOperation, OperationOutcome, Rail, RailAsset, RailKind, Withdrawal
from wallet.processor.processor import BalanceProcessor
from wallet.processor.running import process_pending
from wallet.services.operations import request_operation

RAIL = "sim"
_numbers = itertools.count(1)


def open_rail(code: str = RAIL, *, kind: RailKind = RailKind.SIMULATED_CHAIN) -> Rail:
    """A rail that carries every asset of the cast."""
    rail, _ = Rail.objects.get_or_create(code=code, defaults={"name": code, "kind": kind})
    for asset in Asset.objects.all():
        RailAsset.objects.get_or_create(
            rail=rail, asset=asset, defaults={"network": code.upper(), "auto_approve_limit": 10**6, "hot_limit": 10**9}
        )
    return rail


def account_id(name: str) -> int:
    return Account.objects.get(user__username=name).pk


def deposit(
    name: str, amount: str, *, asset: str = "BTC", tx: str = "", request_id: str = "", **fields: Any
) -> Deposit:
    """A message; without `tx` of a new external transaction."""
    number = next(_numbers)
    tx = tx or f"tx{number}"
    return Deposit(
        request_id=request_id or f"deposit:{RAIL}:{tx}:{number}",
        asset=asset,
        amount=Decimal(amount),
        account_id=account_id(name),
        rail=fields.pop("rail", RAIL),
        external_tx_id=tx,
        **fields,
    )


def verified_withdrawal(name: str, amount: str, *, asset: str = "BTC", fee: str = "0.001", **fields: Any) -> Withdrawal:
    """A row as it is after the second factor; nothing is locked yet."""
    number = next(_numbers)
    return Withdrawal.objects.create(
        account_id=account_id(name),
        asset=Asset.objects.get(symbol=asset),
        rail_id=fields.pop("rail_id", RAIL),
        request_id=f"w{number}",
        input_hash=b"",
        amount=Decimal(amount),
        fee=Decimal(fee),
        address=f"address-{number}",
        destination={"type": "blockchain", "chain": "SIM", "address": f"address-{number}"},
        state=WithdrawalState.VERIFIED,
        verified_at=timezone.now(),
        **fields,
    )


def _of(withdrawal: Withdrawal) -> dict[str, Any]:
    return {
        "request_id": f"{next(_numbers)}:{withdrawal.pk}",
        "asset": withdrawal.asset.symbol,
        "amount": withdrawal.amount,
        "account_id": withdrawal.account_id,
        "rail": withdrawal.rail_id,
        "withdrawal_id": withdrawal.pk,
        "fee": withdrawal.fee,
    }


def withdraw(withdrawal: Withdrawal) -> Withdraw:
    from wallet.core.operations import Party

    return Withdraw(**_of(withdrawal), destination=Party(**withdrawal.destination))


def confirm(withdrawal: Withdrawal, *, network_fee: str = "0.0002") -> WithdrawConfirm:
    return WithdrawConfirm(**_of(withdrawal), external_tx_id=f"out{withdrawal.pk}", network_fee=Decimal(network_fee))


def reject(withdrawal: Withdrawal, outcome: str = "REJECTED") -> WithdrawReject:
    return WithdrawReject(**_of(withdrawal), outcome=outcome, reason="as the test says")


def request(message: Message, *, origin: str = "rail:sim") -> BalanceOperation:
    return request_operation(origin=origin, message=message)


def process(processor: BalanceProcessor | None = None) -> int:
    return process_pending(processor)


def carry_out(message: Message, *, origin: str = "rail:sim") -> OperationOutcome:
    """Ask, process, and say what became of it."""
    operation = request(message, origin=origin)
    process()
    outcome: OperationOutcome = OperationOutcome.objects.get(pk=operation.pk)
    return outcome


def balance(name: str, asset: str = "BTC") -> tuple[Decimal, Decimal]:
    """Available and locked, in units."""
    row = Balance.objects.get(account__user__username=name, asset__symbol=asset)
    return row.available, row.locked


def system_balance(kind: str, purpose: str = "", asset: str = "BTC") -> Decimal:
    """Of the funds writer; zero where there is none yet."""
    row = Balance.objects.filter(
        account__writer__name="funds", account__kind=kind, account__purpose=purpose, asset__symbol=asset
    ).first()
    return row.available if row else Decimal(0)
