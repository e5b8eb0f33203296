"""Deposit addresses at other exchanges, and the list of those that nobody may use, on the staff pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action, display

from storage.admin.reasons import ReasonForm, ask_and_act, is_confirmed
from wallet.admin.asking import AskingAdmin, TextEntry, person_of
from wallet.venues.admin.base import OwnedHistoryAdmin, people_called, related_without_keys
from wallet.venues.models import AddressMark, DepositAddress, Listing
from wallet.venues.services.marks import block_for_everybody

BLOCK_RIGHT = "venues.change_addressmark"
STATUS_LABELS = {"current": "success", "changed": "warning", "replaced": "info", "gone": "info"}


class BlockForm(ReasonForm):
    network = TextEntry(max_length=40, help_text="As in the list of addresses: BTC, ERC20, TRC20.")
    address = TextEntry(max_length=128)
    tag = TextEntry(max_length=64, required=False, help_text="Where the network has one; only this tag is blocked.")


@admin.register(DepositAddress)
class DepositAddressAdmin(OwnedHistoryAdmin):
    ordering = ("-created_at", "-id")
    list_display = ("address", "tag", "currency", "network", "user", "exchange", "standing", "is_active", "created_at")
    list_filter = ("status", "exchange", "is_active", "is_manual")
    list_select_related = ("user", "exchange", "account")
    id_columns = ("pk", "account_id")
    text_columns = ("address",)
    search_help_text = "An address; the id of it or of its account; or user name or e-mail, or the beginning of it."
    fields = (
        ("address", "tag"),
        ("currency", "network", "type"),
        ("user", "account", "exchange"),
        ("standing", "is_active", "deleted_at"),
        ("is_manual", "is_format_checked"),
        "replaces",
        ("first_seen_at", "last_verified_at"),
        ("created_at", "updated_at"),
        "exchange_metadata",
    )
    readonly_fields = ("standing",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[DepositAddress]:
        rows = super().get_queryset(request).select_related("user", "exchange", "account")
        return related_without_keys(rows).defer(
            *(f"account__{key}" for key in ("api_key", "api_secret", "passphrase")), "exchange__currencies"
        )

    @display(description="status", ordering="status", label=STATUS_LABELS)
    def standing(self, address: DepositAddress) -> str:
        return address.status


@admin.register(AddressMark)
class AddressMarkAdmin(AskingAdmin):
    """Users' labels are theirs: staff see what is on a list, and their own."""

    list_display = ("address", "tag", "network", "whose", "standing", "reason", "updated_at")
    list_filter = (("user", admin.EmptyFieldListFilter),)
    list_select_related = ("user",)
    search_fields = ("address",)
    search_help_text = "An address or its beginning; or user name or e-mail."
    ordering = ("-updated_at", "-id")
    fields = (("network", "address", "tag"), ("whose", "standing"), "reason", "updated_at")
    readonly_fields = ("whose", "standing")
    actions_list = ("block",)
    actions_detail = ("unblock",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AddressMark]:
        return super().get_queryset(request).exclude(listing=Listing.NONE)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(address__startswith=term) | queryset.filter(user__in=people_called(term)), False

    def has_block_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm(BLOCK_RIGHT)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        mark = self.get_object(request, str(object_id))
        return self.shown_actions(request, object_id, {"unblock"} if _is_of_staff(mark) else set())

    @display(description="whose")
    def whose(self, mark: AddressMark) -> str:
        return str(mark.user) if mark.user_id else "the staff's, for all"

    @display(description="list", label={"blocked": "danger", "allowed": "success"})
    def standing(self, mark: AddressMark) -> str:
        return mark.listing

    @action(description="Block an address", permissions=["block"], icon="block", variant="danger")
    def block(self, request: HttpRequest) -> HttpResponse:
        def act(fields: dict[str, Any]) -> str:
            mark = block_for_everybody(
                staff=person_of(request),
                network=fields["network"],
                address=fields["address"],
                tag=fields["tag"],
                reason=fields["reason"],
            )
            self.log_change(request, mark, f"blocked: {fields['reason']}")
            return f"{mark.address} is blocked for everybody."

        return ask_and_act(
            self,
            request,
            title="Block an address",
            explanation="Whoever has it, at whichever exchange, is told not to use it, and cannot switch it on.",
            button="Block",
            act=act,
            back=reverse("admin:venues_addressmark_changelist"),
            form=_bound(BlockForm, request),
            is_dangerous=True,
        )

    @action(description="Unblock", permissions=["block"], icon="check")
    def unblock(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(mark: AddressMark, fields: dict[str, Any]) -> str:
            block_for_everybody(
                staff=person_of(request),
                network=mark.network,
                address=mark.address,
                tag=mark.tag,
                listing=Listing.NONE,
                reason=fields["reason"],
            )
            return f"{mark.address} is no longer blocked by the staff."

        return self.ask_about(
            request,
            object_id,
            title="Unblock",
            explanation="It stays switched off where it is, until its user switches it on.",
            act=act,
        )


def _is_of_staff(mark: AddressMark | None) -> bool:
    return mark is not None and mark.user_id is None and mark.listing == Listing.BLOCKED


def _bound(form: type[forms.Form], request: HttpRequest) -> forms.Form:
    return form(request.POST if is_confirmed(request) else None)
