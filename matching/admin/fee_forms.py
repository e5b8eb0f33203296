"""What staff are asked before fees change. People write per cent; the fee table counts parts per million."""

from django import forms
from django.db.models import Q
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.models import User
from kernel.units import STORED_DECIMALS, STORED_DIGITS, from_atoms, plain, to_atoms
from matching.models import FeeTier, Market
from storage.admin.reasons import ReasonForm

_PERCENT_DECIMALS = 4
"""A millionth is a ten-thousandth of a per cent."""


def _percent(label: str, *, required: bool) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text="Per cent of what a trade brings, with up to four decimals.",
        required=required,
        min_value=0,
        max_value=100,
        max_digits=7,
        decimal_places=_PERCENT_DECIMALS,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any", "inputmode": "decimal"}),
    )


class _RatesForm(ReasonForm):
    """Rates in per cent come out as parts per million."""

    def clean_maker_ppm(self) -> int | None:
        return self._ppm("maker_ppm")

    def clean_taker_ppm(self) -> int | None:
        return self._ppm("taker_ppm")

    def _ppm(self, field: str) -> int | None:
        percent = self.cleaned_data[field]
        return None if percent is None else to_atoms(percent, _PERCENT_DECIMALS)


class TermsForm(_RatesForm):
    """A tier as it is; whoever sends it back changes what differs."""

    maker_ppm = _percent("Maker fee", required=True)
    taker_ppm = _percent("Taker fee", required=True)
    min_volume = forms.DecimalField(
        label="Volume",
        help_text="What a user has to trade in 30 days to be in this tier.",
        min_value=0,
        max_digits=STORED_DIGITS,
        decimal_places=STORED_DECIMALS,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any", "inputmode": "decimal"}),
    )

    @classmethod
    def of(cls, tier: FeeTier) -> "TermsForm":
        """The form filled with the terms in force."""
        return cls(
            initial={
                "maker_ppm": plain(from_atoms(tier.maker_ppm, _PERCENT_DECIMALS)),
                "taker_ppm": plain(from_atoms(tier.taker_ppm, _PERCENT_DECIMALS)),
                "min_volume": plain(tier.min_volume),
            }
        )


class ExceptionForm(_RatesForm):
    """Who, where, what, and until when. The service says which of these go together."""

    user = forms.CharField(
        label="User",
        required=False,
        help_text="User name or e-mail; empty for everybody in a market.",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    market = forms.ModelChoiceField(
        label="Market",
        queryset=Market.objects.order_by("symbol"),
        required=False,
        empty_label="All markets",
        widget=UnfoldAdminSelectWidget(),
    )
    tier = forms.TypedChoiceField(
        label="Tier",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "Other rates instead"), *((number, f"Tier {number}") for number in range(1, 6))],
        help_text="Holds the user in this tier, whatever the volume; then no rates.",
        widget=UnfoldAdminSelectWidget(),
    )
    maker_ppm = _percent("Maker fee", required=False)
    taker_ppm = _percent("Taker fee", required=False)
    expires_at = forms.DateTimeField(
        label="Until",
        required=False,
        help_text="UTC; empty for no end.",
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
    )

    def clean_user(self) -> User | None:
        name = self.cleaned_data["user"].strip()
        if not name:
            return None
        user = User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name)).first()
        if user is None:
            raise forms.ValidationError("There is no such user.")
        return user
