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


_GREATEST = 2**31 - 1


class LimitsForm(ReasonForm):
    """All limits as they are; whoever sends it back changes those that differ."""

    min_quantity = _amount("Smallest quantity", "Base units; 0 for none.")
    max_quantity = _amount("Greatest quantity", "Base units; 0 for no limit.")
    min_notional = _amount("Smallest value", "Quote units; 0 for none.")
    max_order_value = _amount("Greatest value", "Quote units; 0 for no limit.")
    price_band_ppm = _count("Price band", "Parts per million of the last price, to both sides; 0 for no band.", PPM)
    max_open_orders = _count("Open orders of an account", "Waiting ones included; 0 for no limit.", _GREATEST)
    max_stop_orders = _count("Waiting orders of an account", "Stops and the like; 0 for no limit.", _GREATEST)
    max_order_rate = _count("Orders of an account in 10 seconds", "0 for no limit.", _GREATEST)
    min_kyc_level = _count("KYC level needed to trade", "0 for none.", 2**15 - 1)
    initial_price = _amount("Initial price", "Quote units. Centre of the price bands until there is a price.")
    static_band_ppm = _count(
        "Static price band", "Parts per million of the last auction's price, or the initial one; 0 for no band.", PPM
    )
    protection_ppm = _count(
        "Protection of market orders", "Parts per million of the best price they meet; 0 for the bands alone.", PPM
    )
    breaker_ppm = _count(
        "Circuit breaker", "A move of more parts per million within the window halts the market; 0 for none.", PPM
    )
    breaker_window_seconds = _count("Window of the circuit breaker", "Seconds.", _GREATEST)
    halt_seconds = _count("Halt of the circuit breaker", "Seconds; 0 until staff end it.", _GREATEST)
    auction_seconds = _count("Auction after such a halt", "Seconds; 0 for no auction.", _GREATEST)
    tick_multiple = _count(
        "Tick", "In counting steps. Open orders at prices that are no multiple of a new tick are cancelled.", _GREATEST
    )
    lot_multiple = _count("Lot", "In counting steps.", _GREATEST)
    based_on = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, market: Market) -> "LimitsForm":
        """The form filled with the limits in force."""
        initial: dict[str, Any] = {}
        for field in LIMIT_FIELDS:
            value = getattr(market, field)
            initial[field] = value if isinstance(value, int) else plain(value)
        return cls(initial=initial | {"based_on": market.rules_version})
