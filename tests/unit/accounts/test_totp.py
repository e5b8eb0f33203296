"""Codes by time against the examples of RFC 6238, and what counts around the present step."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from accounts.second_factor.totp import code_of_step, matching_step, new_secret, step_at

SECRET = base64.b32encode(b"12345678901234567890").decode()
NOW = datetime(2026, 11, 21, 12, 0, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_examples_of_the_standard(seconds: int, code: str) -> None:
    moment = datetime.fromtimestamp(seconds, tz=UTC)
    assert code_of_step(SECRET, step_at(moment)) == code
    assert matching_step(SECRET, code, at=moment) == seconds // 30


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_one_step_to_either_side_counts(steps: int, counts: bool) -> None:
    code = code_of_step(SECRET, step_at(NOW + timedelta(seconds=30 * steps)))
    found = matching_step(SECRET, code, at=NOW)
    assert found == (step_at(NOW) + steps if counts else None)


@pytest.mark.parametrize("code", ["", "1", "0000000", "abcdef", "\u0661\u0662\u0663\u0664\u0665\u0666", "12345\x00"])
def test_what_is_no_code_is_wrong(code: str) -> None:
    assert matching_step(SECRET, code, at=NOW) is None


def test_secrets_differ_and_are_long_enough() -> None:
    secrets = {new_secret() for _ in range(50)}
    assert len(secrets) == 50
    assert {len(base64.b32decode(secret)) for secret in secrets} == {20}
