"""Which adapter speaks to a rail: a class by the rail's kind, named in `settings.RAIL_ADAPTERS`."""

from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from wallet.models import Rail
from wallet.rails.protocol import RailAdapter, RailUnavailable


def adapter_of(rail: Rail) -> RailAdapter:
    """The adapter of a rail, made anew and cheap to make: it connects when it is first asked something.

    Raises RailUnavailable for a kind that nothing here can speak to, such as a payment processor, which reports by
    itself.
    """
    path = settings.RAIL_ADAPTERS.get(rail.kind)
    if path is None:
        raise RailUnavailable(details={"rail": rail.code})
    return cast(RailAdapter, import_string(path)(rail))
