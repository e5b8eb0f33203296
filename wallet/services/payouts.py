"""Sends what was approved, each withdrawal once, whatever dies in between.

A round per rail, under an advisory lock of the rail: one process sends over a rail at a time.

    APPROVED   checked again (switches, the account, the hot wallet), then SENDING is committed, then the rail is called
               outside of any database transaction
    SENDING    found at the start of a round, it was left by a process that died: UNKNOWN. Two exceptions stand in
               `waits_for`: the rail has surely not taken it (NOT_TAKEN: the call may be made), or it has it in a queue
               (QUEUED: it is only asked after)
    UNKNOWN    looked up. A rail that makes a payout once for our id is asked for it again; any other one never, and
               "not found" proves nothing: staff say what became of it (`wallet.services.approvals`)
    SENT       followed until it is final, then the balance processor is asked to let the money go
    refused    for good by the rail: the balance processor is asked to give the money back

A call that has begun may still reach a rail some time after its caller died. So what is asked for again under UNKNOWN
and refused then is only given back when no earlier call can be on its way any more (`IN_FLIGHT`).
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from django.db import Error as DatabaseError
from django.db import transaction
from django.utils import timezone

from kernel.errors import BourseError
from matching.worker.failpoints import pass_failpoint
from storage.session_locks import only_one
from wallet.core.states import WithdrawalState
from wallet.core.withdrawal_rules import ReviewReason
from wallet.models import Rail, Withdrawal
from wallet.rails.protocol import PayoutRefused, PayoutUnknown, RailAdapter, RailUnavailable
from wallet.rails.registry import adapter_of
from wallet.selectors.switches import why_waiting
from wallet.services.destinations import party_of
from wallet.services.payout_records import (
    HOT_WALLET_LOW,
    NOT_TAKEN,
    QUEUED,
    alarm,
    confirm_if_final,
    give_back,
    is_being_ended,
    is_out_of_flight,
    is_restricted,
    last_change_at,
    mark,
    note_sent,
    note_unknown,
    note_waiting,
)
from wallet.services.transitions import change_state, lock_withdrawal
from wallet.withdrawal_texts import network_name

log = logging.getLogger(__name__)

LOCK = 0x626F7573
"""First half of the advisory locks of rails; the second is made of the rail's code."""
MISSING_AFTER = timedelta(minutes=10)
"""A sent payout the rail does not know is unknown after that; its lists may be a little late."""
MOST_A_ROUND = 100
RAIL_UNAVAILABLE = "RAIL_UNAVAILABLE"
NEEDS_STAFF = "NEEDS_STAFF"
HOT = "hot"

_W = WithdrawalState


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
        except (BourseError, DatabaseError):
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
        self._hot: dict[str, Decimal | None] = {}

    def run(self) -> None:
        self._each(_W.SENDING, self._go_on_sending)
        self._each(_W.UNKNOWN, self._find_out)
        self._each(_W.SENT, self._follow)
        self._each(_W.APPROVED, self._send)

    def _each(self, state: WithdrawalState, step: Callable[[Withdrawal], None]) -> None:
        rows = Withdrawal.objects.filter(rail=self._rail, state=state).select_related("asset", "rail")
        for withdrawal in list(rows.order_by("pk")[:MOST_A_ROUND]):
            try:
                step(withdrawal)
            except Exception:
                # Also what an adapter should not raise: the state is committed, so the next round looks it up.
                log.exception("a payout could not go on", extra={"withdrawal": withdrawal.pk, "state": str(state)})

    # --- APPROVED ------------------------------------------------------------------------------------------------

    def _send(self, withdrawal: Withdrawal) -> None:
        waits_for = self._obstacle(withdrawal)
        if waits_for:
            note_waiting(withdrawal, waits_for)
            return
        pass_failpoint(PayoutFailpoint.APPROVED)
        with transaction.atomic():
            withdrawal = lock_withdrawal(withdrawal.pk)
            # Asked again under the lock: whatever was committed before this commits is obeyed.
            if withdrawal.state != _W.APPROVED or is_being_ended(withdrawal) or not self._may_call(withdrawal):
                return
            if is_restricted(withdrawal):
                change_state(
                    withdrawal=withdrawal,
                    new=_W.REVIEW,
                    at=timezone.now(),
                    reason="The account was restricted before the payout.",
                    review_reasons=[*withdrawal.review_reasons, str(ReviewReason.ACCOUNT_RESTRICTED)],
                )
                return
            change_state(withdrawal=withdrawal, new=_W.SENDING, at=timezone.now())
        pass_failpoint(PayoutFailpoint.SENDING_COMMITTED)
        self._call(withdrawal)

    def _obstacle(self, withdrawal: Withdrawal) -> str:
        """The code of what keeps it waiting; empty where nothing does."""
        asset = withdrawal.asset.symbol
        stopped = why_waiting(self._rail, asset)
        if stopped:
            return stopped
        try:
            hot = self._hot_balance(asset)
        except RailUnavailable:
            return RAIL_UNAVAILABLE
        return HOT_WALLET_LOW if hot is not None and hot < withdrawal.amount else ""

    def _hot_balance(self, asset: str) -> Decimal | None:
        """What the rail can still pay in this round; None where it does not count a hot wallet."""
        if asset not in self._hot:
            self._hot[asset] = self._adapter.balance(asset).get(HOT)
        return self._hot[asset]

    # --- the call ------------------------------------------------------------------------------------------------

    def _call(self, withdrawal: Withdrawal) -> None:
        """Call the rail and write down what it said. The state that allows the call is committed."""
        asset = withdrawal.asset.symbol
        try:
            payout = self._adapter.payout(
                payout_id=withdrawal.payout_id,
                asset=asset,
                network=network_name(withdrawal.rail_id, withdrawal.asset_id),
                amount=withdrawal.amount,
                destination=party_of(withdrawal),
            )
        except PayoutRefused as refusal:
            if withdrawal.state == _W.SENDING or is_out_of_flight(withdrawal):
                give_back(withdrawal, refusal.text)
        except RailUnavailable:
            if withdrawal.state == _W.SENDING:
                mark(withdrawal, NOT_TAKEN)
        except PayoutUnknown as unknown:
            note_unknown(withdrawal, unknown.text)
        else:
            pass_failpoint(PayoutFailpoint.RAIL_CALLED)
            hot = self._hot.get(asset)
            if hot is not None:
                self._hot[asset] = hot - withdrawal.amount - (payout.network_fee or 0)
            note_sent(withdrawal, payout)
        pass_failpoint(PayoutFailpoint.RESULT_COMMITTED)

    def _may_call(self, withdrawal: Withdrawal) -> bool:
        """Nothing is sent, for the first time or again, while payouts are stopped."""
        self._rail.refresh_from_db(fields=["is_enabled", "payouts_frozen_reason"])
        return not why_waiting(self._rail, withdrawal.asset.symbol)

    # --- SENDING, UNKNOWN, SENT ----------------------------------------------------------------------------------

    def _go_on_sending(self, withdrawal: Withdrawal) -> None:
        if is_being_ended(withdrawal):
            return
        if withdrawal.waits_for == QUEUED:
            if not self._look(withdrawal):
                note_unknown(withdrawal, "The rail no longer has this payout in its queue.")
        elif withdrawal.waits_for == NOT_TAKEN:
            if self._may_call(withdrawal):
                # Before the call, or a crash in it would look as if the rail had not been called.
                mark(withdrawal, "")
                pass_failpoint(PayoutFailpoint.SENDING_COMMITTED)
                self._call(withdrawal)
        else:
            note_unknown(withdrawal, "The process that sent it ended before the rail had answered.")

    def _find_out(self, withdrawal: Withdrawal) -> None:
        if is_being_ended(withdrawal) or self._look(withdrawal):
            return
        if self._adapter.is_payout_idempotent:
            if self._may_call(withdrawal):
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
        try:
            payout = self._adapter.look_up(
                payout_id=withdrawal.payout_id,
                external_tx_id=withdrawal.external_tx_id,
                asset=withdrawal.asset.symbol,
            )
        except PayoutRefused as refusal:
            # It had it and says that it failed, so nothing is on its way.
            give_back(withdrawal, refusal.text)
            return True
        except (RailUnavailable, PayoutUnknown):
            return True
        if payout is None:
            return False
        note_sent(withdrawal, payout)
        if not payout.is_queued:
            confirm_if_final(withdrawal, payout)
        return True
