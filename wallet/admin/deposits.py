"""Deposits, what is in suspense, and what two people of the staff make of it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action, display

from ledger.admin.base import AccountHistoryAdmin, accounts_called
from ledger.models import Account
from storage.admin.base import ReadOnlyInline
from storage.admin.display import amount
from storage.admin.reasons import ReasonForm
from wallet.admin.asking import AskingAdmin, CarriedOutAdmin, TextEntry, person_of
from wallet.core.states import DepositState
from wallet.models import ClaimState, Deposit, DepositClaim, ReceivingAddress, SuspenseResolution
from wallet.rails.errors import NotInSuspense
from wallet.services.claims import (
    accept_claim,
    agree_to_resolution,
    deposits_claimed,
    propose_resolution,
    reject_claim,
    turn_down_resolution,
)

STATE_LABELS = {
    "PENDING": "info",
    "CREDITED": "success",
    "SUSPENSE": "danger",
    "HELD": "danger",
    "ORPHANED": "warning",
    "RETURNED": "warning",
}
RESOLVE = "wallet.resolve_deposit"
CLAIMS = "wallet.decide_claim"


class CreditForm(ReasonForm):
    user = TextEntry(max_length=40, label="User name", help_text="Who is credited.")


class AcceptForm(ReasonForm):
    deposit = forms.IntegerField(min_value=1, help_text="Number of the deposit in suspense that was theirs.")


class ResolutionInline(ReadOnlyInline):
    model = SuspenseResolution
    fields = ("account", "reason", "requested_by", "requested_at", "decided_by", "decided_at", "is_approved")
    readonly_fields = fields


@admin.register(Deposit)
class DepositAdmin(AskingAdmin, AccountHistoryAdmin):
    list_display = ("id", "seen_at", "rail", "asset", "amount_text", "account", "standing", "reason", "counted")
    list_filter = ("state", "rail", "asset")
    list_select_related = ("account__user", "account__writer", "asset", "rail")
    search_help_text = "User name or e-mail; a number; or the rail's id of the transaction."
    fields = (
        ("rail", "asset", "amount_text"),
        ("account", "standing", "reason"),
        ("external_tx_id", "output_index"),
        ("address", "tag"),
        "source",
        ("counted", "block_height", "block_hash"),
        ("operation_id", "swept_operation_id"),
        ("seen_at", "credited_at"),
    )
    readonly_fields = ("amount_text", "standing", "counted")
    inlines = (ResolutionInline,)
    actions_detail = ("credit", "send_back")

    def has_resolve_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm(RESOLVE)

    def find_by_name(self, queryset: QuerySet[Any], name: str) -> QuerySet[Any]:
        return queryset.filter(Q(account_id__in=accounts_called(name)) | Q(external_tx_id=name))

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        row = self.get_object(request, str(object_id))
        is_open = row is not None and row.state in (DepositState.SUSPENSE, DepositState.HELD)
        return self.shown_actions(request, object_id, {"credit", "send_back"} if is_open else set())

    @display(description="amount")
    def amount_text(self, deposit: Deposit) -> str:
        return amount(deposit.amount)

    @display(description="state", label=STATE_LABELS)
    def standing(self, deposit: Deposit) -> str:
        return str(deposit.state)

    @display(description="confirmations")
    def counted(self, deposit: Deposit) -> str:
        return f"{deposit.confirmations} of {deposit.required_confirmations}"

    @action(description="Propose to credit", permissions=["resolve"], icon="person_add")
    def credit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(deposit: Deposit, fields: dict[str, Any]) -> str:
            account = Account.objects.filter(user__username=fields["user"]).first()
            if account is None:
                raise NotInSuspense("There is no user of this name with an account.")
            propose_resolution(
                deposit_id=deposit.pk, account_id=account.pk, by=person_of(request), reason=fields["reason"]
            )
            return "It is proposed. Somebody else has to agree."

        return self.ask_about(
            request,
            object_id,
            title="Propose to credit",
            explanation="Nothing moves before somebody else has agreed.",
            act=act,
            form=CreditForm,
        )

    @action(description="Propose to send back", permissions=["resolve"], icon="undo")
    def send_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(deposit: Deposit, fields: dict[str, Any]) -> str:
            propose_resolution(deposit_id=deposit.pk, account_id=None, by=person_of(request), reason=fields["reason"])
            return "It is proposed. Somebody else has to agree."

        return self.ask_about(
            request,
            object_id,
            title="Propose to send back",
            explanation="The amount leaves the books; it is sent at the rail itself. Somebody else has to agree.",
            act=act,
        )


@admin.register(SuspenseResolution)
class SuspenseResolutionAdmin(CarriedOutAdmin):
    list_display = (
        "id",
        "deposit",
        "account",
        "reason",
        "requested_by",
        "requested_at",
        "decided_by",
        "is_approved",
        "outcome",
    )
    list_filter = ("is_approved",)
    list_select_related = ("deposit", "account__user", "account__writer", "requested_by", "decided_by")
    search_fields = ("=deposit__id", "=operation_id")
    search_help_text = "Number of a deposit or of an operation."
    readonly_fields = ("outcome",)
    actions_detail = ("agree", "turn_down")

    def has_resolve_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm(RESOLVE)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        row = self.get_object(request, str(object_id))
        if row is None or row.is_approved is not None:
            return []
        own = row.requested_by_id == request.user.pk
        return self.shown_actions(request, object_id, {"turn_down"} if own else {"agree", "turn_down"})

    @action(description="Agree", permissions=["resolve"], icon="check", variant="danger")
    def agree(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(proposed: SuspenseResolution, fields: dict[str, Any]) -> str:
            agree_to_resolution(resolution_id=proposed.pk, by=person_of(request), reason=fields["reason"])
            return "The balance processor carries it out."

        return self.ask_about(
            request,
            object_id,
            title="Agree",
            explanation="The money is credited, or leaves the books. It cannot be taken back, only corrected.",
            act=act,
            rows=_story,
            with_code=True,
            is_dangerous=True,
        )

    @action(description="Turn down", permissions=["resolve"], icon="close")
    def turn_down(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(proposed: SuspenseResolution, fields: dict[str, Any]) -> str:
            turn_down_resolution(resolution_id=proposed.pk, by=person_of(request), reason=fields["reason"])
            return "It is turned down; the deposit stays as it is."

        return self.ask_about(
            request,
            object_id,
            title="Turn down",
            explanation="The deposit waits for another proposal.",
            act=act,
            rows=_story,
        )


@admin.register(DepositClaim)
class DepositClaimAdmin(AskingAdmin):
    list_display = ("id", "account", "rail", "asset", "external_tx_id", "state", "claimed_at", "decided_by")
    list_filter = ("state", "rail")
    list_select_related = ("account__user", "account__writer", "rail", "asset", "decided_by")
    search_fields = ("=external_tx_id", "account__user__username__istartswith")
    search_help_text = "User name, or id of the transaction."
    fields = (
        ("account", "rail", "asset"),
        "external_tx_id",
        "note",
        ("state", "claimed_at"),
        "possible",
        ("deposit", "decided_by", "decided_at"),
        "reason",
    )
    readonly_fields = ("possible",)
    actions_detail = ("accept", "reject")

    def has_decide_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm(CLAIMS)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        row = self.get_object(request, str(object_id))
        is_open = row is not None and row.state == ClaimState.OPEN
        return self.shown_actions(request, object_id, {"accept", "reject"} if is_open else set())

    @display(description="deposits it may be about")
    def possible(self, claim: DepositClaim) -> str:
        found = deposits_claimed(claim)
        return ", ".join(f"{one.pk}: {amount(one.amount)} {one.asset}" for one in found) or "none in suspense"

    @action(description="Accept", permissions=["decide"], icon="check")
    def accept(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(claim: DepositClaim, fields: dict[str, Any]) -> str:
            accept_claim(
                claim_id=claim.pk, deposit_id=fields["deposit"], by=person_of(request), reason=fields["reason"]
            )
            return "The deposit is proposed to be credited. Somebody else has to agree."

        return self.ask_about(
            request,
            object_id,
            title="Accept",
            explanation="Who claims it has shown to have sent it. Somebody else has to agree before it is credited.",
            act=act,
            form=AcceptForm,
            rows=lambda claim: [self.possible(claim)],
        )

    @action(description="Reject", permissions=["decide"], icon="close")
    def reject(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(claim: DepositClaim, fields: dict[str, Any]) -> str:
            reject_claim(claim_id=claim.pk, by=person_of(request), reason=fields["reason"])
            return "The claim is rejected."

        return self.ask_about(request, object_id, title="Reject", explanation="The deposit stays in suspense.", act=act)


@admin.register(ReceivingAddress)
class ReceivingAddressAdmin(AskingAdmin):
    list_display = ("address", "tag", "rail", "asset", "account", "created_at")
    list_filter = ("rail",)
    list_select_related = ("account__user", "account__writer", "rail", "asset")
    search_fields = ("=address", "=tag", "account__user__username__istartswith")
    search_help_text = "Address, tag, or user name."
    fields = ("rail", "asset", "account", "address", "tag", "created_at")
    readonly_fields = fields


def _story(proposed: SuspenseResolution) -> list[str]:
    deposit = proposed.deposit
    return [
        f"Deposit {deposit.pk}: {amount(deposit.amount)} {deposit.asset} over {deposit.rail}, {deposit.reason}",
        f"To {proposed.account or 'nobody: out of the books'}",
        f"{proposed.requested_by}: {proposed.reason}",
    ]
