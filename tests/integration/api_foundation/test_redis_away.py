"""Without Redis reads go on and writes are refused; nothing waits, and nothing is let in twice afterwards."""

import os
import signal
import time
from typing import Any

import pytest
from pytest_django import Settings

from accounts import admission
from accounts.admission import REST_AFTER_FAILURE_SECONDS, Edge
from accounts.models import User
from tests.integration.api_foundation.conftest import rows_written
from tests.support.api import SignedClient, error_code, make_key
from tests.support.private_redis import PrivateRedis

URL = "/api/v1/probe"
OLD_ENOUGH_SECONDS = 2.2
"""A server's age is known in whole seconds, and a signature may be from one second ahead."""
SHORT_SECONDS = 20
"""Half a second, on a machine that stands still now and then; a Redis that hangs would hang for ever."""


def test_reads_go_on_and_writes_are_refused(owner_client: SignedClient, own_redis: PrivateRedis) -> None:
    time.sleep(OLD_ENOUGH_SECONDS)
    assert owner_client.post(URL, {}).status_code == 201
    own_redis.kill()
    for _ in range(3):
        answer = owner_client.post(URL, {})
        assert (answer.status_code, error_code(answer)) == (503, "SERVICE_UNAVAILABLE")
        assert answer.headers["Retry-After"] == "1"
        read = owner_client.get(URL)
        assert read.status_code == 200
        assert "X-RateLimit-Limit" not in read.headers
    assert rows_written() == 1

    own_redis.start()
    time.sleep(OLD_ENOUGH_SECONDS)
    assert owner_client.post(URL, {}).status_code == 201


def test_a_signature_used_before_redis_lost_its_memory_is_not_accepted_again(
    owner_client: SignedClient, own_redis: PrivateRedis
) -> None:
    time.sleep(OLD_ENOUGH_SECONDS)
    headers = owner_client.headers("POST", URL, b"{}", window="60000")
    assert owner_client.post(URL, {}, headers=headers).status_code == 201
    own_redis.kill()
    own_redis.start()
    time.sleep(REST_AFTER_FAILURE_SECONDS)
    refusals = [error_code(owner_client.post(URL, {}, headers=headers)) for _ in range(2)]
    assert refusals == ["SERVICE_UNAVAILABLE", "SIGNATURE_REPLAYED"]
    assert rows_written() == 1
    headers = owner_client.headers("GET", URL, b"")
    assert owner_client.get(URL, headers=headers).status_code == 200


def test_a_redis_that_hangs_costs_one_short_wait(
    owner_client: SignedClient, own_redis: PrivateRedis, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert own_redis.process is not None
    settings.REDIS_PATIENCE_SECONDS = 0.25
    monkeypatch.setattr(admission, "REST_AFTER_FAILURE_SECONDS", 60)
    waits: list[float] = []
    send = Edge._send

    def timed(edge: Edge, commands: list[Any]) -> Any:
        started = time.monotonic()
        try:
            return send(edge, commands)
        finally:
            waits.append(time.monotonic() - started)

    assert owner_client.get(URL).status_code == 200
    os.kill(own_redis.process.pid, signal.SIGSTOP)
    try:
        monkeypatch.setattr(Edge, "_send", timed)
        assert owner_client.get(URL).status_code == 200
        assert error_code(owner_client.post(URL, {})) == "SERVICE_UNAVAILABLE"
        assert owner_client.get(URL).status_code == 200
    finally:
        os.kill(own_redis.process.pid, signal.SIGCONT)
    assert len(waits) == 1, "the others do not even ask"
    assert 0.4 < waits[0] < SHORT_SECONDS


def test_forgeries_do_not_get_in_without_redis(owner_client: SignedClient, own_redis: PrivateRedis) -> None:
    own_redis.kill()
    headers = owner_client.headers("GET", URL, b"") | {"X-Bourse-Signature": "0" * 64}
    assert error_code(owner_client.get(URL, headers=headers)) == "SIGNATURE_INVALID"
    assert error_code(SignedClient(None).get(URL)) == "AUTHENTICATION_REQUIRED"


def test_sessions_read_without_redis(owner: User, own_redis: PrivateRedis, settings: Settings) -> None:
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": own_redis.url}}
    client = SignedClient(None)
    client.django.force_login(owner)
    own_redis.kill()
    assert client.get(URL).json() == {"user": "owner"}
    assert error_code(client.post(URL, {})) == "SERVICE_UNAVAILABLE"
    assert rows_written() == 0


def test_keys_of_several_users_survive_an_outage(owner: User, outsider: User, own_redis: PrivateRedis) -> None:
    clients = [SignedClient(make_key(user)) for user in (owner, outsider)]
    own_redis.kill()
    assert [client.get(URL).json()["user"] for client in clients] == ["owner", "outsider"]
