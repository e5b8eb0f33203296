"""What one request has shown at the edge so far; kept on the Django request, because several steps add to it."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

from accounts.addresses import client_address, counted_address
from accounts.admission import RateWindow, SignatureUse, admit

READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(slots=True)
class Passage:
    """`rate_class` and `weight` come from the view; `use` from a verified signature; `window` from the count."""

    address: str
    rate_class: str
    weight: int
    is_write: bool
    address_is_counted: bool = False
    use: SignatureUse | None = field(default=None, repr=False)
    window: RateWindow | None = None

    def count_address(self) -> None:
        """Count a request that is about to be refused, or to cost a query, before its holder is known."""
        if not self.address_is_counted:
            self.window = admit(
                rate_class=self.rate_class,
                weight=self.weight,
                is_write=self.is_write,
                address=counted_address(self.address),
            )
            self.address_is_counted = True

    def count(self, holder: str | None) -> None:
        """Count what is not counted yet and spend the signature."""
        if holder is None and self.address_is_counted and self.use is None:
            return
        self.window = admit(
            rate_class=self.rate_class,
            weight=self.weight,
            is_write=self.is_write,
            address=None if self.address_is_counted else counted_address(self.address),
            holder=holder,
            use=self.use,
        )
        self.address_is_counted = True


def passage_of(request: Request, view: Any = None) -> Passage:
    """The request's passage. A view may set `rate_class` and `rate_weight`; by default writes count as orders."""
    http_request = request._request
    known: Passage | None = getattr(http_request, "passage", None)
    if known is not None:
        return known
    is_write = http_request.method not in READ_METHODS
    view = view or request.parser_context.get("view")
    passage = Passage(
        address=client_address(http_request),
        rate_class=getattr(view, "rate_class", None) or ("orders" if is_write else "reads"),
        weight=getattr(view, "rate_weight", 1),
        is_write=is_write,
    )
    http_request.passage = passage  # type: ignore[attr-defined]
    return passage


def window_of(request: HttpRequest) -> RateWindow | None:
    """Where the client of this request stands against its limit, if it was counted."""
    passage: Passage | None = getattr(request, "passage", None)
    return passage.window if passage else None
