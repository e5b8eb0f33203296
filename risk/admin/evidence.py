"""What an event is about, for people to read: figures by their names, and links to whoever and whatever it names."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ledger.models import Account
from risk.models import RiskEvent
from storage.admin.display import NOTHING, number, rate_text

SHOWN_LINKS = 50
"""Of each kind; the event keeps more."""
PPM_SUFFIX = "_ppm"
LINK = '<a class="text-primary-600 dark:text-primary-500 hover:underline" href="{}">{}</a>'


def people_of(event: RiskEvent) -> SafeString | str:
    """The users it names, each with a link to their page."""
    accounts = Account.objects.filter(pk__in=event.accounts).select_related("user", "writer").order_by("pk")
    rows = [
        (
            reverse("admin:accounts_user_change", args=[account.user_id])
            if account.user_id
            else reverse("admin:ledger_account_change", args=[account.pk]),
            account,
            " (house)" if account.user is not None and account.user.is_house else "",
        )
        for account in accounts
    ]
    return format_html_join(", ", f"{LINK}{{}}", rows) or NOTHING


def figures_of(event: RiskEvent) -> SafeString | str:
    """What the detector measured, one line each."""
    figures: dict[str, Any] = event.metadata.get("figures", {})
    return format_html_join("", "<div>{}: {}</div>", [_figure(*item) for item in figures.items()]) or NOTHING


def further_of(event: RiskEvent) -> SafeString | str:
    """Whatever else was noted, as it is."""
    rest = {name: value for name, value in event.metadata.items() if name not in ("figures", "trades", "orders")}
    rows = [(name.replace("_", " "), _text(value)) for name, value in rest.items() if value]
    return format_html_join("", "<div>{}: {}</div>", rows) or NOTHING


def rows_of(event: RiskEvent, kind: str) -> SafeString | str:
    """Links to the trades or orders it names, by number."""
    name = {"trades": "trade", "orders": "order"}[kind]
    identifiers: Sequence[int] = event.metadata.get(kind, [])
    shown = [
        (reverse(f"admin:matching_{name}_change", args=[identifier]), identifier)
        for identifier in identifiers[:SHOWN_LINKS]
    ]
    if not shown:
        return NOTHING
    links = format_html_join(" ", LINK, shown)
    rest = len(identifiers) - len(shown)
    return format_html("{} and {} more", links, rest) if rest else links


def _figure(name: str, value: object) -> tuple[str, object]:
    if name.endswith(PPM_SUFFIX) and isinstance(value, int):
        return name.removesuffix(PPM_SUFFIX).replace("_", " "), number(rate_text(value))
    if name == "traders":
        return "traders", ", ".join(_names_of(str(value).split(", ")))
    return name.replace("_", " "), value


def _names_of(accounts: Iterable[str]) -> list[str]:
    keys = [int(account) for account in accounts if account.isdecimal()]
    return [str(account) for account in Account.objects.filter(pk__in=keys).select_related("user", "writer")]


def _text(value: object) -> str:
    return ", ".join(str(entry) for entry in value) if isinstance(value, list) else str(value)
