"""History that belongs to accounts, found by the name of whose account it is."""

from typing import Any

from django.db.models import Q, QuerySet

from ledger.models import Account
from storage.admin.base import HistoryAdmin

MOST_ACCOUNTS = 20


class AccountHistoryAdmin(HistoryAdmin):
    """A search for a name finds the accounts first, so that the big table is read through its index of accounts."""

    account_columns: tuple[str, ...] = ("account",)
    search_help_text = "User name or e-mail, or the beginning of it; or a number."

    def find_by_name(self, queryset: QuerySet[Any], name: str) -> QuerySet[Any]:
        accounts = accounts_called(name)
        found = Q(pk__in=())
        for column in self.account_columns:
            found |= Q(**{f"{column}_id__in": accounts})
        return queryset.filter(found)


def accounts_called(name: str) -> list[int]:
    """Primary keys of the accounts of that user, of users whose names begin so, or of that writer."""
    exact = Account.objects.filter(
        Q(user__username__iexact=name) | Q(user__email__iexact=name) | Q(writer__name__iexact=name)
    )
    found = list(exact.values_list("pk", flat=True))
    if found:
        return found
    similar = Account.objects.filter(Q(user__username__istartswith=name) | Q(user__email__istartswith=name))
    return list(similar.order_by("pk").values_list("pk", flat=True)[:MOST_ACCOUNTS])
