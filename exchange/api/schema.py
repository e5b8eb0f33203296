"""What every operation of the API has in common in its OpenAPI description: how it fails.

Each status an operation can answer is described; there is no default that would cover all others. What follows from
an operation's form is added here. A view describes what follows from its subject with `accounts.api.schema.refusals`.
"""

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
            "additionalProperties": False,
        }
    },
    "additionalProperties": False,
}

REFUSALS = {
    400: ("BadRequest", "The request can not be read: a field, the query or the body is not as described."),
    401: ("NotAuthenticated", "The signature or the session is missing, wrong or no longer valid."),
    403: ("NotAllowed", "Who asks is known and may not do this."),
    404: ("NotThere", "What the request names does not exist, or is somebody else's."),
    406: ("NotAcceptable", "The client takes none of the formats in which this can be answered."),
    409: ("Conflict", "What is there already does not allow it."),
    413: ("TooLarge", "The body is too large."),
    415: ("UnsupportedMediaType", "The body is not application/json."),
    422: ("NotPossible", "The request can be read and can not be carried out: rules or balances do not allow it."),
    429: ("TooManyRequests", "Too many requests; Retry-After says when to try again."),
    502: ("NotUnderstood", "Another exchange gave an answer that can not be used."),
    503: ("NotAvailable", "The exchange, or this market, can not take the request at the moment."),
    504: ("TookTooLong", "Another exchange took too long to answer."),
}
"""Name and meaning of every status of a refusal that an operation may describe."""

_NAMED_THINGS = frozenset({"symbol", "asset", "order_id"})
"""Parameters that name what may not exist."""


def describe_errors(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Give each operation the refusals it can answer, all of the one error shape."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Error"] = ERROR_SCHEMA
    components.setdefault("responses", {}).update(
        {name: _refusal(status, meaning) for status, (name, meaning) in REFUSALS.items()}
    )
    for operation in _operations(result):
        responses = operation["responses"]
        named_by_the_view = {int(status) for status, answer in responses.items() if "content" not in answer}
        for status in named_by_the_view.intersection(REFUSALS) | _refusals_by_form(operation):
            responses[str(status)] = {"$ref": f"#/components/responses/{REFUSALS[status][0]}"}
        operation["responses"] = dict(sorted(responses.items()))
    _combine_signature_headers(result)
    return result


def _operations(result: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for operations in result.get("paths", {}).values() for operation in operations.values()]


def _refusals_by_form(operation: dict[str, Any]) -> set[int]:
    """The refusals that follow from what an operation reads and whom it lets in."""
    found = {400, 406}
    if operation.get("security") == [{}]:  # It looks at nobody, and needs neither database nor Redis.
        return found
    # A signature or session may accompany every other request, and then it has to be right.
    found |= {401, 403, 429, 503}
    parameters = operation.get("parameters", [])
    if any(parameter["in"] == "path" or parameter["name"] in _NAMED_THINGS for parameter in parameters):
        found.add(404)
    if "requestBody" in operation:
        found |= {413, 415}
    return found


def _refusal(status: int, meaning: str) -> dict[str, Any]:
    headers: dict[str, Any] = {"X-Request-Id": {"schema": {"type": "string"}, "required": True}}
    if status == 401:
        headers["WWW-Authenticate"] = {"schema": {"type": "string"}, "required": True}
    if status in (429, 503, 504):
        headers["Retry-After"] = {"schema": {"type": "integer"}, "description": "Seconds."}
    return {
        "description": f"{meaning} Nothing was changed.",
        "headers": headers,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }


def _combine_signature_headers(result: dict[str, Any]) -> None:
    """The three signature headers are needed together; OpenAPI says so by naming them in one requirement."""
    for operation in _operations(result):
        security = operation.get("security")
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
