"""GET /api/v1/time"""

import time
from datetime import datetime, timedelta

from tests.support.api import SignedClient, error_code

URL = "/api/v1/time"


def test_the_time(db: None) -> None:
    before = time.time_ns() // 1_000_000
    body = SignedClient(None).get(URL).json()
    assert before <= body["unix_ms"] <= time.time_ns() // 1_000_000
    moment = datetime.fromisoformat(body["time"])
    assert moment.utcoffset() == timedelta(0)
    assert len(body["time"]) == len("2026-01-20T14:25:00.000000Z")
    assert int(moment.timestamp() * 1000) == body["unix_ms"]


def test_it_needs_no_signature_and_minds_no_wrong_one(db: None) -> None:
    assert SignedClient(None).get(URL, headers={"X-Bourse-Key": "x", "X-Bourse-Signature": "y"}).status_code == 200


def test_only_reading(db: None) -> None:
    assert error_code(SignedClient(None).post(URL, {})) == "METHOD_NOT_ALLOWED"
