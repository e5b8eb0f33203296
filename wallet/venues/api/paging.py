"""Pages of lists whose ids are no numbers, as parameters and as answers."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiParameter

from ledger.api.parameters import Query, parameter
from wallet.venues.selectors.paging import NEWEST_FIRST, PageOf, PageRequest

Item = TypeVar("Item")


def page_request(query: Query, orderings: Iterable[str] = ()) -> PageRequest:
    """`limit`, `cursor` and, where there is a choice, `ordering`. Raises DRF's ValidationError."""
    choices = {name: name for name in _both_ways(orderings)}
    ordering = query.choice("ordering", choices) if choices else None
    return PageRequest(limit=query.limit(), cursor=query.text("cursor"), ordering=ordering or NEWEST_FIRST)


def paged(found: PageOf[Item], shown: Callable[[Item], Any]) -> dict[str, Any]:
    """The answer of every list."""
    return {"items": [shown(item) for item in found.items], "next_cursor": found.next_cursor}


def ordering_parameter(orderings: Iterable[str]) -> OpenApiParameter:
    return parameter(
        "ordering",
        f"By what to sort; with a minus the greatest first. {NEWEST_FIRST} if left out.",
        choices=_both_ways(orderings),
    )


def _both_ways(orderings: Iterable[str]) -> list[str]:
    return [sign + name for name in orderings for sign in ("", "-")]
