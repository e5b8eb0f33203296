"""The description of the API, as these tests read it."""

from typing import Any

from drf_spectacular.generators import SchemaGenerator
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.schemas import OpenApiSchema


def closed_description() -> dict[str, Any]:
    """The OpenAPI document, read strictly: an answer has no field that it does not name."""
    description: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    for described in description["components"]["schemas"].values():
        if "properties" in described:
            described.setdefault("additionalProperties", False)
    return description


def operations_of(api: OpenApiSchema) -> list[APIOperation]:
    """All of them; fails where the document describes one in a way that cannot be read."""
    operations = []
    for found in api.get_all_operations():
        assert isinstance(found, Ok), found
        operations.append(found.ok())
    return operations


def id_of(operation: APIOperation) -> str:
    return str(operation.definition.raw["operationId"])


def is_for_people(operation: APIOperation) -> bool:
    """Whether only a session gets there."""
    return operation.definition.raw.get("security") == [{"session": []}]


def is_for_staff(operation: APIOperation) -> bool:
    """Whether only staff get there, in person."""
    return "staff" in (operation.tags or [])


def is_about_venues(operation: APIOperation) -> bool:
    """Whether it is about accounts at other exchanges."""
    return "exchange accounts" in (operation.tags or [])


def is_for_rails(operation: APIOperation) -> bool:
    """Whether only a key gets there that reports deposits."""
    return "rails" in (operation.tags or [])


def is_about_orders(operation: APIOperation) -> bool:
    return "orders" in (operation.tags or [])
