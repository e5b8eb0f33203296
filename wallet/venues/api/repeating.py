"""POST requests that may be repeated under a key of the client's, where it sends one."""

from collections.abc import Callable, Mapping
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from ledger.api.holder import user_of
from wallet.api.idempotency import HEADER, idempotency_key
from wallet.venues.services.repeating import KEPT_FOR, answer_once

KEY_PARAMETER = OpenApiParameter(
    HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description=f"A repeat under the same key returns the first result, for {KEPT_FOR.days} days; other content is "
    "refused. May be left out.",
)


def answered(
    request: Request,
    *,
    kind: str,
    content: Mapping[str, Any],
    work: Callable[[], dict[str, Any]],
    is_one_transaction: bool = True,
) -> dict[str, Any]:
    """`content`: the checked fields. Raises DRF's ValidationError for what cannot be a key, and as `answer_once`."""
    if HEADER not in request._request.headers:
        return work()
    return answer_once(
        user=user_of(request),
        request_id=idempotency_key(request, {}),
        kind=kind,
        content=content,
        work=work,
        is_one_transaction=is_one_transaction,
    )
