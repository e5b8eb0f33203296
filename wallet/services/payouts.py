"""Sends what was approved, each withdrawal once, whatever dies in between.

A round per rail, under an advisory lock of the rail: one process sends over a rail at a time.

    APPROVED   checked again (switches, the account, the hot wallet), then SENDING is committed, then the rail is called
               outside of any database transaction; every call is begun like that (`wallet.services.payout_calls`)
    SENDING    found at the start of a round, it was left by a process that died: UNKNOWN. Two exceptions stand in
               `waits_for`: the rail has surely not taken it (NOT_TAKEN: the call may be made), or it has it in a queue
               (QUEUED: it is only asked after)
    UNKNOWN    looked up. A rail that makes a payout once for our id is asked for it again; any other one never, and
               "not found" proves nothing: staff say what became of it (`wallet.services.approvals`)
    SENT       followed until it is final, then the balance processor is asked to let the money go
    refused    for good by the rail: the balance processor is asked to give the money back

A round looks at every withdrawal, but asks the rail about so many of a state only (`MOST_A_ROUND`). The next one goes
on behind them, so nothing that waits, and nothing nobody knows about, keeps others from being looked at.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from django.utils import timezone

from kernel.units import EXACT
from matching.worker.failpoints import pass_failpoint
from storage.session_locks import only_one
from wallet.core.states import WithdrawalState
from wallet.models import Rail, Withdrawal
from wallet.rails.protocol import PayoutRefused, PayoutUnknown, RailAdapter, RailUnavailable
from wallet.rails.registry import adapter_of
from wallet.selectors.switches import why_waiting
from wallet.services.destinations import party_of
from wallet.services.payout_calls import begin_call, note_not_taken, note_refused
from wallet.services.payout_records import (
    HOT_WALLET_LOW,
    NOT_TAKEN,
    QUEUED,
    alarm,
    confirm_if_final,
    is_being_ended,
    last_change_at,
    mark,
    note_failed,
    note_sent,
    note_unknown,
    note_waiting,
)
from wallet.withdrawal_texts import network_name

log = logging.getLogger(__name__)

LOCK = 0x626F7573
"""First half of the advisory locks of rails; the second is made of the rail's code."""
MISSING_AFTER = timedelta(minutes=10)
"""A sent payout the rail does not know is unknown after that; its lists may be a little late."""
MOST_A_ROUND = 100
"""How often a round asks a rail about withdrawals of one state."""
PAGE = 200
RAIL_UNAVAILABLE = "RAIL_UNAVAILABLE"
NEEDS_STAFF = "NEEDS_STAFF"
HOT = "hot"

_W = WithdrawalState
_stopped_behind: dict[tuple[str, WithdrawalState], int] = {}
"""By rail and state: the withdrawal behind which the next round of this process begins, where the last one was cut."""


class PayoutFailpoint(StrEnum):
    """Where a test may kill a process that sends; see `matching.worker.failpoints`."""

    APPROVED = "payout_approved"
    SENDING_COMMITTED = "payout_sending_committed"
    RAIL_CALLED = "payout_rail_called"
    RESULT_COMMITTED = "payout_result_committed"


def send_payouts() -> None:
    """One round over all rails that have something to do. A rail that fails does not keep the others waiting."""
    busy = Withdrawal.objects.filter(state__in=[_W.APPROVED, _W.SENDING, _W.UNKNOWN, _W.SENT])
    codes = list(busy.order_by("rail_id").values_list("rail_id", flat=True).distinct())
    for rail in Rail.objects.filter(pk__in=codes):
        try:
            send_payouts_of(rail, adapter_of(rail))
        except Exception:
            # Also what settings nobody has foreseen make of an adapter.
            log.exception("a round of payouts failed", extra={"rail": rail.code})


def send_payouts_of(rail: Rail, adapter: RailAdapter) -> None:
    """One round over a rail; nothing where another process is at it."""
    with only_one(LOCK, rail.code) as is_alone:
        if is_alone:
            _Round(rail, adapter).run()


class _Round:
    """One rail, once. Every withdrawal is on its own: what goes wrong with one leaves the others alone."""

    def __init__(self, rail: Rail, adapter: RailAdapter) -> None:
        self._rail = rail
        self._adapter = adapter
        self._asked = 0
        """How often the rail was asked about withdrawals of the present state."""
        self._stopped: dict[str, str] = {}
        """By asset: the code of what keeps its payouts back, as it was found last."""
        self._hot: dict[str, Decimal | None] = {}
        """By asset: what the rail can still pay in this round; None where it does not count a hot wallet."""
        self._fees: dict[str, Decimal] = {}

    def run(self) -> None:
        self._each(_W.SENDING, self._go_on_sending)
        self._each(_W.UNKNOWN, self._find_out)
        self._each(_W.SENT, self._follow)
        self._each(_W.APPROVED, self._send)

    def _each(self, state: WithdrawalState, step: Callable[[Withdrawal], None]) -> None:
        place = (self._rail.code, state)
        self._asked = 0
        for withdrawal in self._walk(state, _stopped_behind.pop(place, 0)):
            try:
                step(withdrawal)
            except Exception:
                # Also what an adapter should not raise: the state is committed, so the next round looks it up.
                log.exception("a payout could not go on", extra={"withdrawal": withdrawal.pk, "state": str(state)})
            if self._asked >= MOST_A_ROUND:
                _stopped_behind[place] = withdrawal.pk
                return

    def _walk(self, state: WithdrawalState, start: int) -> Iterator[Withdrawal]:
        """All in that state by id, those behind `start` first; a page at a time is in memory."""
        rows = Withdrawal.objects.filter(rail=self._rail, state=state).select_related("asset", "rail").order_by("pk")
        for part in (rows.filter(pk__gt=start), rows.filter(pk__lte=start)):
            last = 0
            while page := list(part.filter(pk__gt=last)[:PAGE]):
                yield from page
                last = page[-1].pk

    # --- APPROVED ------------------------------------------------------------------------------------------------

    def _send(self, withdrawal: Withdrawal) -> None:
        waits_for = self._obstacle(withdrawal)
        if waits_for:
            note_waiting(withdrawal, waits_for)
            return
        pass_failpoint(PayoutFailpoint.APPROVED)
        self._call(withdrawal)

    def _obstacle(self, withdrawal: Withdrawal) -> str:
        """The code of what keeps it waiting; empty where nothing does."""
        asset = withdrawal.asset.symbol
        if asset not in self._stopped:
            self._stopped[asset] = why_waiting(self._rail, asset)
        if self._stopped[asset]:
            return self._stopped[asset]
        try:
            return "" if self._has_enough(withdrawal) else HOT_WALLET_LOW
        except RailUnavailable:
            self._stopped[asset] = RAIL_UNAVAILABLE
            return RAIL_UNAVAILABLE

    def _has_enough(self, withdrawal: Withdrawal) -> bool:
        """Whether the hot wallet has the amount and what the network will take beside it. Raises RailUnavailable."""
        asset = withdrawal.asset.symbol
        if asset not in self._hot:
            hot = self._adapter.balance(asset).get(HOT)
            if hot is not None:
                network = network_name(withdrawal.rail_id, withdrawal.asset_id)
                self._fees[asset] = self._adapter.payout_fee(asset=asset, network=network)
            self._hot[asset] = hot
        hot = self._hot[asset]
        return hot is None or hot >= EXACT.add(withdrawal.amount, self._fees[asset])

    # --- the call ------------------------------------------------------------------------------------------------

    def _call(self, withdrawal: Withdrawal) -> None:
        """Call the rail, if that may be, and write down what it said."""
        asset = withdrawal.asset.symbol
        call = begin_call(withdrawal, may_call=lambda: self._may_call(asset))
        if call is None:
            return
        pass_failpoint(PayoutFailpoint.SENDING_COMMITTED)
        self._asked += 1
        withdrawal = call.withdrawal
        try:
            payout = self._adapter.payout(
                payout_id=withdrawal.payout_id,
                asset=asset,
                network=network_name(withdrawal.rail_id, withdrawal.asset_id),
                amount=withdrawal.amount,
                destination=party_of(withdrawal),
            )
        except PayoutRefused as refusal:
            note_refused(call, refusal.text)
        except RailUnavailable as problem:
            note_not_taken(call, problem)
        except PayoutUnknown as unknown:
            self._count_as_spent(withdrawal, None)
            note_unknown(withdrawal, unknown.text)
        else:
            pass_failpoint(PayoutFailpoint.RAIL_CALLED)
            self._count_as_spent(withdrawal, payout.network_fee)
            note_sent(withdrawal, payout)
        pass_failpoint(PayoutFailpoint.RESULT_COMMITTED)

    def _may_call(self, asset: str) -> bool:
        """Nothing is sent, for the first time or again, while payouts are stopped."""
        self._rail.refresh_from_db(fields=["is_enabled", "payouts_frozen_reason"])
        self._stopped[asset] = why_waiting(self._rail, asset)
        return not self._stopped[asset]

    def _count_as_spent(self, withdrawal: Withdrawal, network_fee: Decimal | None) -> None:
        asset = withdrawal.asset.symbol
        hot = self._hot.get(asset)
        if hot is not None:
            fee = self._fees[asset] if network_fee is None else network_fee
            self._hot[asset] = EXACT.subtract(hot, EXACT.add(withdrawal.amount, fee))

    # --- SENDING, UNKNOWN, SENT ----------------------------------------------------------------------------------

    def _go_on_sending(self, withdrawal: Withdrawal) -> None:
        if is_being_ended(withdrawal):
            return
        if withdrawal.waits_for == QUEUED:
            if not self._look(withdrawal):
                note_unknown(withdrawal, "The rail no longer has this payout in its queue.")
        elif withdrawal.waits_for == NOT_TAKEN:
            if not self._obstacle(withdrawal):
                self._call(withdrawal)
        else:
            note_unknown(withdrawal, "The process that sent it ended before the rail had answered.")

    def _find_out(self, withdrawal: Withdrawal) -> None:
        if is_being_ended(withdrawal) or self._look(withdrawal):
            return
        if self._adapter.is_payout_idempotent:
            self._call(withdrawal)
        elif withdrawal.waits_for != NEEDS_STAFF:
            mark(withdrawal, NEEDS_STAFF)
            alarm(
                withdrawal,
                fingerprint=f"payout unknown:{withdrawal.pk}",
                description=f"Whether withdrawal {withdrawal.pk} was paid out is not known; it is not sent again.",
            )

    def _follow(self, withdrawal: Withdrawal) -> None:
        if is_being_ended(withdrawal):
            return
        if not self._look(withdrawal) and timezone.now() - last_change_at(withdrawal) > MISSING_AFTER:
            note_unknown(withdrawal, "The rail no longer knows this payout.")

    def _look(self, withdrawal: Withdrawal) -> bool:
        """Ask the rail after a payout and write down what it says; False where it does not know it."""
        self._asked += 1
        try:
            payout = self._adapter.look_up(
                payout_id=withdrawal.payout_id,
                external_tx_id=withdrawal.external_tx_id,
                asset=withdrawal.asset.symbol,
            )
        except PayoutRefused as refusal:
            note_failed(withdrawal, refusal.text)
            return True
        except (RailUnavailable, PayoutUnknown):
            return True
        if payout is None:
            return False
        note_sent(withdrawal, payout)
        if not payout.is_queued:
            confirm_if_final(withdrawal, payout)
        return True
