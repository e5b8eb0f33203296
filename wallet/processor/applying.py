"""Which function needs what for, and applies, each kind of operation."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from kernel.ids import IdAllocator
from wallet.core.operations import (
    Adjustment,
    Deposit,
    DepositHold,
    InternalTransfer,
    Message,
    Suspense,
    SuspenseRelease,
    Sweep,
    Withdraw,
    WithdrawConfirm,
    WithdrawReject,
)
from wallet.processor import depositing, moving, withdrawing
from wallet.processor.books import Books, Pair
from wallet.processor.deposit_rows import Key
from wallet.processor.reading import PendingOperation
from wallet.processor.refusals import Refused
from wallet.processor.results import Result


class Handler(NamedTuple):
    """`needs` yields the balances it may touch and may raise Refused, as `apply` will again."""

    needs: Callable[[Any, Books], Iterator[Pair]]
    apply: Callable[[PendingOperation, Any, Books], dict[str, str]]


_HANDLERS: dict[type[Message], Handler] = {
    Withdraw: Handler(withdrawing.withdraw_needs, withdrawing.apply_withdraw),
    WithdrawConfirm: Handler(withdrawing.confirm_needs, withdrawing.apply_confirm),
    WithdrawReject: Handler(withdrawing.reject_needs, withdrawing.apply_reject),
    InternalTransfer: Handler(moving.transfer_needs, moving.apply_transfer),
    Sweep: Handler(moving.sweep_needs, moving.apply_sweep),
    DepositHold: Handler(depositing.hold_needs, depositing.apply_hold),
    Suspense: Handler(depositing.suspense_needs, depositing.apply_suspense),
    SuspenseRelease: Handler(depositing.release_needs, depositing.apply_release),
    Adjustment: Handler(moving.adjustment_needs, moving.apply_adjustment),
}


def deposit_keys(operations: list[PendingOperation]) -> Iterator[Key]:
    """The deposits that are named by what happened outside."""
    for operation in operations:
        message = operation.message
        if isinstance(message, Deposit):
            yield message.rail, message.external_tx_id, message.output_index


def named(operations: list[PendingOperation], field: str) -> set[int]:
    """The ids that the messages give in a field, 0 and missing ones left out."""
    return {getattr(operation.message, field, 0) for operation in operations} - {0}


def named_accounts(operations: list[PendingOperation]) -> set[int]:
    found = named(operations, "account_id") | named(operations, "to_account_id")
    for operation in operations:
        if isinstance(operation.message, Adjustment):
            found |= {account_id for account_id, _, _ in operation.message.lines}
    return found


def needed_balances(operations: list[PendingOperation], books: Books) -> set[Pair]:
    """All balances the operations may touch. Raises SystemAccountMissing."""
    pairs: set[Pair] = set()
    seen: set[tuple[int, str, str]] = set()
    for operation in operations:
        message = operation.message
        try:
            if isinstance(message, Deposit):
                terms = message.account_id, message.asset, message.rail
                if terms not in seen:
                    seen.add(terms)
                    pairs.update(depositing.deposit_needs(message, books))
            else:
                pairs.update(_HANDLERS[type(message)].needs(message, books))
        except Refused:
            # Nothing of it will move.
            continue
    return pairs


def apply_operations(operations: list[PendingOperation], books: Books, ids: IdAllocator) -> None:
    """Apply them in order; what became of each is collected in the books."""
    results = books.collected.results
    deposits = sum(isinstance(operation.message, Deposit) for operation in operations)
    deposit_ids = iter(ids.take(deposits, books.at_us // 1000))
    for operation in operations:
        message = operation.message
        try:
            if isinstance(message, Deposit):
                detail = depositing.apply_deposit(operation, message, books, next(deposit_ids))
            else:
                detail = _HANDLERS[type(message)].apply(operation, message, books)
        except Refused as refusal:
            results.append(Result(operation, refusal.code, refusal.detail))
        else:
            results.append(Result(operation, "", detail))
