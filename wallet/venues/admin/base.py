"""What the pages of exchange accounts have in common: ids that are no numbers, and rows that belong to people."""

import re
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.models import User
from storage.admin.base import HistoryAdmin
from wallet.venues.models import ExchangeAccount

MOST_PEOPLE = 20
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class OwnedHistoryAdmin(HistoryAdmin):
    """For tables that grow with the number of addresses: never counted, newest first.

    A search finds rows by an id, by exact values of `text_columns`, and by whose they are.
    """

    ordering: Any = ("-pk",)
    id_columns: tuple[str, ...] = ("pk",)
    text_columns: tuple[str, ...] = ()
    owner_column = "user"
    search_help_text = "An id; or user name or e-mail, or the beginning of it."

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        if _UUID.fullmatch(term):
            columns: tuple[str, ...] = self.id_columns
        else:
            columns = self.text_columns
        found = Q(pk__in=())
        for column in columns:
            found |= Q(**{column: term})
        if self.owner_column:
            found |= Q(**{f"{self.owner_column}__in": people_called(term)})
        return queryset.filter(found), False


def people_called(name: str) -> list[int]:
    """Primary keys of the users of that name or e-mail address, else of those whose begin so."""
    exact = list(User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name)).values_list("pk", flat=True))
    if exact:
        return exact
    similar = User.objects.filter(Q(username__istartswith=name) | Q(email__istartswith=name))
    return list(similar.order_by("pk").values_list("pk", flat=True)[:MOST_PEOPLE])


def without_keys(rows: QuerySet[ExchangeAccount]) -> QuerySet[ExchangeAccount]:
    """The keys stay in the database: no page can show what it has not read."""
    return rows.defer("api_key", "api_secret", "passphrase")


def related_without_keys(rows: QuerySet[Any], account: str = "account") -> QuerySet[Any]:
    """The same for rows that are read along with their account."""
    return rows.defer(*(f"{account}__{key}" for key in ("api_key", "api_secret", "passphrase")))
