"""What staff are asked before a market's limits change."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminIntegerFieldWidget

from kernel.units import PPM, STORED_DECIMALS, STORED_DIGITS, plain
from matching.models import Market
from matching.rules import LIMIT_FIELDS
from storage.admin.reasons import ReasonForm


def _amount(label: str, help_text: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        min_value=0,
        max_digits=STORED_DIGITS,
        decimal_places=STORED_DECIMALS,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any", "inputmode": "decimal"}),
    )


def _count(label: str, help_text: str, greatest: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, help_text=help_text, min_value=0, max_value=greatest, widget=UnfoldAdminIntegerFieldWidget()
    )


class LimitsForm(ReasonForm):
    """All limits as they are; whoever sends it back changes those that differ."""

    min_quantity = _amount("Smallest quantity", "Base units; 0 for none.")
    max_quantity = _amount("Greatest quantity", "Base units; 0 for no limit.")
    min_notional = _amount("Smallest value", "Quote units; 0 for none.")
    max_order_value = _amount("Greatest value", "Quote units; 0 for no limit.")
    price_band_ppm = _count("Price band", "Parts per million of the last price, to both sides; 0 for no band.", PPM)
    max_open_orders = _count("Open orders of an account", "0 for no limit.", 2**31 - 1)
    initial_price = _amount("Initial price", "Quote units. Centre of the price band until the first trade.")
    based_on = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, market: Market) -> "LimitsForm":
        """The form filled with the limits in force."""
        initial: dict[str, Any] = {}
        for field in LIMIT_FIELDS:
            value = getattr(market, field)
            initial[field] = value if isinstance(value, int) else plain(value)
        return cls(initial=initial | {"based_on": market.rules_version})
