"""Whether people can trade: what web and streams say about themselves."""

import http.client
import json


def problems_of(host: str, port: int, stream_port: int) -> dict[str, str]:
    """What keeps people from trading, by part; empty when all is well."""
    problems = _web_problems(host, port)
    if problems is None:
        problems = {"web": "does not answer yet"}
    streams = _ask(host, stream_port, "/health")
    if streams is None:
        problems["streams"] = "does not answer yet"
    elif streams[0] != http.HTTPStatus.OK:
        problems["streams"] = "unavailable"
    return problems


def _web_problems(host: str, port: int) -> dict[str, str] | None:
    """What `GET /api/v1/health` finds wrong, by part; empty when all is well, None while web does not answer."""
    answer = _ask(host, port, "/api/v1/health")
    if answer is None:
        return None
    status, body = answer
    if status == http.HTTPStatus.OK:
        return {}
    try:
        parts = json.loads(body)
        problems = {
            name: value
            for name, value in parts.items()
            if isinstance(value, str) and name != "status" and value != "ok"
        }
    except (ValueError, AttributeError):
        problems = {}
    return problems or {"web": f"answers {status}"}


def _ask(host: str, port: int, path: str) -> tuple[int, bytes] | None:
    """Status and body of a GET; None where nobody answers."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read(10_000)
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
