"""Reading a request's body by a serializer, with unknown fields refused."""

from typing import Any

from rest_framework.serializers import Serializer

from accounts.errors import UnknownField


def validated(serializer_class: type[Serializer[Any]], body: Any) -> dict[str, Any]:
    """The body's checked values. Raises UnknownField, and DRF's ValidationError for everything else."""
    serializer = serializer_class(data=body)
    if isinstance(body, dict):
        unknown = sorted(str(name)[:40] for name in body.keys() - serializer.fields.keys())
        if unknown:
            raise UnknownField(details={"fields": unknown[:20]})
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
