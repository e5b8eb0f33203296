"""What a user is told about a deposit, on the private stream and in mails: the same from whoever tells it."""

from decimal import Decimal
from typing import Any, Protocol

from kernel.units import plain


class ToldDeposit(Protocol):
    """A row of the table, or the processor's copy of one."""

    @property
    def id(self) -> int: ...
    @property
    def external_tx_id(self) -> str: ...
    @property
    def output_index(self) -> int: ...
    @property
    def amount(self) -> Decimal: ...
    @property
    def state(self) -> str: ...
    @property
    def reason(self) -> str: ...


def deposit_event(deposit: ToldDeposit, *, rail: str, asset: str) -> dict[str, Any]:
    return {
        "id": str(deposit.id),
        "asset": asset,
        "amount": plain(deposit.amount),
        "state": str(deposit.state),
        "reason": deposit.reason,
        "rail": rail,
        "external_tx_id": deposit.external_tx_id,
        "output_index": deposit.output_index,
    }


def deposit_mail(deposit: ToldDeposit, *, rail: str, asset: str) -> dict[str, str]:
    return {
        "deposit_id": str(deposit.id),
        "asset": asset,
        "amount": plain(deposit.amount),
        "rail": rail,
        "external_tx_id": deposit.external_tx_id,
        "reason": deposit.reason,
    }
