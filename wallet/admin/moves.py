"""Moves between our own wallets: sweeps by the exchange, and proposals about hot and cold that staff decide."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action, display

from storage.admin.display import amount
from storage.admin.reasons import ReasonForm
from wallet.admin.asking import AmountEntry, AskingAdmin, TextEntry, person_of
from wallet.deposits.moves import COLD, HOT
from wallet.models import SweepProposal
from wallet.services.moves import carry_out_move, drop_move, note_move


class MadeForm(ReasonForm):
    external_tx_id = TextEntry(max_length=128, label="Transaction", help_text="Its id at the rail.")
    network_fee = AmountEntry(help_text="What the network took beside the amount.")


@admin.register(SweepProposal)
class SweepProposalAdmin(AskingAdmin):
    list_display = ("id", "rail", "asset", "way", "how_much", "standing", "proposed_at", "done_by")
    list_filter = ("rail", "asset", "from_wallet", ("done_at", admin.EmptyFieldListFilter))
    list_select_related = ("rail", "asset", "done_by")
    fields = (("rail", "asset"), ("way", "how_much"), "standing", "external_tx_id", "operation_id",
              ("proposed_at", "done_at", "done_by"))  # fmt: skip
    readonly_fields = ("way", "how_much", "standing")
    actions_detail = ("carry_out", "note", "drop")

    @display(description="from, to")
    def way(self, move: SweepProposal) -> str:
        return str(move)

    @display(description="amount")
    def how_much(self, move: SweepProposal) -> str:
        return amount(move.amount)

    @display(description="standing")
    def standing(self, move: SweepProposal) -> str:
        if move.done_at is not None:
            return "booked" if move.operation_id else "closed"
        if move.external_tx_id:
            return "on its way"
        return "to be sent" if move.done_by_id or move.from_wallet not in (HOT, COLD) else "proposed"

    def has_operate_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("wallet.operate_rail")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        move = self.get_object(request, str(object_id))
        is_open = move is not None and self.standing(move) == "proposed"
        return self.shown_actions(request, object_id, {"carry_out", "note", "drop"} if is_open else set())

    @action(description="Move", permissions=["operate"], icon="swap_horiz")
    def carry_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(move: SweepProposal, fields: dict[str, Any]) -> str:
            carry_out_move(proposal_id=move.pk, by=person_of(request), reason=fields["reason"])
            return "It is sent within half a minute, and booked when it is confirmed."

        return self._ask(request, object_id, "Move", "The rail moves this amount between our own wallets.", act)

    @action(description="It was moved", permissions=["operate"], icon="fact_check")
    def note(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(move: SweepProposal, fields: dict[str, Any]) -> str:
            note_move(
                proposal_id=move.pk,
                external_tx_id=fields["external_tx_id"],
                network_fee=fields["network_fee"],
                by=person_of(request),
                reason=fields["reason"],
            )
            return "It is being booked."

        told = "You have moved exactly this amount at the rail yourself. It is booked with the fee you name."
        return self._ask(request, object_id, "It was moved", told, act, form=MadeForm)

    @action(description="Not needed", permissions=["operate"], icon="close")
    def drop(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(move: SweepProposal, fields: dict[str, Any]) -> str:
            drop_move(proposal_id=move.pk, by=person_of(request), reason=fields["reason"])
            return "The proposal is closed. It comes again while the hot wallet is as far from its target."

        return self._ask(request, object_id, "Not needed", "Nothing is moved.", act, with_code=False)

    def _ask(
        self,
        request: HttpRequest,
        object_id: str,
        title: str,
        explanation: str,
        act: Any,
        *,
        form: type[ReasonForm] = ReasonForm,
        with_code: bool = True,
    ) -> HttpResponse:
        return self.ask_about(
            request,
            object_id,
            title=title,
            explanation=explanation,
            act=act,
            form=form,
            rows=lambda move: [f"{amount(move.amount)} {move.asset.symbol} on {move.rail}"],
            with_code=with_code,
        )
