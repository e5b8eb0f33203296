"""The journal: entries with their postings, and the chain over them. To look at, and nothing else."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import display

from ledger.admin.base import AccountHistoryAdmin, accounts_called
from ledger.models import ChainLink, JournalEntry, Posting
from ledger.selectors import posting_range_of_entry
from storage.admin.base import HistoryAdmin, PeriodFilter, ReadOnlyInline
from storage.admin.display import amount

MOST_ENTRIES = 1_000


class PostingColumns:
    """Amounts of a posting, for a list and for an entry's page."""

    @display(description="available")
    def available_change(self, posting: Posting) -> str:
        return amount(posting.available_delta)

    @display(description="locked")
    def locked_change(self, posting: Posting) -> str:
        return amount(posting.locked_delta)


class PostingInline(PostingColumns, ReadOnlyInline):
    """The postings of an entry, found through its link in the chain: there is no index from entry to posting."""

    model = Posting
    fields = ("account", "asset", "available_change", "locked_change")
    readonly_fields = fields
    ordering = ("id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Posting]:
        queryset = super().get_queryset(request).select_related("account__user", "account__writer", "asset")
        match = request.resolver_match
        entry_id = match.kwargs.get("object_id", "") if match else ""
        between = posting_range_of_entry(entry_id=int(entry_id)) if str(entry_id).isdecimal() else None
        return queryset.filter(pk__range=between) if between else queryset.none()


@admin.register(JournalEntry)
class JournalEntryAdmin(HistoryAdmin):
    list_display = ("id", "created_at", "kind", "writer", "sequence")
    list_filter = (PeriodFilter, "kind", "writer")
    list_select_related = ("writer",)
    fields = ("id", "created_at", "kind", "writer", "sequence")
    inlines = (PostingInline,)
    search_help_text = (
        "Number of an entry, which is that of the order or operation behind it; or a user name or e-mail."
    )

    def find_by_name(self, queryset: QuerySet[Any], name: str) -> QuerySet[Any]:
        """The latest entries with a posting to such an account."""
        postings = Posting.objects.filter(account_id__in=accounts_called(name)).order_by("-pk")
        return queryset.filter(pk__in=list(postings.values_list("entry_id", flat=True)[:MOST_ENTRIES]))


@admin.register(Posting)
class PostingAdmin(PostingColumns, AccountHistoryAdmin):
    list_display = ("id", "entry_link", "account", "asset", "available_change", "locked_change")
    list_filter = (PeriodFilter, "asset")
    list_select_related = ("account__user", "account__writer", "asset")
    fields = ("id", "entry_link", "account", "asset", "available_change", "locked_change")
    readonly_fields = ("entry_link", "available_change", "locked_change")

    @display(description="entry")
    def entry_link(self, posting: Posting) -> str:
        url = reverse("admin:ledger_journalentry_change", args=[posting.entry_id])
        return format_html('<a href="{}">{}</a>', url, posting.entry_id)


@admin.register(ChainLink)
class ChainLinkAdmin(HistoryAdmin):
    list_display = ("id", "writer", "first_sequence", "last_sequence", "digest")
    list_filter = (PeriodFilter, "writer")
    list_select_related = ("writer",)
    fields = ("id", "writer", "first_sequence", "last_sequence", "first_posting_id", "last_posting_id", "digest")
    readonly_fields = ("digest",)

    @display(description="hash")
    def digest(self, link: ChainLink) -> str:
        return bytes(link.hash).hex()
