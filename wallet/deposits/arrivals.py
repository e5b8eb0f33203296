"""What came in, as rows: taken down once, confirmed more and more, and handed to the balance processor when due.

Everything here runs in the database transaction that moves the rail's cursor, so there is no block whose deposits are
not in the tables, and none that is looked at twice. Money itself is moved by the processor alone.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, QuerySet

from accounts.models import AccountState
from ledger.models import Account, Asset
from wallet.core import operations
from wallet.core.amounts import rounded_down
from wallet.core.operations import Message, Party
from wallet.core.states import DepositState, require_deposit_transition
from wallet.deposits import alarms
from wallet.deposits.telling import SEEN, tell_of_deposits
from wallet.models import (
    BalanceOperation,
    Deposit,
    OperationOutcome,
    Rail,
    RailAsset,
    ReceivingAddress,
    SuspenseResolution,
)
from wallet.rails.protocol import Arrival
from wallet.selectors.reports import is_reported, unreported
from wallet.services.operations import LONGEST_PARTY_TEXT, request_operations
from wallet.services.report_settling import ACCOUNT_CLOSED, ASSET_DISABLED, BELOW_MINIMUM, UNKNOWN_OWNER

Output = tuple[str, int]


def take_down_arrivals(rail: Rail, arrivals: Sequence[Arrival], *, at: datetime) -> None:
    """Make a row of each arrival that has none; note where those are now that have one."""
    if not arrivals:
        return
    known = {
        (deposit.external_tx_id, deposit.output_index): deposit
        for deposit in locked_deposits(rail, external_tx_id__in={arrival.external_tx_id for arrival in arrivals})
    }
    owners = _owners(rail, arrivals)
    terms = {offer.asset.symbol: offer for offer in RailAsset.objects.filter(rail=rail).select_related("asset")}
    new: dict[Output, Deposit] = {}
    came_back = []
    for arrival in arrivals:
        output = (arrival.external_tx_id, arrival.output_index)
        deposit = known.get(output)
        if deposit is not None:
            came_back += _see_again(deposit, arrival, terms.get(arrival.asset), _owner_of(arrival, owners), at=at)
        elif output not in new:
            made = _new_deposit(rail, arrival, terms.get(arrival.asset), owners, at=at)
            if made is not None:
                new[output] = made
    if new:
        Deposit.objects.bulk_create(new.values())
        # Read again for their ids, which the database gives.
        rows = locked_deposits(rail, external_tx_id__in={transaction_id for transaction_id, _ in new})
        tell_of_deposits([row for row in rows if (row.external_tx_id, row.output_index) in new], mail=SEEN)
    tell_of_deposits(came_back, mail=SEEN)


def count_confirmations(rail: Rail, *, height: int) -> None:
    """Count the blocks up to `height` as confirmations, and have the processor book what has enough of them."""
    waiting = locked_deposits(
        rail,
        state=DepositState.PENDING,
        block_height__isnull=False,
        confirmations__lt=F("required_confirmations"),
    )
    confirm({deposit: height - int(deposit.block_height or 0) + 1 for deposit in waiting})


def count_arrivals(rail: Rail, arrivals: Sequence[Arrival]) -> None:
    """The same for a rail without blocks, which tells of each arrival whether it is final: any count says so."""
    outputs = {(arrival.external_tx_id, arrival.output_index) for arrival in arrivals if arrival.confirmations}
    if outputs:
        waiting = unreported(
            locked_deposits(rail, state=DepositState.PENDING, external_tx_id__in={output[0] for output in outputs})
        )
        final = [deposit for deposit in waiting if (deposit.external_tx_id, deposit.output_index) in outputs]
        confirm({deposit: deposit.required_confirmations for deposit in final})


def confirm(counts: dict[Deposit, int]) -> None:
    """Note how often deposits are confirmed, all of one rail and locked; those with enough are due."""
    changed = []
    for deposit, count in counts.items():
        # More than needed tells nobody anything, and would be written with every block for ever.
        count = min(count, deposit.required_confirmations)
        if count > deposit.confirmations:
            deposit.confirmations = count
            changed.append(deposit)
    if not changed:
        return
    Deposit.objects.bulk_update(changed, ["confirmations"], batch_size=1_000)
    due = [deposit for deposit in changed if deposit.confirmations >= deposit.required_confirmations]
    tell_of_deposits([deposit for deposit in changed if deposit not in due])
    _request_booking(due)


def locked_deposits(rail: Rail, **conditions: object) -> QuerySet[Deposit]:
    """Rows with what is needed of them, locked in the order in which the processor locks them, too."""
    rows = Deposit.objects.filter(rail=rail, **conditions).select_related("asset", "account__user")
    return rows.select_for_update(no_key=True, of=("self",)).order_by("pk")


def _owners(rail: Rail, arrivals: Sequence[Arrival]) -> dict[tuple[str, str, str], Account]:
    """Account by address, tag and asset; the asset is empty where an address takes all of them."""
    rows = ReceivingAddress.objects.filter(rail=rail, address__in={arrival.address for arrival in arrivals})
    return {
        (row.address, row.tag, row.asset.symbol if row.asset else ""): row.account
        for row in rows.select_related("account__user", "asset")
    }


def _owner_of(arrival: Arrival, owners: dict[tuple[str, str, str], Account]) -> Account | None:
    # A tag that somebody added to an address of one user alone does no harm.
    for tag in dict.fromkeys((arrival.tag, "")):
        for asset in (arrival.asset, ""):
            owner = owners.get((arrival.address, tag, asset))
            if owner is not None:
                return owner
    return None


def _new_deposit(
    rail: Rail,
    arrival: Arrival,
    terms: RailAsset | None,
    owners: dict[tuple[str, str, str], Account],
    *,
    at: datetime,
) -> Deposit | None:
    asset = terms.asset if terms is not None else Asset.objects.filter(symbol=arrival.asset).first()
    if asset is None:
        alarms.arrival_not_bookable(rail, arrival, reason="there is no such asset", at=at)
        return None
    # As much of it as the books have decimals for.
    amount = rounded_down(arrival.amount, asset.scale)
    if amount <= 0:
        alarms.arrival_not_bookable(rail, arrival, reason="the asset has no such small part", at=at)
        return None
    if amount != arrival.amount:
        alarms.arrival_cut(rail, arrival, booked=amount, at=at)
    return Deposit(
        rail=rail,
        asset=asset,
        account=_owner_of(arrival, owners),
        external_tx_id=arrival.external_tx_id,
        output_index=arrival.output_index,
        amount=amount,
        address=arrival.address[:128],
        tag=arrival.tag[:64],
        source=_kept_source(arrival.source),
        required_confirmations=terms.confirmations_needed if terms is not None else 1,
        block_height=arrival.block_height,
        block_hash=arrival.block_hash,
        seen_at=at,
    )


def _kept_source(source: Party) -> dict[str, str]:
    """What a far end writes there is for people to read: nothing of it may keep a deposit from being booked."""
    texts = {name: text.replace("\x00", "")[:LONGEST_PARTY_TEXT] for name, text in asdict(source).items()}
    return texts | {"type": source.type}


def _see_again(
    deposit: Deposit, arrival: Arrival, offer: RailAsset | None, owner: Account | None, *, at: datetime
) -> list[Deposit]:
    """Note where an arrival is now; the deposit, where there is news for its owner."""
    if deposit.asset.symbol != arrival.asset or deposit.amount != rounded_down(arrival.amount, deposit.asset.scale):
        alarms.deposit_contradicted(deposit, arrival, at=at)
        if not _believe_chain(deposit, arrival, offer):
            return []
    is_given_over = _give_to_owner(deposit, arrival, owner, at=at)
    was_gone = deposit.state == DepositState.ORPHANED
    if was_gone:
        require_deposit_transition(DepositState.ORPHANED, DepositState.PENDING)
        deposit.state, deposit.reason = DepositState.PENDING, ""
    if arrival.block_height is not None:
        if deposit.state == DepositState.HELD and deposit.block_height is None:
            alarms.held_deposit_back(deposit, at=at)
        deposit.block_height, deposit.block_hash = arrival.block_height, arrival.block_hash
    told = ["asset", "amount", "required_confirmations", "account", "state", "reason", "block_height", "block_hash"]
    deposit.save(update_fields=told)
    return [deposit] if was_gone or is_given_over else []


def _believe_chain(deposit: Deposit, arrival: Arrival, offer: RailAsset | None) -> bool:
    """Have what was only reported be what the chain says it is, or a wrong report would keep it from its owner.

    False where it cannot be, or is in the books, or nobody reported it: then staff look at it.
    """
    amount = rounded_down(arrival.amount, offer.asset.scale) if offer is not None else Decimal(0)
    if offer is None or amount <= 0 or arrival.block_height is None:
        return False
    if deposit.operation_id is not None or not is_reported(deposit):
        return False
    deposit.asset, deposit.amount = offer.asset, amount
    deposit.required_confirmations = offer.confirmations_needed
    return True


def _give_to_owner(deposit: Deposit, arrival: Arrival, owner: Account | None, *, at: datetime) -> bool:
    """Have the address say whose it is where a report has named somebody else; whether that has changed anything.

    What is in the books stays as it is, and an alarm is raised, unless staff have decided so. A report may name the
    owner of what came to nobody's address, but not on a chain: its arrivals are booked by nothing else than the walk.
    """
    if deposit.account_id in (None, owner.pk if owner is not None else None):
        return False
    if owner is None:
        if arrival.block_height is None or not is_reported(deposit):
            return False
    elif not SuspenseResolution.objects.filter(deposit=deposit, is_approved=True).exists():
        alarms.deposit_of_another(deposit, at=at)
    if deposit.operation_id is not None:
        return False
    deposit.account = owner
    return True


def _request_booking(due: list[Deposit]) -> None:
    if not due:
        return
    rail = due[0].rail_id
    offers = {offer.asset_id: offer for offer in RailAsset.objects.filter(rail_id=rail)}
    messages = [_booking(deposit, _reason_against(deposit, offers.get(deposit.asset_id))) for deposit in due]
    origin = f"rail:{rail}"
    request_operations(origin=origin, messages=_anew_where_refused(origin, messages))


def _anew_where_refused(origin: str, messages: list[Message]) -> list[Message]:
    """The messages, under another id where it was refused: by the same one only the refusal would be found again.

    A chain that returns to a block makes an output due a second time that was refused while the block was gone. The
    rows are locked, so what the processor has decided about them is committed.
    """
    attempt = 1
    ids = {message: message.request_id for message in messages}
    while refused := _refused(origin, set(ids.values())):
        attempt += 1
        ids = {
            message: f"{message.request_id}:{attempt}" if request_id in refused else request_id
            for message, request_id in ids.items()
        }
    return [replace(message, request_id=request_id) for message, request_id in ids.items()]


def _refused(origin: str, request_ids: set[str]) -> set[str]:
    refusals = OperationOutcome.objects.filter(pk=OuterRef("pk")).exclude(code="")
    rows = BalanceOperation.objects.filter(Exists(refusals), origin=origin, request_id__in=request_ids)
    return set(rows.values_list("request_id", flat=True))


def _reason_against(deposit: Deposit, terms: RailAsset | None) -> str:
    """Why staff have to decide about it; empty where it is credited."""
    if deposit.account is None or deposit.account.user is None:
        return UNKNOWN_OWNER
    if terms is None or not (terms.deposits_enabled and deposit.asset.is_enabled):
        return ASSET_DISABLED
    if deposit.account.user.state == AccountState.CLOSED:
        return ACCOUNT_CLOSED
    return BELOW_MINIMUM if deposit.amount < terms.min_deposit else ""


def _booking(deposit: Deposit, reason: str) -> Message:
    # After a reorganisation the same output is due once more, and perhaps with another decision: its block tells the
    # requests apart. The processor books an output once, whatever it is asked.
    output = f"{deposit.rail_id}:{deposit.external_tx_id}:{deposit.output_index}"
    block = f":{deposit.block_hash[-16:]}" if deposit.block_hash else ""
    if reason:
        return operations.Suspense(
            # Terms may have changed meanwhile: the same output for another reason is another request.
            request_id=f"{reason}:{output}{block}",
            asset=deposit.asset.symbol,
            amount=deposit.amount,
            rail=deposit.rail_id,
            deposit_id=deposit.pk,
            external_tx_id=deposit.external_tx_id,
            output_index=deposit.output_index,
            reason=reason,
        )
    return operations.Deposit(
        request_id=f"deposit:{output}{block}",
        asset=deposit.asset.symbol,
        amount=deposit.amount,
        account_id=int(deposit.account_id or 0),
        rail=deposit.rail_id,
        external_tx_id=deposit.external_tx_id,
        output_index=deposit.output_index,
        confirmations=deposit.confirmations,
        source=Party(**deposit.source),
    )
