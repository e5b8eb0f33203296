"""GET /api/v1/notices and /status; writing, publishing and withdrawing."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import ReasonMissing
from accounts.models import StaffAction, User
from exchange.api.health import forget_health
from exchange.notices.errors import NoticeInvalid, NoticeStateConflict
from exchange.notices.models import Notice
from exchange.notices.selectors import forget_notices
from exchange.notices.services import change_notice, publish_notice, withdraw_notice, write_notice
from ledger.models import Asset
from matching.engine import codes
from matching.engine.types import MarketState
from matching.selectors.markets import forget_markets
from tests.support.api import SignedClient, error_code
from tests.support.exchange import Exchange

NOTICES, STATUS = "/api/v1/notices", "/api/v1/status"

EVERYBODY = SignedClient(None)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    forget_notices()
    forget_markets()
    forget_health()
    yield
    forget_notices()
    forget_markets()
    forget_health()


def content(**changed: Any) -> Any:
    return {
        "kind": "MAINTENANCE",
        "severity": "WARNING",
        "title": "Maintenance of the books",
        "text": "Orders wait for a quarter of an hour.",
        "starts_at": timezone.now() - timedelta(minutes=1),
        "ends_at": None,
        "markets": [],
        "assets": [],
    } | changed


def published(staff: User, **changed: Any) -> Notice:
    notice = write_notice(by=staff, reason="test", **content(**changed))
    return publish_notice(notice_id=notice.pk, by=staff, reason="test")


def items(query: str = "") -> list[dict[str, Any]]:
    response = EVERYBODY.get(f"{NOTICES}{query}")
    assert response.status_code == 200, response.content
    return list(response.json()["items"])


@pytest.fixture
def staff(exchange: Exchange) -> User:
    return exchange.user("staff")


@pytest.fixture
def unchanged(exchange: Exchange) -> Callable[[], bool]:
    def rows() -> Any:
        return list(Notice.objects.order_by("pk").values_list()), StaffAction.objects.count()

    before = rows()
    return lambda: rows() == before


def test_a_draft_is_nobodys_business_until_it_is_published(exchange: Exchange, staff: User) -> None:
    market = exchange.market()
    notice = write_notice(by=staff, reason="planned", **content(markets=[market], assets=[market.base]))
    assert items() == []
    publish_notice(notice_id=notice.pk, by=staff, reason="it is time")
    (told,) = items()
    assert {
        name: told[name] for name in ("id", "kind", "severity", "phase", "title", "markets", "assets", "ends_at")
    } == {
        "id": str(notice.pk),
        "kind": "MAINTENANCE",
        "severity": "WARNING",
        "phase": "ACTIVE",
        "title": "Maintenance of the books",
        "markets": ["BTC-USDT"],
        "assets": ["BTC"],
        "ends_at": None,
    }
    change_notice(notice_id=notice.pk, by=staff, reason="more is known", **content(text="It takes longer."))
    (told,) = items()
    assert (told["text"], told["markets"], told["assets"]) == ("It takes longer.", [], [])
    withdraw_notice(notice_id=notice.pk, by=staff, reason="a mistake")
    assert items() == items("?when=PAST") == []

    actions = StaffAction.objects.filter(subject_kind="notice").order_by("pk")
    assert [(one.action, one.reason) for one in actions] == [
        ("written", "planned"),
        ("published", "it is time"),
        ("changed", "more is known"),
        ("withdrawn", "a mistake"),
    ]
    assert actions[2].old["markets"] == ["BTC-USDT"]
    assert "title" not in actions[2].new


def test_what_begins_and_ends_by_the_clock(exchange: Exchange, staff: User) -> None:
    now = timezone.now()
    hour = timedelta(hours=1)
    published(staff, title="later", starts_at=now + hour, ends_at=now + 2 * hour, severity="CRITICAL")
    published(staff, title="now", starts_at=now - hour, ends_at=now + hour)
    published(staff, title="worse", severity="CRITICAL")
    for number in range(3):
        published(staff, title=f"over {number}", starts_at=now - 2 * hour, ends_at=now - hour)

    assert [(told["title"], told["phase"]) for told in items()] == [
        ("worse", "ACTIVE"),
        ("later", "UPCOMING"),
        ("now", "ACTIVE"),
    ]
    first = EVERYBODY.get(f"{NOTICES}?when=PAST&limit=2").json()
    rest = EVERYBODY.get(f"{NOTICES}?when=PAST&limit=2&cursor={first['next_cursor']}").json()
    assert [told["title"] for told in first["items"] + rest["items"]] == ["over 2", "over 1", "over 0"]
    assert {told["phase"] for told in first["items"]} == {"PAST"}
    assert rest["next_cursor"] is None


def test_a_halt_is_told_by_its_market(exchange: Exchange, staff: User) -> None:
    published(staff)
    exchange.worker()
    exchange.set_state(MarketState.HALTED, reason="A price jumped.", symbol="ETH-USDT")
    exchange.run()
    forget_markets()
    halt, maintenance = items()
    assert (halt["id"], halt["kind"], halt["severity"], halt["markets"]) == (
        "halt-ETH-USDT",
        "HALT",
        "CRITICAL",
        ["ETH-USDT"],
    )
    assert halt["title"] == "Trading in ETH/USDT is halted"
    assert halt["text"].endswith("Reason: A price jumped.")
    assert maintenance["kind"] == "MAINTENANCE"
    exchange.set_state(MarketState.AUCTION, reason=codes.AFTER_HALT, symbol="ETH-USDT")
    exchange.run()
    forget_markets()
    assert items()[-1]["text"].endswith("Reason: it reopens after a halt.")
    exchange.set_state(MarketState.TRADING, symbol="ETH-USDT")
    exchange.run()
    forget_markets()
    assert [told["kind"] for told in items()] == ["MAINTENANCE"]


def test_what_cannot_be(exchange: Exchange, staff: User, unchanged: Callable[[], bool]) -> None:
    now = timezone.now()
    for changed in (
        {"kind": "HALT"},
        {"kind": "GOSSIP"},
        {"severity": "DREADFUL"},
        {"title": ""},
        {"title": "x" * 121},
        {"text": "x" * 2001},
        {"starts_at": now, "ends_at": now},
    ):
        with pytest.raises(NoticeInvalid):
            write_notice(by=staff, reason="test", **content(**changed))
    with pytest.raises(ReasonMissing):
        write_notice(by=staff, reason=" ", **content())
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(kind="HALT", title="by hand", created_by=staff)
    assert unchanged()


def test_each_step_happens_once(exchange: Exchange, staff: User) -> None:
    notice = published(staff)
    with pytest.raises(NoticeStateConflict):
        publish_notice(notice_id=notice.pk, by=staff, reason="again")
    withdraw_notice(notice_id=notice.pk, by=staff, reason="done")
    actions = StaffAction.objects.count()
    for step in (publish_notice, withdraw_notice):
        with pytest.raises(NoticeStateConflict):
            step(notice_id=notice.pk, by=staff, reason="again")
    with pytest.raises(NoticeStateConflict):
        change_notice(notice_id=notice.pk, by=staff, reason="again", **content())
    assert StaffAction.objects.count() == actions


def test_bad_parameters(exchange: Exchange) -> None:
    for path in (f"{NOTICES}?when=NEVER", f"{NOTICES}?limit=0", f"{NOTICES}?when=PAST&cursor=halt-BTC-USDT"):
        assert error_code(EVERYBODY.get(path)) == "FIELD_INVALID", path
    for path in (f"{NOTICES}?kind=INFO", f"{STATUS}?x=1"):
        assert error_code(EVERYBODY.get(path)) == "UNKNOWN_FIELD", path


# --- the status of everything -----------------------------------------------------------------------------------------


def status() -> dict[str, Any]:
    forget_health()
    forget_markets()
    response = EVERYBODY.get(STATUS)
    assert response.status_code == 200, response.content
    return dict(response.json())


def test_the_status_names_every_market_and_asset(exchange: Exchange) -> None:
    Asset.objects.create(symbol="DOGE", name="Doge", scale=8)
    exchange.worker()
    exchange.set_state(MarketState.TRADING)
    exchange.run()
    told = status()
    assert told["status"] == "OPERATIONAL"
    assert told["notices"] == []
    assert told["markets"] == [
        {"symbol": symbol, "state": "TRADING", "reason": ""} for symbol in ("BTC-USDT", "ETH-USDT")
    ]
    services = {
        one["asset"]: (one["trading"], one["deposits"], one["withdrawals"], one["networks"]) for one in told["assets"]
    }
    assert services == {
        symbol: (trading, "NOT_OFFERED", "NOT_OFFERED", [])
        for symbol, trading in (("BTC", "ENABLED"), ("DOGE", "NOT_OFFERED"), ("ETH", "ENABLED"), ("USDT", "ENABLED"))
    }


def test_the_status_follows(exchange: Exchange, staff: User) -> None:
    assert status()["status"] == "UNAVAILABLE"
    exchange.worker()
    exchange.set_state(MarketState.HALTED, reason="checking")
    exchange.run()
    told = status()
    assert told["status"] == "DEGRADED"
    assert told["markets"][0] == {"symbol": "BTC-USDT", "state": "HALTED", "reason": "checking"}
    assert {one["asset"]: one["trading"] for one in told["assets"]} == {
        "BTC": "SUSPENDED",
        "ETH": "ENABLED",
        "USDT": "ENABLED",
    }
    assert [one["kind"] for one in told["notices"]] == ["HALT"]
    exchange.set_state(MarketState.TRADING)
    exchange.run()
    assert status()["status"] == "OPERATIONAL"
    published(staff, kind="INCIDENT", severity="INFO")
    assert status()["status"] == "OPERATIONAL"
    published(staff, kind="INCIDENT", severity="WARNING", markets=[exchange.market()])
    assert status()["status"] == "DEGRADED"
    published(staff, kind="MAINTENANCE", markets=[exchange.market()])
    published(staff, kind="MAINTENANCE", starts_at=timezone.now() + timedelta(hours=1))
    assert status()["status"] == "DEGRADED"
    published(staff, kind="MAINTENANCE")
    assert status()["status"] == "MAINTENANCE"
