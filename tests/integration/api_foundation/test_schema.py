"""GET /api/v1/schema/ and /api/v1/docs/"""

import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders

from tests.support.api import SignedClient


@pytest.fixture
def schema(db: None) -> dict[str, Any]:
    answer = SignedClient(None).get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    assert answer.status_code == 200
    return answer.json()


def operations(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, found) for path, methods in schema["paths"].items() for method, found in methods.items()]


def test_every_operation_says_how_it_fails(schema: dict[str, Any]) -> None:
    found = operations(schema)
    assert len(found) >= 5
    for path, method, operation in found:
        assert operation["responses"]["400"] == {"$ref": "#/components/responses/BadRequest"}, (method, path)
        assert not operation["responses"].keys() & {"default", "500"}, (method, path)
    place_order = schema["paths"]["/api/v1/orders"]["post"]["responses"]
    assert set(place_order) >= {"401", "403", "404", "409", "413", "415", "422", "429", "503"}
    assert "retry_after" in schema["components"]["schemas"]["Error"]["properties"]["error"]["properties"]


def test_signatures_and_sessions_are_described(schema: dict[str, Any]) -> None:
    schemes = schema["components"]["securitySchemes"]
    assert {"signatureKey", "signatureTimestamp", "signature", "session"} <= set(schemes)
    make_key = schema["paths"]["/api/v1/api-keys"]["post"]
    assert {"session": []} in make_key["security"]
    assert {"signatureKey": [], "signatureTimestamp": [], "signature": []} not in make_key["security"]


def test_ids_are_strings_and_secrets_only_in_the_answer_that_makes_them(schema: dict[str, Any]) -> None:
    schemas = schema["components"]["schemas"]
    assert schemas["ApiKey"]["properties"]["id"]["type"] == "string"
    assert "secret" not in schemas["ApiKey"]["properties"]
    assert "secret" in schemas["NewApiKey"]["properties"]


def test_the_docs_page_loads_nothing_from_elsewhere(db: None) -> None:
    page = SignedClient(None).get("/api/v1/docs/").content.decode()
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert loaded
    for address in loaded:
        assert address.startswith("/static/"), address
        assert finders.find(address.removeprefix("/static/")), address
