"""Making and ending exceptions: what cannot be, who did it, and that nothing is ever edited."""

import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.errors import ReasonMissing
from accounts.models import AccountChange, StaffAction, User
from kernel.errors import BourseError
from matching.errors import FeeExceptionEnded, FeeExceptionInvalid, FeeTierInvalid
from matching.fees.exceptions import end_expired_fee_exceptions, end_fee_exception, make_fee_exception
from matching.fees.tiers import change_fee_table
from matching.models import FeeException, FeeTier, Market
from tests.support.exchange import Exchange

D = Decimal
WHY = "makes a market"


def everything() -> list[list[tuple[object, ...]]]:
    models: Any = (FeeException, FeeTier, User, AccountChange, StaffAction)
    return [list(model.objects.order_by("pk").values_list()) for model in models]


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.get(username="owner")


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.get(username="staff")


@pytest.fixture
def market(db: None) -> Market:
    return Market.objects.get(symbol="BTC-USDT")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({}, ["maker_ppm", "taker_ppm"]),
        ({"maker_ppm": 1, "taker_ppm": 1, "user": None}, ["user"]),
        ({"maker_ppm": 1}, ["taker_ppm"]),
        ({"maker_ppm": -1, "taker_ppm": 1}, ["maker_ppm"]),
        ({"maker_ppm": 1, "taker_ppm": 1_000_001}, ["taker_ppm"]),
        ({"tier": 2, "maker_ppm": 1, "taker_ppm": 1}, ["tier"]),
        ({"tier": 6}, ["tier"]),
        ({"tier": 0}, ["tier"]),
        ({"tier": 2, "user": None}, ["tier"]),
        ({"tier": 2, "market": "BTC-USDT"}, ["tier"]),
        ({"tier": 2, "expires_at": timezone.now() - timedelta(seconds=1)}, ["expires_at"]),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    owner: User, staff: User, market: Market, fields: dict[str, Any], named: list[str]
) -> None:
    before = everything()
    given = {"user": owner} | fields | ({"market": market} if fields.get("market") else {})
    with pytest.raises(FeeExceptionInvalid) as refused:
        make_fee_exception(by=staff, reason=WHY, **given)
    assert list(refused.value.details["fields"]) == named  # type: ignore[arg-type]
    assert everything() == before


def test_a_reason_is_needed_and_nobody_decides_on_their_own_fees(owner: User, staff: User) -> None:
    exception = make_fee_exception(by=staff, reason=WHY, user=owner, maker_ppm=1, taker_ppm=1)
    before = everything()
    attempts: list[tuple[type[BourseError], Any]] = [
        (ReasonMissing, lambda: make_fee_exception(by=staff, reason="  ", user=owner, maker_ppm=1, taker_ppm=1)),
        (ReasonMissing, lambda: end_fee_exception(exception_id=exception.pk, by=staff, reason=" ")),
        (FeeExceptionInvalid, lambda: make_fee_exception(by=owner, reason=WHY, user=owner, tier=5)),
        (FeeExceptionInvalid, lambda: end_fee_exception(exception_id=exception.pk, by=owner, reason=WHY)),
    ]
    for error, attempt in attempts:
        with pytest.raises(error):
            attempt()
        assert everything() == before


def test_a_new_exception_takes_the_place_of_the_one_in_force(owner: User, staff: User, market: Market) -> None:
    first = make_fee_exception(by=staff, reason=WHY, user=owner, maker_ppm=1, taker_ppm=2)
    other = make_fee_exception(by=staff, reason=WHY, user=owner, market=market, maker_ppm=1, taker_ppm=2)
    fixed = make_fee_exception(by=staff, reason=WHY, user=owner, tier=3)
    second = make_fee_exception(by=staff, reason="less", user=owner, maker_ppm=3, taker_ppm=4)
    stored = FeeException.objects.get(pk=first.pk)
    assert (stored.ended_at, stored.ended_by, stored.end_reason) == (second.created_at, staff, "replaced: less")
    assert (stored.maker_ppm, stored.taker_ppm, stored.reason) == (1, 2, WHY)
    in_force = set(FeeException.objects.filter(ended_at=None).values_list("pk", flat=True))
    assert in_force == {other.pk, fixed.pk, second.pk}
    change = AccountChange.objects.latest("pk")
    assert (change.user, change.by, change.field, change.reason) == (owner, staff, "fees", "less")
    assert (change.old, change.new) == ("maker 0.0001 %, taker 0.0002 %", "maker 0.0003 %, taker 0.0004 %")


def test_an_exception_of_a_market_is_an_action_on_the_market(staff: User, market: Market) -> None:
    exception = make_fee_exception(by=staff, reason=WHY, market=market, maker_ppm=0, taker_ppm=500)
    end_fee_exception(exception_id=exception.pk, by=staff, reason="enough")
    made, ended = StaffAction.objects.order_by("pk")
    assert (made.by, made.subject, made.action, made.new) == (
        staff,
        "BTC-USDT",
        "fees",
        {"fees": "maker 0 %, taker 0.05 % in BTC-USDT"},
    )
    assert (ended.old, ended.new, ended.reason) == (made.new, made.old, "enough")


def test_what_is_over_is_not_ended_again(owner: User, staff: User) -> None:
    exception = make_fee_exception(by=staff, reason=WHY, user=owner, maker_ppm=1, taker_ppm=1)
    end_fee_exception(exception_id=exception.pk, by=staff, reason="enough")
    before = everything()
    with pytest.raises(FeeExceptionEnded):
        end_fee_exception(exception_id=exception.pk, by=staff, reason="again")
    assert everything() == before


def test_the_database_itself_refuses_two_in_force_and_half_an_exception(owner: User, market: Market) -> None:
    make: Any = FeeException.objects.create
    for rows in (
        [{"market": market, "maker_ppm": 1, "taker_ppm": 1}] * 2,
        [{"user": owner, "maker_ppm": 1, "taker_ppm": 1}] * 2,
        [{"user": owner, "tier": 2}, {"user": owner, "tier": 3}],
        [{"maker_ppm": 1, "taker_ppm": 1}],
        [{"user": owner, "maker_ppm": 1}],
        [{"user": owner, "market": market, "tier": 2}],
        [{"user": owner, "tier": 2, "maker_ppm": 1, "taker_ppm": 1}],
    ):
        with transaction.atomic():
            for row in rows[:-1]:
                make(reason=WHY, **row)
            with pytest.raises(IntegrityError), transaction.atomic():
                make(reason=WHY, **rows[-1])
            transaction.set_rollback(True)
    assert not FeeException.objects.exists()


def test_an_end_by_itself_is_written_down_once(owner: User, staff: User, market: Market) -> None:
    soon = timezone.now() + timedelta(hours=1)
    of_user = make_fee_exception(by=staff, reason=WHY, user=owner, tier=4, expires_at=soon)
    of_market = make_fee_exception(by=staff, reason=WHY, market=market, maker_ppm=0, taker_ppm=0, expires_at=soon)
    assert end_expired_fee_exceptions(now=soon - timedelta(seconds=1)) == 0
    assert end_expired_fee_exceptions(now=soon) == 2
    for exception in (of_user, of_market):
        exception.refresh_from_db()
        assert (exception.ended_at, exception.ended_by) == (soon, None)
    changes = list(AccountChange.objects.filter(user=owner, by=None).order_by("pk").values_list("field", "old", "new"))
    assert changes == [
        ("fees", f"tier 4 until {soon:%Y-%m-%d %H:%M}", ""),
        ("fee_tier", "4", "1"),
    ]
    before = everything()
    assert end_expired_fee_exceptions(now=soon) == 0
    assert everything() == before


def test_two_people_at_a_time_replace_each_other(exchange: Exchange) -> None:
    staff, owner = exchange.user("staff"), exchange.user("owner")
    barrier, failures = threading.Barrier(4), []

    def make(ppm: int) -> None:
        try:
            barrier.wait(10)
            make_fee_exception(by=staff, reason=WHY, user=owner, maker_ppm=ppm, taker_ppm=ppm)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=make, args=[ppm]) for ppm in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert FeeException.objects.count() == 4
    assert FeeException.objects.filter(ended_at=None).count() == 1


@pytest.mark.parametrize(
    ("tier", "terms", "named"),
    [
        (9, {}, ["tier"]),
        (2, {"maker_ppm": -1}, ["maker_ppm"]),
        (2, {"taker_ppm": 1_000_001}, ["taker_ppm"]),
        (1, {"min_volume": D(1)}, ["min_volume"]),
        (2, {"min_volume": D(-1)}, ["min_volume"]),
        (2, {"min_volume": D("NaN")}, ["min_volume"]),
        (2, {"min_volume": D(10) ** 20}, ["min_volume"]),
        (2, {"min_volume": D(1_000_001)}, ["min_volume"]),
        (4, {"min_volume": D(999_999)}, ["min_volume"]),
        (2, {}, []),
    ],
)
def test_terms_that_no_tier_can_have(staff: User, tier: int, terms: dict[str, Any], named: list[str]) -> None:
    before = everything()
    row = FeeTier.objects.get(tier=min(tier, 5))
    as_it_is: dict[str, Any] = {"maker_ppm": row.maker_ppm, "taker_ppm": row.taker_ppm, "min_volume": row.min_volume}
    with pytest.raises(FeeTierInvalid) as refused:
        change_fee_table(tier=tier, by=staff, reason=WHY, **(as_it_is | terms))
    fields: Any = refused.value.details.get("fields", {})
    assert list(fields) == named
    assert everything() == before


def test_new_terms_are_written_down(staff: User) -> None:
    change_fee_table(tier=3, maker_ppm=500, taker_ppm=1000, min_volume=D(2_000_000), by=staff, reason=WHY)
    row, action = FeeTier.objects.get(tier=3), StaffAction.objects.get()
    assert (row.maker_ppm, row.taker_ppm, row.min_volume) == (500, 1000, 2_000_000)
    assert (action.by, action.subject, action.reason) == (staff, "tier 3", WHY)
    assert (action.old["maker"], action.new["maker"]) == ("0.06 %", "0.05 %")
    with pytest.raises(ReasonMissing):
        change_fee_table(tier=3, maker_ppm=1, taker_ppm=1, min_volume=D(2_000_000), by=staff, reason=" ")
