"""An exception from the fee table in words, for staff and for the history."""

from kernel.units import from_atoms, plain
from matching.models import FeeException

_PERCENT_DECIMALS = 4


def percent(ppm: int) -> str:
    """Parts per million as per cent: 1500 is "0.15 %"."""
    return f"{plain(from_atoms(ppm, _PERCENT_DECIMALS))} %"


def terms_text(exception: FeeException) -> str:
    """What it grants, where, and until when."""
    if exception.tier is not None:
        terms = f"tier {exception.tier}"
    else:
        terms = f"maker {percent(exception.maker_ppm or 0)}, taker {percent(exception.taker_ppm or 0)}"
    place = f" in {exception.market}" if exception.market is not None else ""
    until = f" until {exception.expires_at:%Y-%m-%d %H:%M}" if exception.expires_at is not None else ""
    return f"{terms}{place}{until}"
