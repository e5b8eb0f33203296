"""Which renderer answers. Almost every client takes anything or JSON, and almost every view has only JSON."""

from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

_TAKES_JSON = frozenset({"*/*", "application/json", "application/*"})


class QuickNegotiation(DefaultContentNegotiation):
    """DRF's negotiation, skipped where its outcome is plain: it costs as much as checking a signature."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Raises DRF's NotAcceptable."""
        only = renderers[0]
        if (
            len(renderers) == 1
            and only.media_type == "application/json"
            and request._request.META.get("HTTP_ACCEPT", "*/*") in _TAKES_JSON
        ):
            return only, only.media_type
        chosen: Any = super().select_renderer(request, renderers, format_suffix)
        return chosen
