"""What every page of the admin has in common: nothing is deleted, history is only read, big tables stay fast.

Deny by default: a model's admin shows rows to who may view them, and can do nothing else unless it says so itself.
"""

from typing import Any

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.paginator import InfinitePaginator

from kernel.ids import first_id_at
from storage.admin.display import unix_ms_now

GREATEST_NUMBER = 2**63 - 1
MOST_DIGITS = 19


class StaffAdmin(ModelAdmin):
    """Base of all admins. Rows can be looked at; what else can be done, a subclass adds."""

    actions: Any = ()
    list_per_page = 50
    list_filter_submit = False
    list_fullwidth = True
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    compressed_fields = True
    change_form_before_template = "admin/as_shown.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class HistoryAdmin(StaffAdmin):
    """For tables that may have a hundred million rows.

    They are never counted, and only sorted by their primary key, newest first. A search finds exact values of indexed
    columns: a number in `number_columns`, a name through `find_by_name`.
    """

    paginator = InfinitePaginator
    ordering = ("-pk",)
    sortable_by: Any = ()
    list_display_links: Any = None
    search_fields: Any = ("pk",)
    number_columns: tuple[str, ...] = ("pk",)

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        return list_display[:1]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        if term.isascii() and term.isdecimal():
            if len(term) > MOST_DIGITS or int(term) > GREATEST_NUMBER:
                return queryset.none(), False
            found = Q()
            for column in self.number_columns:
                found |= Q(**{column: int(term)})
            return queryset.filter(found), False
        return self.find_by_name(queryset, term), False

    def find_by_name(self, queryset: QuerySet[Any], name: str) -> QuerySet[Any]:
        """Rows that have to do with whoever has this name."""
        return queryset.none()


class ReadOnlyInline(TabularInline):
    """Rows that belong to the one on the page, to look at."""

    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


_HOUR_MS = 3_600_000


class PeriodFilter(admin.SimpleListFilter):
    """How old rows may be. Ids are time-ordered, so this is a range of the primary key and needs no other index."""

    title = "period"
    parameter_name = "period"
    periods = {"hour": 1, "day": 24, "week": 7 * 24, "month": 30 * 24}
    """Hours."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(period, f"Last {period}") for period in self.periods]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        hours = self.periods.get(self.value() or "")
        if hours is None:
            return queryset
        return queryset.filter(pk__gte=first_id_at(unix_ms_now() - hours * _HOUR_MS))
