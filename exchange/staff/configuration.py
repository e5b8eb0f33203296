"""How the staff pages look and what stands in their sidebar. Everybody sees only what they may open."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy


def _may(right: str) -> Callable[[HttpRequest], bool]:
    return lambda request: bool(request.user.has_perm(right))


def _page(title: str, icon: str, model: str, right: str | None = None) -> dict[str, Any]:
    """A sidebar entry for the list of a model, named `app.model`."""
    app, _, name = model.partition(".")
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{name}_changelist"),
        "permission": _may(right or f"{app}.view_{name}"),
    }


def _group(title: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "separator": True, "collapsible": False, "items": list(items)}


NAVIGATION = [
    {
        "title": "",
        "items": [{"title": "Overview", "icon": "monitoring", "link": reverse_lazy("admin:index")}],
    },
    _group(
        "People",
        _page("Users", "group", "accounts.user"),
        _page("Self-trade groups", "groups_2", "accounts.selftradegroup"),
        _page("API keys", "key", "accounts.apikey"),
        _page("Account changes", "manage_history", "accounts.accountchange"),
        _page("Second factors", "phonelink_lock", "accounts.secondfactorattempt"),
        _page("Staff groups", "admin_panel_settings", "auth.group"),
    ),
    _group(
        "Markets",
        _page("Markets", "candlestick_chart", "matching.market"),
        _page("Orders", "list_alt", "matching.order"),
        _page("Trades", "swap_horiz", "matching.trade"),
        _page("Busts", "undo", "matching.tradebust"),
        _page("Notices", "campaign", "notices.notice"),
        _page("Fee tiers", "percent", "matching.feetier"),
        _page("Fee exceptions", "loyalty", "matching.feeexception"),
        {
            "title": "Fee revenue",
            "icon": "payments",
            "link": reverse_lazy("admin:fee_revenue"),
            "permission": _may("matching.view_trade"),
        },
    ),
    _group(
        "Surveillance",
        _page("Risk events", "policy_alert", "risk.riskevent"),
        _page("Risk policies", "gavel", "risk.riskpolicy"),
    ),
    _group(
        "Money",
        _page("Assets", "toll", "ledger.asset"),
        _page("Balances", "account_balance_wallet", "ledger.balance"),
        _page("Journal", "menu_book", "ledger.journalentry"),
        _page("Postings", "receipt_long", "ledger.posting"),
        _page("Accounts", "account_balance", "ledger.account"),
        _page("Chain", "link", "ledger.chainlink"),
        _page("Checks of the books", "fact_check", "ledger.verificationrun"),
        _page("Liabilities", "account_tree", "wallet.liabilitysnapshot"),
    ),
    _group(
        "Payments",
        _page("Withdrawals", "outbox", "wallet.withdrawal"),
        _page("Kill switches", "front_hand", "wallet.killswitch"),
        _page("Withdrawal limits", "speed", "wallet.withdrawallimit"),
        _page("Reference prices", "sell", "wallet.referenceprice"),
        _page("Saved addresses", "contacts", "wallet.savedaddress"),
    ),
    _group(
        "Rails",
        _page("Deposits", "move_to_inbox", "wallet.deposit"),
        _page("Proposals for suspense", "help_center", "wallet.suspenseresolution"),
        _page("Claims", "person_search", "wallet.depositclaim"),
        _page("Receiving addresses", "inbox", "wallet.receivingaddress"),
        _page("Operations", "receipt_long", "wallet.balanceoperation"),
        _page("Parked operations", "report", "wallet.parkedoperation"),
        _page("Rails", "route", "wallet.rail"),
        _page("Networks", "hub", "wallet.railasset"),
        _page("Ingest keys", "vpn_key", "wallet.ingestgrant"),
        _page("Bank statements", "upload_file", "wallet.bankstatementimport"),
        _page("Bank entries", "receipt", "wallet.bankentry"),
        _page("Payment files", "request_quote", "wallet.paymentfile"),
        _page("Bank payouts", "send_money", "wallet.bankpayout"),
        _page("Reconciliations", "balance", "wallet.reconciliation"),
        _page("Differences", "difference", "wallet.reconciliationdifference"),
        _page("Adjustments", "tune", "wallet.adjustment"),
        _page("Moves", "swap_horiz", "wallet.sweepproposal"),
    ),
    _group(
        "Exchange accounts",
        _page("Accounts", "link", "venues.exchangeaccount"),
        _page("Addresses", "qr_code", "venues.depositaddress"),
        _page("Blocked addresses", "block", "venues.addressmark"),
        _page("Syncs", "sync", "venues.addresssynclog"),
        _page("Activity", "history", "venues.addressactivitylog"),
        _page("Exchanges", "currency_exchange", "venues.supportedexchange"),
        {
            "title": "Figures",
            "icon": "analytics",
            "link": reverse_lazy("admin:exchange_account_figures"),
            "permission": _may("venues.view_exchangeaccount"),
        },
    ),
    _group(
        "System",
        _page("Held commands", "report", "matching.quarantinedcommand"),
        _page("Commands", "terminal", "matching.command"),
        _page("Outcomes", "task_alt", "matching.outcome"),
        _page("User events", "notifications", "matching.userevent"),
        _page("Batches", "stacks", "matching.batch"),
        _page("Checkpoints", "flag", "matching.checkpoint"),
        _page("Shards", "dns", "matching.shard"),
        _page("Writers", "edit_note", "ledger.writer"),
        _page("Schedule", "schedule", "django_celery_beat.periodictask"),
        _page("Staff actions", "history", "accounts.staffaction"),
        _page("Admin log", "receipt", "admin.logentry"),
    ),
]

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Bourse",
    "SITE_HEADER": "Bourse",
    "SITE_SUBHEADER": "Staff",
    "SITE_SYMBOL": "candlestick_chart",
    "SITE_URL": "/",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    "DASHBOARD_CALLBACK": "exchange.staff.dashboard.dashboard",
    "LOGIN": {"form": "exchange.staff.login.StaffLoginForm"},
    "STYLES": [lambda request: static("staff/staff.css")],
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": NAVIGATION},
    "COLORS": {
        "primary": {
            "50": "#eef6fb",
            "100": "#d6e9f5",
            "200": "#b0d4eb",
            "300": "#7db8dc",
            "400": "#4897c7",
            "500": "#3b8fc6",
            "600": "#1d6296",
            "700": "#1a4f79",
            "800": "#194365",
            "900": "#183955",
            "950": "#0f2439",
        }
    },
}
