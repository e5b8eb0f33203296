"""nginx accepts its configuration, and passes on to the real web and streams what belongs to them."""

import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin as WebSocketOrigin

from exchange.embedded.ports import free_port
from tests.integration.operations.deployment import DEPLOY, ROOT
from tests.integration.operations.nginx_server import Nginx
from tests.support import databases
from tests.support.exchange import Exchange
from tests.support.instance import wait_for
from tests.support.streams_process import StreamsProcess

BEHIND_THE_PROXY: dict[str, Any] = {"TRUSTED_PROXIES": "127.0.0.1/32", "TRUST_FORWARDED_PROTO": "true"}


def test_the_configuration_passes_its_own_check(tmp_path: Path) -> None:
    result = Nginx(tmp_path / "nginx", web_port=1, streams_port=2).check()
    assert result.returncode == 0, result.stderr
    assert "warn" not in result.stderr


def test_the_configuration_with_tls_passes_too(tmp_path: Path) -> None:
    server = Nginx(tmp_path / "nginx", web_port=1, streams_port=2)
    certificate = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=bourse"]
    certificate += ["-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")]
    subprocess.run(certificate, check=True, capture_output=True)
    text = (DEPLOY / "nginx" / "tls" / "https.conf").read_text()
    (server.configuration / "servers" / "http.conf").write_text(text.replace("/certificates/", f"{tmp_path}/"))
    result = server.check()
    assert result.returncode == 0, result.stderr


@dataclass
class Origin:
    """What the browser sees: one address."""

    nginx: Nginx
    web: "subprocess.Popen[bytes]"
    streams: StreamsProcess


@pytest.fixture
def origin(exchange: Exchange, tmp_path: Path) -> Iterator[Origin]:
    exchange.worker()
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--no-ws"]
    web = subprocess.Popen(
        [*command, "--blocking-threads", "4", "exchange.wsgi:application"],
        cwd=ROOT,
        env=os.environ
        | BEHIND_THE_PROXY
        | {"DATABASE_URL": databases.app_url(exchange.database), "PROCESS_NAME": "web"},
        stdout=(tmp_path / "web.log").open("w"),
        stderr=subprocess.STDOUT,
    )
    try:
        with (
            StreamsProcess(exchange.database, **BEHIND_THE_PROXY) as streams,
            Nginx(tmp_path / "nginx", web_port=port, streams_port=streams.port) as nginx,
        ):
            deadline = time.monotonic() + 60
            while nginx.get("/api/v1/time")[0] != 200:
                assert time.monotonic() < deadline, (tmp_path / "web.log").read_text()
                time.sleep(0.1)
            yield Origin(nginx, web, streams)
    finally:
        web.terminate()
        web.wait(60)


def test_one_origin_for_everything(origin: Origin) -> None:
    nginx = origin.nginx
    status, headers, body = nginx.get("/api/v1/time")
    assert (status, "unix_ms" in json.loads(body)) == (200, True)
    assert headers["x-content-type-options"] == "nosniff"
    assert "permissions-policy" in headers
    assert headers["server"] == "nginx"

    status, headers, body = nginx.get("/")
    assert headers["content-type"].startswith("text/html")
    assert b"Bourse" in body
    assert nginx.get("/admin/login/")[0] == 200
    assert nginx.get("/_allauth/browser/v1/config")[0] == 200
    assert nginx.get("/static/admin/css/base.css")[0] == 200

    # Its own, and nobody's: the web process would have answered, for it is asked from this very machine.
    for path in ("/metrics", "/metrics/", "/metrics?x", "//metrics", "/api/../metrics", "/%6detrics"):
        assert nginx.get(path)[0] == 404, path

    status, headers, body = nginx.get("/static/admin/css/base.css", {"Accept-Encoding": "gzip"})
    assert (status, headers.get("content-encoding")) == (200, "gzip")
    assert b"body" in gzip.decompress(body)

    _the_request_id_is_the_clients_own_where_it_is_one(nginx)
    _the_client_is_who_nginx_saw(nginx)
    _bodies_have_a_limit(nginx)
    _a_socket_is_passed_on(nginx)
    _outages_are_said_in_our_shape(origin)


def _the_request_id_is_the_clients_own_where_it_is_one(nginx: Nginx) -> None:
    assert nginx.get("/api/v1/time", {"X-Request-Id": "the-clients-own-id"})[1]["x-request-id"] == "the-clients-own-id"
    made = nginx.get("/api/v1/time", {"X-Request-Id": "<script>"})[1]["x-request-id"]
    assert len(made) == 32
    # Nginx writes its line after it has answered.
    wait_for(lambda: {"the-clients-own-id", made} <= {json.loads(line)["request_id"] for line in nginx.lines()}, 60)
    nginx.get("/account/reset-password/3-c9xyz1-f0d8a2b3?token=in-the-query")
    assert "c9xyz1" not in "".join(nginx.lines())
    assert "in-the-query" not in "".join(nginx.lines())


def _the_client_is_who_nginx_saw(nginx: Nginx) -> None:
    """A client that says whom it forwards for is not believed; the rate limit counts the address of the peer."""
    said = [{"X-Forwarded-For": f"198.51.100.{number}", "Forwarded": f"for=198.51.100.{number}"} for number in range(3)]
    answers = [nginx.get("/api/v1/markets", headers) for headers in said]
    assert [status for status, _, _ in answers] == [200, 200, 200]
    remaining = [int(headers["x-ratelimit-remaining"]) for _, headers, _ in answers]
    assert remaining == sorted(set(remaining), reverse=True)


def _bodies_have_a_limit(nginx: Nginx) -> None:
    status, _, body = nginx.get("/api/v1/orders", {"Content-Type": "application/json"}, data=b"x" * 300_000)
    error = json.loads(body)["error"]
    assert (status, error["code"]) == (413, "BODY_TOO_LARGE")
    assert set(error) == {"code", "message", "details", "request_id", "timestamp"}


def _a_socket_is_passed_on(nginx: Nginx) -> None:
    address = f"ws://127.0.0.1:{nginx.port}/ws/v1/market"
    with connect(address, origin=WebSocketOrigin(f"http://127.0.0.1:{nginx.port}")) as client:
        assert json.loads(client.recv(5))["type"] == "hello"
        client.send('{"op":"ping","id":1}')
        assert json.loads(client.recv(5))["type"] == "pong"
        client.send('{"op":"subscribe","id":2,"channel":"book","symbols":["BTC-USDT"]}')
        assert [json.loads(client.recv(5))["type"] for _ in range(2)] == ["subscribed", "snapshot"]
    with pytest.raises(InvalidStatus):
        connect(f"ws://127.0.0.1:{nginx.port}/api/v1/time")


def _outages_are_said_in_our_shape(origin: Origin) -> None:
    origin.web.terminate()
    origin.web.wait(60)
    for path in ("/api/v1/time", "/_allauth/browser/v1/config"):
        status, headers, body = origin.nginx.get(path)
        assert (status, json.loads(body)["error"]["code"]) == (503, "SERVICE_UNAVAILABLE")
        assert headers["retry-after"] == "1"
    status, headers, body = origin.nginx.get("/trade/BTC-USDT")
    assert status == 503
    assert headers["content-type"].startswith("text/html")
    assert b"tries again by itself" in body
