"""GET /metrics: what it shows, and to whom."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from exchange.api.health import forget_health
from ledger.models import VerificationRun
from tests.integration.observability.conftest import TradingFloor

TOKEN = "a-token-of-our-prometheus"


@pytest.fixture(autouse=True)
def fresh_health(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    forget_health()


def values(text: str) -> dict[str, float]:
    return {
        name: float(value) for name, _, value in (line.rpartition(" ") for line in text.splitlines() if line[0] != "#")
    }


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.7", {}, 404),
        ("203.0.113.5", {}, 404),
        ("", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.5"}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("127.0.0.1", {"X-Forwarded-For": ""}, 404),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, 404),
        ("127.0.0.1", {"X-Real-IP": "127.0.0.1"}, 404),
        ("127.0.0.1", {"Via": "1.1 cache"}, 404),
        ("203.0.113.5", {"Authorization": f"Bearer {TOKEN}"}, 200),
        ("127.0.0.1", {"Authorization": f"bearer {TOKEN}", "X-Forwarded-For": "203.0.113.5"}, 200),
        ("203.0.113.5", {"Authorization": "Bearer guessed"}, 404),
        ("127.0.0.1", {"Authorization": "Bearer guessed"}, 404),
        ("203.0.113.5", {"Authorization": "Bearer "}, 404),
        ("203.0.113.5", {"Authorization": f"Basic {TOKEN}"}, 404),
    ],
)
@pytest.mark.usefixtures("db")
def test_who_may_see_them(address: str, headers: dict[str, str], status: int) -> None:
    answer = Client(REMOTE_ADDR=address).get("/metrics", headers=headers)
    assert answer.status_code == status
    assert (b"bourse_" in answer.content) is (status == 200)
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.usefixtures("db")
def test_without_a_token_no_token_opens(settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    for header in ("Bearer ", "Bearer", "Bearer x"):
        refused = Client(REMOTE_ADDR="203.0.113.5").get("/metrics", headers={"Authorization": header})
        assert refused.status_code == 404


@pytest.mark.usefixtures("db")
def test_private_networks_are_let_in_where_the_settings_say_so(settings: Settings) -> None:
    settings.METRICS_NETWORKS = ["10.0.0.0/8"]
    assert Client(REMOTE_ADDR="10.0.0.7").get("/metrics").status_code == 200
    assert Client(REMOTE_ADDR="127.0.0.1").get("/metrics").status_code == 404


@pytest.mark.usefixtures("db")
def test_only_reading() -> None:
    assert Client(REMOTE_ADDR="127.0.0.1").post("/metrics").status_code == 404


def test_a_trade_is_counted(floor: TradingFloor) -> None:
    client = Client(REMOTE_ADDR="127.0.0.1")
    before = values(client.get("/metrics").content.decode())
    assert floor.limit(floor.owner, "SELL", "60000.00", "0.1").status_code == 201
    assert floor.limit(floor.colleague, "BUY", "60000.00", "0.1").status_code == 201
    refused = floor.limit(floor.outsider, "SELL", "45000.00", "105")
    assert refused.status_code == 422
    forget_health()
    after = values(client.get("/metrics").content.decode())

    def grown(name: str) -> float:
        return after[name] - before.get(name, 0.0)

    assert grown('bourse_fills_total{market="BTC-USDT"}') == 2
    assert grown("bourse_batch_commands_sum") >= 2
    assert grown("bourse_batch_seconds_count") >= 2
    placed = 'bourse_http_request_seconds_count{method="POST",route="api/v1/orders",status="201"}'
    assert grown(placed) == 2
    assert grown(placed.replace("201", "422")) == 1
    assert "bourse_web_waiting_requests" in after
    assert after["bourse_pending_commands"] == 0
    assert after["bourse_worker_lag_seconds"] == 0
    assert after['bourse_up{part="database"}'] == 1
    assert after['bourse_up{part="redis"}'] == 1


def test_what_waits_is_shown(idle: TradingFloor) -> None:
    idle.exchange.place("owner", "SELL", "60000.00", "0.1")
    idle.exchange.place("owner", "SELL", "60001.00", "0.1")
    forget_health()
    shown = values(Client(REMOTE_ADDR="127.0.0.1").get("/metrics").content.decode())
    assert shown["bourse_pending_commands"] == 2
    assert shown["bourse_worker_lag_seconds"] > 0


@pytest.mark.usefixtures("db")
def test_the_last_ledger_check() -> None:
    client = Client(REMOTE_ADDR="127.0.0.1")
    assert "bourse_ledger_check_consistent" not in values(client.get("/metrics").content.decode())
    for is_consistent in (True, False):
        VerificationRun.objects.create(started_at=timezone.now(), is_consistent=is_consistent, findings=[], entries=7)
        shown = values(client.get("/metrics").content.decode())
        assert shown["bourse_ledger_check_consistent"] == float(is_consistent)
        assert 0 <= shown["bourse_ledger_check_age_seconds"] < 60
        assert shown["bourse_ledger_check_entries"] == 7
    for is_full, started_at in ((True, timezone.now() - timedelta(hours=1)), (False, timezone.now())):
        VerificationRun.objects.create(started_at=started_at, is_consistent=True, is_full=is_full, entries=1)
    shown = values(client.get("/metrics").content.decode())
    assert shown["bourse_ledger_check_age_seconds"] < 60
    assert shown["bourse_ledger_full_check_age_seconds"] >= 3600


@pytest.mark.usefixtures("db")
def test_unknown_methods_and_paths_make_no_new_series() -> None:
    client = Client(REMOTE_ADDR="127.0.0.1")
    for number in range(5):
        client.generic(f"METHOD{number}", f"/api/v1/nowhere{number}")
    text = client.get("/metrics").content.decode()
    assert "METHOD" not in text
    assert "nowhere" not in text
    assert 'method="other",route="none"' in text
