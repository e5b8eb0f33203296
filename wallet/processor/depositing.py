"""Deposits: credited once, held when their block goes away, kept apart while it is not clear whose they are.

Entries (rail `sim`; custody is below zero by what the rail holds for us):

    DEPOSIT            custody sim:incoming  -amount        user available  +amount
      closed or off    custody sim:incoming  -amount        suspense        +amount
    SUSPENSE           custody sim:incoming  -amount        suspense        +amount
    SUSPENSE_RELEASE   suspense              -amount        user available  +amount
      to nobody        suspense              -amount        custody sim:incoming +amount
      of a held one    user locked           -held          user available  +held
      held, to nobody  user locked           -held          custody sim:incoming +amount   expenses -(amount - held)
    DEPOSIT_HOLD       user available        -held          user locked     +held
"""

from collections.abc import Iterator
from functools import lru_cache

import orjson

from kernel.errors import invariant
from kernel.units import from_atoms, plain
from ledger.models import AccountKind, EntryKind
from wallet.core.operations import Deposit, DepositHold, Party, Suspense, SuspenseRelease
from wallet.core.states import DepositState, TransitionNotAllowed, require_deposit_transition
from wallet.deposit_texts import deposit_event, deposit_mail
from wallet.deposits.alarms import resolution_refused
from wallet.processor.books import INCOMING, Books, Pair, is_closed
from wallet.processor.deposit_rows import DepositRow
from wallet.processor.reading import AccountFacts, AssetFacts, PendingOperation
from wallet.processor.refusals import (
    ACCOUNT_CLOSED,
    ASSET_DISABLED,
    DEPOSIT_CONTRADICTED,
    DUPLICATE_DEPOSIT,
    TOO_FEW_CONFIRMATIONS,
    TRANSITION_NOT_ALLOWED,
    UNKNOWN_DEPOSIT,
    Refused,
)
from wallet.processor.results import DEPOSIT_EVENT, HOLD_EVENT, Mail, MailedCredits, Told

Detail = dict[str, str]
RELEASED, RETURNED = "RELEASED", "RETURNED"
"""Why a deposit stands as it does, where staff have decided about it."""
_NOTHING = from_atoms(0, 0)


# --- DEPOSIT -------------------------------------------------------------------------------------------------------


def deposit_needs(message: Deposit, books: Books) -> Iterator[Pair]:
    asset = books.assets[message.asset]
    account = books.user(message.account_id)
    yield books.custody(message.rail, INCOMING), asset.id
    if _reason_against(account_closed=is_closed(account), asset=asset):
        yield books.system(AccountKind.SUSPENSE), asset.id
    else:
        yield message.account_id, asset.id


def apply_deposit(operation: PendingOperation, message: Deposit, books: Books, new_id: int) -> Detail:
    asset = books.assets[message.asset]
    account = books.user(message.account_id)
    incoming = books.custody(message.rail, INCOMING)
    row = books.deposits.find((message.rail, message.external_tx_id, message.output_index))
    if row is None:
        row = _new_row(message, asset, new_id)
    else:
        _require_creditable(row, message, asset)
    reason = _reason_against(account_closed=is_closed(account), asset=asset)
    atoms = books.atoms(message.amount, asset)
    row.operation_id = operation.operation_id
    row.account_id = message.account_id
    if reason:
        suspense = books.system(AccountKind.SUSPENSE)
        books.post(operation.operation_id, EntryKind.SUSPENSE, asset, (incoming, -atoms, 0), (suspense, atoms, 0))
        row.state, row.reason = DepositState.SUSPENSE, reason
        _mail_suspense(books, account, row, asset)
    else:
        books.post(operation.operation_id, EntryKind.DEPOSIT, asset, (incoming, -atoms, 0), (account.id, atoms, 0))
        row.state, row.reason = DepositState.CREDITED, ""
        row.credited_at = books.at
        if not account.is_house:
            _mail_credit(books, account, row, asset)
    books.deposits.put(row)
    _tell(books, account.id, row, asset)
    return {"deposit": str(row.id), "state": str(row.state), **({"reason": reason} if reason else {})}


def _reason_against(*, account_closed: bool, asset: AssetFacts) -> str:
    if account_closed:
        return ACCOUNT_CLOSED
    return "" if asset.is_enabled else ASSET_DISABLED


def _new_row(message: Deposit, asset: AssetFacts, new_id: int) -> DepositRow:
    return DepositRow(
        id=new_id,
        rail=message.rail,
        external_tx_id=message.external_tx_id,
        output_index=message.output_index,
        asset_id=asset.id,
        account_id=message.account_id,
        amount=message.amount,
        state=DepositState.PENDING,
        reason="",
        held_amount=_NOTHING,
        operation_id=None,
        credited_at=None,
        confirmations=message.confirmations,
        source=_party_text(message.source),
        is_new=True,
    )


@lru_cache(maxsize=1_000)
def _party_text(party: Party) -> str:
    return orjson.dumps(party).decode()


def _require_creditable(row: DepositRow, message: Deposit, asset: AssetFacts) -> None:
    if row.is_in_the_books:
        raise Refused(DUPLICATE_DEPOSIT, deposit=str(row.id))
    if row.asset_id != asset.id or row.amount != message.amount or row.account_id not in (None, message.account_id):
        raise Refused(DEPOSIT_CONTRADICTED, deposit=str(row.id))
    _require_transition(row, DepositState.CREDITED)
    if row.confirmations < message.confirmations:
        raise Refused(TOO_FEW_CONFIRMATIONS, deposit=str(row.id))


# --- DEPOSIT_HOLD --------------------------------------------------------------------------------------------------


def hold_needs(message: DepositHold, books: Books) -> Iterator[Pair]:
    yield books.user(message.account_id).id, books.assets[message.asset].id


def apply_hold(operation: PendingOperation, message: DepositHold, books: Books) -> Detail:
    asset = books.assets[message.asset]
    account = books.user(message.account_id)
    row = _row_of(books, message.deposit_id, asset)
    if row.account_id != account.id or message.amount > row.amount:
        raise Refused(DEPOSIT_CONTRADICTED, deposit=str(row.id))
    _require_transition(row, DepositState.HELD)
    atoms = min(books.atoms(message.amount, asset), books.available(account.id, asset))
    books.post(operation.operation_id, EntryKind.HOLD, asset, (account.id, -atoms, atoms))
    row.state, row.reason = DepositState.HELD, message.reason
    books.deposits.put(row)
    row.held_amount = from_atoms(atoms, asset.scale)
    books.collected.tell(
        account.id,
        operation.operation_id,
        HOLD_EVENT,
        id=str(row.id),
        asset=asset.symbol,
        amount=plain(row.held_amount),
        reason=row.reason,
    )
    _tell(books, account.id, row, asset)
    books.collected.mails.append(_mail("deposit_held", account.user_id, row, asset, held=plain(row.held_amount)))
    return {"deposit": str(row.id), "held": plain(row.held_amount)}


# --- SUSPENSE ------------------------------------------------------------------------------------------------------


def suspense_needs(message: Suspense, books: Books) -> Iterator[Pair]:
    asset = books.assets[message.asset]
    yield books.custody(message.rail, INCOMING), asset.id
    yield books.system(AccountKind.SUSPENSE), asset.id


def apply_suspense(operation: PendingOperation, message: Suspense, books: Books) -> Detail:
    asset = books.assets[message.asset]
    incoming, suspense = books.custody(message.rail, INCOMING), books.system(AccountKind.SUSPENSE)
    row = _row_of(books, message.deposit_id, asset)
    if row.is_in_the_books:
        raise Refused(DUPLICATE_DEPOSIT, deposit=str(row.id))
    if (row.rail, row.external_tx_id, row.output_index, row.amount) != (
        message.rail,
        message.external_tx_id,
        message.output_index,
        message.amount,
    ):
        raise Refused(DEPOSIT_CONTRADICTED, deposit=str(row.id))
    if row.state is not DepositState.SUSPENSE:
        _require_transition(row, DepositState.SUSPENSE)
    atoms = books.atoms(message.amount, asset)
    books.post(operation.operation_id, EntryKind.SUSPENSE, asset, (incoming, -atoms, 0), (suspense, atoms, 0))
    row.state, row.reason = DepositState.SUSPENSE, message.reason or row.reason
    books.deposits.put(row)
    row.operation_id = operation.operation_id
    if row.account_id is not None:
        _tell(books, row.account_id, row, asset)
        if books.is_of_a_user(row.account_id):
            _mail_suspense(books, books.user(row.account_id), row, asset)
    return {"deposit": str(row.id)}


# --- SUSPENSE_RELEASE ----------------------------------------------------------------------------------------------


def release_needs(message: SuspenseRelease, books: Books) -> Iterator[Pair]:
    asset = books.assets[message.asset]
    yield books.system(AccountKind.SUSPENSE), asset.id
    yield books.system(AccountKind.EXPENSES), asset.id
    yield books.custody(message.rail, INCOMING), asset.id
    row = books.deposits.get(message.deposit_id)
    owner = row.account_id if row is not None else None
    for account_id in (message.account_id, owner):
        if account_id:
            yield books.user(account_id).id, asset.id


def apply_release(operation: PendingOperation, message: SuspenseRelease, books: Books) -> Detail:
    try:
        return _release(operation, message, books)
    except Refused as refusal:
        # Nobody waits for the outcome: without a word of it staff would take the deposit for settled.
        resolution_refused(
            rail=message.rail,
            deposit=message.deposit_id,
            operation=operation.operation_id,
            code=refusal.code,
            asset=message.asset,
            at=books.at,
        )
        raise


def _release(operation: PendingOperation, message: SuspenseRelease, books: Books) -> Detail:
    asset = books.assets[message.asset]
    row = _row_of(books, message.deposit_id, asset)
    if row.rail != message.rail or row.amount != message.amount:
        raise Refused(DEPOSIT_CONTRADICTED, deposit=str(row.id))
    goal = DepositState.CREDITED if message.account_id else DepositState.RETURNED
    if row.state not in (DepositState.SUSPENSE, DepositState.HELD) or not row.is_in_the_books:
        raise Refused(TRANSITION_NOT_ALLOWED, **{"from": str(row.state), "to": str(goal)})
    _require_transition(row, goal)
    detail = {"deposit": str(row.id), "state": str(goal)}
    if row.state is DepositState.HELD:
        # Nothing moves where nothing was left to hold; whoever verifies the books reads it here.
        detail["held"] = plain(row.held_amount)
        _release_held(operation, message, books, row, asset)
    else:
        _release_suspense(operation, message, books, row, asset)
    row.state, row.held_amount = goal, _NOTHING
    books.deposits.put(row)
    # What staff wrote is for staff: it stays in the log and with what they decided.
    row.reason = RELEASED if goal is DepositState.CREDITED else RETURNED
    if goal is DepositState.CREDITED:
        row.credited_at = row.credited_at or books.at
    if row.account_id is not None:
        owner = books.user(row.account_id)
        _tell(books, owner.id, row, asset)
        template = "deposit_credited" if goal is DepositState.CREDITED else "deposit_returned"
        books.collected.mails.append(_mail(template, owner.user_id, row, asset))
    return detail


def _release_suspense(
    operation: PendingOperation, message: SuspenseRelease, books: Books, row: DepositRow, asset: AssetFacts
) -> None:
    suspense, atoms = books.system(AccountKind.SUSPENSE), books.atoms(row.amount, asset)
    if message.account_id:
        goes_to = books.open_user(message.account_id).id
        row.account_id, row.operation_id = message.account_id, operation.operation_id
    else:
        goes_to = books.custody(row.rail, INCOMING)
    books.post(operation.operation_id, EntryKind.SUSPENSE, asset, (suspense, -atoms, 0), (goes_to, atoms, 0))


def _release_held(
    operation: PendingOperation, message: SuspenseRelease, books: Books, row: DepositRow, asset: AssetFacts
) -> None:
    invariant(row.account_id is not None, "a held deposit was somebody's")
    owner, held = int(row.account_id or 0), books.atoms(row.held_amount, asset)
    if message.account_id not in (0, owner):
        raise Refused(DEPOSIT_CONTRADICTED, deposit=str(row.id))
    books.require_locked(owner, asset, held)
    if message.account_id:
        books.post(operation.operation_id, EntryKind.HOLD, asset, (owner, held, -held))
        return
    atoms = books.atoms(row.amount, asset)
    books.post(
        operation.operation_id,
        EntryKind.HOLD,
        asset,
        (owner, 0, -held),
        (books.custody(row.rail, INCOMING), atoms, 0),
        (books.system(AccountKind.EXPENSES), held - atoms, 0),
    )


# --- common --------------------------------------------------------------------------------------------------------


def _row_of(books: Books, deposit_id: int, asset: AssetFacts) -> DepositRow:
    row = books.deposits.get(deposit_id)
    if row is None:
        raise Refused(UNKNOWN_DEPOSIT, deposit=str(deposit_id))
    if row.asset_id != asset.id:
        raise Refused(DEPOSIT_CONTRADICTED, deposit=str(row.id))
    return row


def _require_transition(row: DepositRow, new: DepositState) -> None:
    try:
        require_deposit_transition(row.state, new)
    except TransitionNotAllowed as error:
        raise Refused(TRANSITION_NOT_ALLOWED, **{"from": str(row.state), "to": str(new)}) from error


def _mail_credit(books: Books, account: AccountFacts, row: DepositRow, asset: AssetFacts) -> None:
    """One mail for all deposits of an asset that the batch credits to a user: nobody wants a thousand."""
    assert account.user_id is not None
    credits = books.collected.credits
    so_far = credits.get((account.user_id, asset.id))
    if so_far is None:
        mail = _mail("deposit_credited", account.user_id, row, asset)
        credits[account.user_id, asset.id] = MailedCredits(mail, row.amount)
        books.collected.mails.append(mail)
    else:
        so_far.add(row.amount)


def _mail_suspense(books: Books, account: AccountFacts, row: DepositRow, asset: AssetFacts) -> None:
    if not account.is_house:
        books.collected.mails.append(_mail("deposit_suspense", account.user_id, row, asset))


def _tell(books: Books, account_id: int, row: DepositRow, asset: AssetFacts) -> None:
    content = {"type": DEPOSIT_EVENT, **deposit_event(row, rail=row.rail, asset=asset.symbol)}
    books.collected.told.append(Told(account_id, row.id, content))


def _mail(template: str, user_id: int | None, row: DepositRow, asset: AssetFacts, **further: str) -> Mail:
    assert user_id is not None
    return Mail(user_id, template, deposit_mail(row, rail=row.rail, asset=asset.symbol) | further)
