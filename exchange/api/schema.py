"""What every operation of the API has in common in its OpenAPI description: how it fails."""

from typing import Any

ERROR_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "details", "request_id", "timestamp"],
            "properties": {
                "code": {
                    "type": "string",
                    "description": "Stable, for programs. One code always has one HTTP status.",
                    "example": "INSUFFICIENT_BALANCE",
                },
                "message": {"type": "string", "description": "A sentence for people."},
                "details": {"type": "object", "additionalProperties": True},
                "request_id": {"type": "string", "description": "Also in the header X-Request-Id."},
                "timestamp": {"type": "string", "format": "date-time"},
                "retry_after": {
                    "type": "integer",
                    "description": "Seconds after which a repeat makes sense; only where it does.",
                },
            },
        }
    },
}


def describe_errors(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Give each operation the error shape as its default answer, and say that its id headers exist."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Error"] = ERROR_SCHEMA
    components.setdefault("responses", {})["Error"] = {
        "description": "The request was refused, and changed nothing.",
        "headers": {
            "X-Request-Id": {"schema": {"type": "string"}},
            "Retry-After": {"schema": {"type": "integer"}, "description": "With 429 and 503."},
        },
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
    for operations in result.get("paths", {}).values():
        for operation in operations.values():
            if isinstance(operation, dict) and "responses" in operation:
                operation["responses"].setdefault("default", {"$ref": "#/components/responses/Error"})
    _combine_signature_headers(result)
    return result


def _combine_signature_headers(result: dict[str, Any]) -> None:
    """The three signature headers are needed together; OpenAPI says so by naming them in one requirement."""
    for operations in result.get("paths", {}).values():
        for operation in operations.values():
            security = operation.get("security") if isinstance(operation, dict) else None
            if not security:
                continue
            merged: dict[str, list[str]] = {}
            others = []
            for requirement in security:
                if set(requirement) <= {"signatureKey", "signatureTimestamp", "signature"} and requirement:
                    merged |= requirement
                else:
                    others.append(requirement)
            operation["security"] = ([merged] if merged else []) + others
