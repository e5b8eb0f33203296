"""What became of staff's commands: said right after a button, and listed on the market's page."""

import time
from typing import Any

from accounts.admin.history import describe_change
from accounts.models import StaffAction
from matching.models import Market, Outcome, QuarantinedCommand
from storage.admin.display import NOTHING

WAIT_SECONDS = 1.0
LOOK_EVERY_SECONDS = 0.05
SHOWN_ACTIONS = 15


def what_became(command_id: int, done: str) -> str:
    """The sentence for a command that was just logged: done, refused, or still on its way."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        outcome = Outcome.objects.filter(pk=command_id).first()
        if outcome is not None:
            return f"The engine refused it: {outcome.code}." if outcome.code else done
        if time.monotonic() > deadline:
            return f"Command {command_id} is in the log. The worker carries it out as soon as it comes to it."
        time.sleep(LOOK_EVERY_SECONDS)


def recent_actions(market: Market, user: Any) -> dict[str, Any]:
    """What was done to the market lately and what became of it, and the commands that are held."""
    context: dict[str, Any] = {"held": list(QuarantinedCommand.objects.filter(market=market, is_held=True))}
    if not user.has_perm("accounts.view_staffaction"):
        return context
    actions = list(
        StaffAction.objects.filter(subject_kind="market", subject=market.symbol)
        .select_related("by")
        .order_by("-id")[:SHOWN_ACTIONS]
    )
    outcomes = {
        row.pk: row for row in Outcome.objects.filter(pk__in=[one.command_id for one in actions if one.command_id])
    }
    rows = []
    for one in actions:
        outcome = outcomes.get(one.command_id or 0)
        if one.command_id is None or one.action == "release command":
            became = NOTHING
        elif outcome is None:
            became = "waits for the worker"
        else:
            became = outcome.code or f"in force since {outcome.applied_at:%H:%M:%S}"
        rows.append([f"{one.at:%Y-%m-%d %H:%M:%S}", one.by, one.action, describe_change(one), one.reason, became])
    headers = ["at (UTC)", "by", "what", "change", "reason", "outcome"]
    return context | {"recent_actions": {"headers": headers, "rows": rows}}
