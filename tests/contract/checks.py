"""What holds for every answer, whatever was asked: Schemathesis' comparison with the description, and our own."""

import functools
import re
from datetime import datetime
from typing import Any

from schemathesis import Case
from schemathesis.checks import CheckContext, load_all_checks, not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.databases import ROOT

load_all_checks()


@functools.cache
def documented_codes() -> frozenset[tuple[int, str]]:
    """Statuses and codes of docs/errors.md."""
    page = (ROOT / "docs" / "errors.md").read_text()
    return frozenset((int(status), code) for status, code in re.findall(r"^\| (\d{3}) \| `([A-Z_]+)` \|", page, re.M))


def no_server_error(context: CheckContext, response: Response, case: Case) -> None:
    """No 500, and none that is about something outside but where the description has it."""
    is_outside = response.status_code in (502, 503, 504)
    if not is_outside or str(response.status_code) not in case.operation.responses.status_codes:
        not_a_server_error(context, response, case)


def one_error_shape(_context: CheckContext, response: Response, case: Case) -> None:
    """A refusal has the one shape, a code that docs/errors.md knows, and the id under which the logs know it."""
    assert response.headers["x-request-id"]
    if response.status_code < 400 or _is_state_of_health(response, case):
        return
    assert response.headers["content-type"] == ["application/json"]
    body: Any = response.json()
    assert set(body) == {"error"}
    error = body["error"]
    assert set(error) - {"retry_after"} == {"code", "message", "details", "request_id", "timestamp"}
    assert (response.status_code, error["code"]) in documented_codes()
    assert error["message"]
    assert isinstance(error["details"], dict)
    assert [error["request_id"]] == response.headers["x-request-id"]
    assert datetime.fromisoformat(error["timestamp"]).tzinfo is not None
    assert ("retry_after" in error) == ("retry-after" in response.headers)


def _is_state_of_health(response: Response, case: Case) -> bool:
    """GET health answers 503 with what it found."""
    return case.operation.path.endswith("/health") and response.status_code == 503


CHECKS = [
    no_server_error,
    one_error_shape,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
