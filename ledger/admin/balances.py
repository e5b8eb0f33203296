"""Whose money it is and how much: to look at. Balances change through the journal alone."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from ledger.admin.base import AccountHistoryAdmin, accounts_called
from ledger.models import Account, Balance, Writer
from storage.admin.base import ReadOnlyInline, StaffAdmin
from storage.admin.display import amount


class BalanceColumns:
    """Amounts of a balance, for a list and for an account's page."""

    @display(description="available")
    def available_amount(self, balance: Balance) -> str:
        return amount(balance.available)

    @display(description="locked")
    def locked_amount(self, balance: Balance) -> str:
        return amount(balance.locked)

    @display(description="total")
    def total_amount(self, balance: Balance) -> str:
        return amount(balance.available + balance.locked)


class BalanceInline(BalanceColumns, ReadOnlyInline):
    model = Balance
    fields = ("asset", "available_amount", "locked_amount", "total_amount")
    readonly_fields = fields
    ordering = ("asset__symbol",)


@admin.register(Account)
class AccountAdmin(AccountHistoryAdmin):
    list_display = ("id", "owner", "kind")
    list_filter = ("kind",)
    list_select_related = ("user", "writer")
    fields = ("kind", "user", "writer")
    inlines = (BalanceInline,)
    account_columns = ()

    @display(description="owner")
    def owner(self, account: Account) -> str:
        return str(account)

    def find_by_name(self, queryset: QuerySet[Any], name: str) -> QuerySet[Any]:
        return queryset.filter(pk__in=accounts_called(name))


class EmptyFilter(admin.SimpleListFilter):
    title = "amount"
    parameter_name = "amount"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("some", "Not zero"), ("locked", "Something locked")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Balance]) -> QuerySet[Balance]:
        if self.value() == "some":
            return queryset.exclude(available=0, locked=0)
        return queryset.exclude(locked=0) if self.value() == "locked" else queryset


@admin.register(Balance)
class BalanceAdmin(BalanceColumns, AccountHistoryAdmin):
    list_display = ("account", "asset", "available_amount", "locked_amount", "total_amount")
    list_filter = ("asset", "account__kind", EmptyFilter)
    list_select_related = ("account__user", "account__writer", "asset")
    fields = ("account", "asset", "available_amount", "locked_amount", "total_amount", "may_be_negative")
    readonly_fields = ("available_amount", "locked_amount", "total_amount")
    number_columns = ("pk", "account_id")


@admin.register(Writer)
class WriterAdmin(StaffAdmin):
    list_display = ("id", "name", "last_sequence", "head")
    fields = ("id", "name", "last_sequence", "head")
    readonly_fields = ("head",)
    ordering = ("id",)

    @display(description="chain head")
    def head(self, writer: Writer) -> str:
        return bytes(writer.chain_hash).hex()
