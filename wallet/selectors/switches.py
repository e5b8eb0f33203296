"""Whether something keeps payouts from going out."""

from wallet.models import KillSwitch, Rail, RailAsset


def switches_on() -> set[str]:
    """Scopes whose payouts are stopped: "all", "rail:<code>", "asset:<symbol>"."""
    return set(KillSwitch.objects.filter(is_on=True).values_list("scope", flat=True))


def is_stopped(switches: set[str], *, rail: str, asset: str) -> bool:
    """Whether one of these switches keeps this asset from leaving over this rail."""
    return not switches.isdisjoint({"all", f"rail:{rail}", f"asset:{asset}"})


def why_waiting(rail: Rail, asset: str) -> str:
    """The code of what keeps payouts of an asset over a rail back; empty where nothing does."""
    if is_stopped(switches_on(), rail=rail.code, asset=asset):
        return "KILL_SWITCH"
    if rail.payouts_frozen_reason:
        return "RAIL_FROZEN"
    if not rail.is_enabled:
        return "RAIL_DISABLED"
    terms = RailAsset.objects.filter(rail=rail, asset__symbol=asset, asset__is_enabled=True, withdrawals_enabled=True)
    return "" if terms.exists() else "WITHDRAWALS_DISABLED"
