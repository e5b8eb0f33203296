"""What the checks of the books found."""

from django.contrib import admin
from unfold.decorators import display

from ledger.models import VerificationRun
from storage.admin.base import HistoryAdmin

VERDICTS = {"consistent": "success", "not consistent": "danger"}


@admin.register(VerificationRun)
class VerificationRunAdmin(HistoryAdmin):
    list_display = ("started_at", "of_what", "verdict", "entries", "seconds")
    list_filter = ("is_consistent", "is_full")
    fields = ("started_at", "finished_at", "of_what", "verdict", "entries", "findings")
    readonly_fields = ("of_what", "verdict")

    @display(description="of")
    def of_what(self, run: VerificationRun) -> str:
        return "everything" if run.is_full else "what changed"

    @display(description="books", label=VERDICTS)
    def verdict(self, run: VerificationRun) -> str:
        return "consistent" if run.is_consistent else "not consistent"

    @display(description="took")
    def seconds(self, run: VerificationRun) -> str:
        return f"{(run.finished_at - run.started_at).total_seconds():.1f} s"
