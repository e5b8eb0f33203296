"""What people of the staff do: look at withdrawals and at deposits apart, move money between wallets, stop payouts."""

from decimal import Decimal
from functools import partial

from django.utils import timezone

from exchange.simulation.far_end import CHAIN_ASSETS
from exchange.simulation.stage import RAIL
from exchange.simulation.world import World
from kernel.units import from_atoms
from risk.models import RiskEvent
from wallet.core.states import DepositState, WithdrawalState
from wallet.models import Deposit, KillSwitch, ReferencePrice, SuspenseResolution, SweepProposal, Withdrawal
from wallet.services.approvals import approve_withdrawal, reject_withdrawal, state_payout
from wallet.services.claims import agree_to_resolution, propose_resolution, turn_down_resolution
from wallet.services.moves import carry_out_move, drop_move
from wallet.services.switches import EVERYTHING, resume_payouts, scope_of_asset, scope_of_rail, stop_payouts
from wallet.simchain.chain import MINED

REASON = "simulated"
DECIMALS = {asset.symbol: asset.decimals for asset in CHAIN_ASSETS}


def review(world: World) -> None:
    """Decide about the withdrawals in review."""
    first, second = world.staff()
    for withdrawal in Withdrawal.objects.filter(state=WithdrawalState.REVIEW).order_by("pk"):
        if world.rng.random() < 0.15:
            world.run_process(
                f"{withdrawal.request_id} is turned down",
                partial(reject_withdrawal, withdrawal_id=withdrawal.pk, by=second, reason=REASON),
            )
            continue
        for staff in (first, second):
            world.run_process(
                f"{withdrawal.request_id} is approved",
                partial(approve_withdrawal, withdrawal_id=withdrawal.pk, by=staff, reason=REASON),
            )


def resolve(world: World) -> None:
    """Decide about a deposit that is apart: back to whom it belongs if the chain has it, else out of the books."""
    apart = Deposit.objects.filter(state__in=[DepositState.SUSPENSE, DepositState.HELD], operation_id__isnull=False)
    found = list(apart.order_by("pk"))
    if not found:
        return
    deposit = world.rng.choice(found)
    first, second = world.staff()
    # People look until they see something.
    state = world.far_end.chain.store.value("SELECT state FROM chain_transactions WHERE id = ?", deposit.external_tx_id)
    is_there = state == MINED
    account_id = (deposit.account_id or world.rng.choice(world.actors).account_id) if is_there else None

    def work() -> None:
        waiting = SuspenseResolution.objects.filter(deposit=deposit, is_approved=None).first()
        if waiting is not None and waiting.account_id != account_id:
            turn_down_resolution(resolution_id=waiting.pk, by=second, reason=REASON)
            waiting = None
        proposed = waiting or propose_resolution(deposit_id=deposit.pk, account_id=account_id, by=first, reason=REASON)
        agree_to_resolution(resolution_id=proposed.pk, by=second, reason=REASON)

    world.run_process(f"a deposit apart is {'credited' if account_id else 'taken out of the books'}", work)


def find_out(world: World) -> None:
    """Say what the far end has of payouts nobody knows about, also while calls about them are on their way; both do."""
    store = world.far_end.chain.store
    for withdrawal in Withdrawal.objects.filter(state=WithdrawalState.UNKNOWN).order_by("pk"):
        paid = store.row("SELECT * FROM chain_transactions WHERE client_id = ?", withdrawal.payout_id)
        fee = from_atoms(int(paid["fee"]), DECIMALS[withdrawal.asset.symbol]) if paid is not None else Decimal(0)
        for staff in world.staff():
            world.run_process(
                f"{withdrawal.request_id} was {'paid' if paid is not None else 'never paid'}",
                partial(
                    state_payout,
                    withdrawal_id=withdrawal.pk,
                    was_sent=paid is not None,
                    by=staff,
                    reason=REASON,
                    external_tx_id=paid["id"] if paid is not None else "",
                    network_fee=fee,
                ),
            )


def move(world: World) -> None:
    """Carry out a proposed move between hot and cold, or drop it."""
    proposal = SweepProposal.objects.filter(done_at=None, done_by=None).exclude(from_wallet="incoming").first()
    if proposal is None:
        return
    decide = carry_out_move if world.rng.random() < 0.8 else drop_move
    world.run_process(
        f"a move from {proposal.from_wallet} to {proposal.to_wallet} is decided",
        lambda: decide(proposal_id=proposal.pk, by=world.staff()[0], reason=REASON),
    )


def switch(world: World) -> None:
    """Stop payouts of something, or let them go on."""
    thrown = KillSwitch.objects.filter(is_on=True).order_by("scope").first()
    scope = thrown.scope if thrown else world.rng.choice([EVERYTHING, scope_of_rail(RAIL), scope_of_asset("BTC")])
    by = world.staff()[0]
    if thrown is not None:
        world.run_process(f"payouts go on: {scope}", lambda: resume_payouts(scope=scope, by=by, reason=REASON))
    else:
        world.run_process(f"payouts stop: {scope}", lambda: stop_payouts(scope=scope, by=by, reason=REASON))


def tidy(world: World) -> None:
    """Look at alarms and prices, as people do every day."""
    RiskEvent.objects.filter(resolved=False).update(
        resolved=True, resolved_by=world.staff()[0], resolved_at=timezone.now(), resolution=REASON
    )
    ReferencePrice.objects.update(set_at=timezone.now())
    world.note("alarms looked at")


def resume_everything(world: World) -> None:
    for scope in KillSwitch.objects.filter(is_on=True).values_list("scope", flat=True):
        resume_payouts(scope=scope, by=world.staff()[0], reason=REASON)
