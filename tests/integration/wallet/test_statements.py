"""GET /api/v1/statements, /statements/{year} and its export: past balances and years, from postings."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import redis

from accounts.credentials import forget_credentials
from accounts.models import User
from kernel.ids import first_id_at
from ledger.models import Account, Asset, Balance, EntryKind, Posting
from ledger.services import fund_account
from tests.support.api import SignedClient, error_code, make_key
from tests.support.cast import FUNDS_WRITER
from tests.support.exchange import Exchange
from tests.support.random_flow import log_flow
from wallet.proofs.statements import balances_at, year_statement

AT, THIS_YEAR = "/api/v1/statements", datetime.now(UTC).year


@pytest.fixture(autouse=True)
def nothing_remembered(redis_client: "redis.Redis") -> Iterator[None]:
    forget_credentials()
    yield
    forget_credentials()


def client_of(name: str) -> SignedClient:
    return SignedClient(make_key(User.objects.get(username=name)))


def account_of(name: str) -> Account:
    return Account.objects.get(user__username=name)


def unix_ms(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp() * 1000)


def test_moments_and_a_year_of_trading_are_what_the_postings_say(exchange: Exchange) -> None:
    log_flow(exchange, 80, seed=11)
    exchange.run()
    account_id = exchange.account("owner").pk
    symbols = dict(Asset.objects.values_list("pk", "symbol"))
    postings = list(Posting.objects.filter(account_id=account_id).order_by("id"))
    assert len(postings) > 20
    for bound in (0, *(postings[at].id for at in (0, len(postings) // 3, len(postings) // 2)), postings[-1].id + 1):
        expected: dict[str, list[Decimal]] = {}
        for posting in postings:
            if posting.id < bound:
                sums = expected.setdefault(symbols[posting.asset_id], [Decimal(0), Decimal(0)])
                sums[0] += posting.available_delta
                sums[1] += posting.locked_delta
        found = {
            past.asset: [past.available, past.locked] for past in balances_at(account_id=account_id, before_id=bound)
        }
        assert found == {asset: sums for asset, sums in expected.items() if any(sums)}

    statements = {one.asset: one for one in year_statement(account_id=account_id, year=THIS_YEAR)}
    for asset, one in statements.items():
        balance = Balance.objects.get(account_id=account_id, asset__symbol=asset)
        assert one.opening == 0
        assert one.closing == balance.available + balance.locked
        assert one.opening + sum(line.received - line.given for line in one.lines) == one.closing
    funding = {asset: next(x for x in one.lines if x.cause == EntryKind.FUNDING) for asset, one in statements.items()}
    assert (funding["BTC"].received, funding["BTC"].given, funding["BTC"].count) == (100, 0, 1)
    assert any(line.cause == EntryKind.ORDER and line.given for line in statements["USDT"].lines)


def test_years_before_and_after_a_payment(db: None) -> None:
    account = account_of("owner")
    asset = Asset.objects.get(symbol="BTC")
    last = Posting.objects.filter(account=account).latest("id").id
    # The cast's money is of this year; the years around it begin and end without it, and with it.
    year = datetime.now(UTC).year
    assert first_id_at(unix_ms(year, 1, 1)) <= last < first_id_at(unix_ms(year + 1, 1, 1))
    before = {one.asset: one for one in year_statement(account_id=account.pk, year=year - 1)}
    assert before == {}
    after = {one.asset: one for one in year_statement(account_id=account.pk, year=year + 1)}
    assert (after["BTC"].opening, after["BTC"].closing, after["BTC"].lines) == (100, 100, ())
    fund_account(
        writer_id=FUNDS_WRITER,
        account=account,
        asset=asset,
        atoms=5,
        idempotency_key="later",
        at=datetime(year + 1, 1, 1, tzinfo=UTC),
    )
    (line,) = next(one for one in year_statement(account_id=account.pk, year=year + 1) if one.asset == "BTC").lines
    assert (line.cause, line.received, line.count) == (EntryKind.FUNDING, Decimal("5e-12"), 1)
    this = next(one for one in year_statement(account_id=account.pk, year=year) if one.asset == "BTC")
    assert this.closing == 100


class TestApi:
    def test_a_moment(self, db: None) -> None:
        client = client_of("owner")
        answer = client.get(f"{AT}?at=2025-06-01T00:00:00Z").json()
        assert answer == {"at": "2025-06-01T00:00:00.000000Z", "items": []}
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        items = client.get(f"{AT}?at={now}").json()["items"]
        assert items[0] == {"asset": "BTC", "available": "100", "locked": "0", "total": "100"}

    def test_a_year_and_its_file(self, db: None) -> None:
        client = client_of("owner")
        answer = client.get(f"{AT}/{THIS_YEAR}").json()
        assert answer["year"] == THIS_YEAR
        assert answer["items"][0] == {
            "asset": "BTC",
            "opening": "0",
            "closing": "100",
            "lines": [{"cause": "FUNDING", "received": "100", "given": "0", "count": 1}],
        }
        response = client.get(f"{AT}/{THIS_YEAR}/export")
        assert response.headers["Content-Disposition"] == f'attachment; filename="statement-{THIS_YEAR}.csv"'
        rows = list(csv.DictReader(response.getvalue().decode().splitlines(keepends=True), strict=True))
        assert [row["asset"] for row in rows] == ["BTC", "ETH", "USDT"]
        assert rows[0] == {
            "asset": "BTC",
            "opening": "0",
            "cause": "FUNDING",
            "received": "100",
            "given": "0",
            "count": "1",
            "closing": "100",
        }

    def test_everyone_has_only_the_own(self, db: None) -> None:
        fund_account(
            writer_id=FUNDS_WRITER,
            account=account_of("colleague"),
            asset=Asset.objects.get(symbol="BTC"),
            atoms=10**12,
            idempotency_key="more",
            at=datetime.now(UTC),
        )
        found = {
            name: client_of(name).get(f"{AT}/{THIS_YEAR}").json()["items"][0]["closing"]
            for name in ("owner", "colleague", "outsider")
        }
        assert found == {"owner": "100", "colleague": "101", "outsider": "100"}
        for path in (f"{AT}?at=0", f"{AT}/{THIS_YEAR}", f"{AT}/{THIS_YEAR}/export"):
            assert error_code(SignedClient(None).get(path)) == "AUTHENTICATION_REQUIRED"

    @pytest.mark.parametrize(
        ("path", "code"),
        [
            (AT, "FIELD_INVALID"),
            (f"{AT}?at=yesterday", "FIELD_INVALID"),
            (f"{AT}?at=2999-01-01T00:00:00Z", "FIELD_INVALID"),
            (f"{AT}?at=0&user=2", "UNKNOWN_FIELD"),
            (f"{AT}/{THIS_YEAR + 1}", "FIELD_INVALID"),
            (f"{AT}/1969", "FIELD_INVALID"),
            (f"{AT}/20x6", "FIELD_INVALID"),
            (f"{AT}/99999999999999999999", "FIELD_INVALID"),
            (f"{AT}/{THIS_YEAR + 1}/export", "FIELD_INVALID"),
            (f"{AT}/{THIS_YEAR}?at=0", "UNKNOWN_FIELD"),
        ],
    )
    def test_what_is_refused(self, db: None, path: str, code: str) -> None:
        response: Any = client_of("owner").get(path)
        assert (response.status_code, error_code(response)) == (400, code)
