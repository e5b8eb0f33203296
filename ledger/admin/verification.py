"""What the checks of the books found."""

from django.contrib import admin
from unfold.decorators import display

from ledger.models import VerificationRun
from storage.admin.base import HistoryAdmin

VERDICTS = {"consistent": "success", "not consistent": "danger"}


@admin.register(VerificationRun)
class VerificationRunAdmin(HistoryAdmin):
    list_display = ("started_at", "verdict", "entries", "seconds")
    list_filter = ("is_consistent",)
    fields = ("started_at", "finished_at", "verdict", "entries", "findings")
    readonly_fields = ("verdict",)

    @display(description="books", label=VERDICTS)
    def verdict(self, run: VerificationRun) -> str:
        return "consistent" if run.is_consistent else "not consistent"

    @display(description="took")
    def seconds(self, run: VerificationRun) -> str:
        return f"{(run.finished_at - run.started_at).total_seconds():.1f} s"
