"""Adds up what accounts traded, by which their fee tiers are found: whole days, UTC, each trade of a day once.

A volume is the sum of the quote values of the trades of the last `DAYS` full days, as maker and as taker. Trades
between two house accounts and of an account with itself do not count, and busted ones neither. It is told in one asset,
`settings.FEE_VOLUME_ASSET`: a market with another quote is valued at the last price of that quote in the asset, in the
market QUOTE-ASSET, up to the end of each day; where there is no such market or no price yet, it does not count.

Only the last days' sums are kept. They come from the trades alone (and from the house marks of the day they were made),
so they can be dropped and made anew at any time.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import connection, transaction

from kernel.ids import first_id_at
from matching.models import AccountTradingDay, SummedTradingDay, Trade
from matching.selectors.busts import is_busted

DAYS = 30
_CLOCK_MARGIN_MS = 60_000
"""A worker whose ids of a millisecond are used up borrows from the next ones."""

_SUM_UP_DAY = f"""
    INSERT INTO matching_accounttradingday (day, account_id, market_id, maker_quote, taker_quote)
    SELECT %(day)s, side.account_id, t.market_id, sum(side.maker_quote), sum(side.taker_quote)
    FROM matching_trade t
    JOIN ledger_account ma ON ma.id = t.maker_account_id JOIN accounts_user mu ON mu.id = ma.user_id
    JOIN ledger_account ta ON ta.id = t.taker_account_id JOIN accounts_user tu ON tu.id = ta.user_id
    CROSS JOIN LATERAL (VALUES (t.maker_account_id, t.quote_amount, 0), (t.taker_account_id, 0, t.quote_amount))
        AS side(account_id, maker_quote, taker_quote)
    WHERE t.id >= %(first_id)s AND t.id < %(before_id)s AND t.executed_at >= %(start)s AND t.executed_at < %(end)s
      AND t.maker_account_id <> t.taker_account_id AND NOT (mu.is_house AND tu.is_house)
      AND NOT {is_busted("t.id")}
    GROUP BY side.account_id, t.market_id
"""  # noqa: S608  constants only
# MATERIALIZED keeps it one price for a day and market: inlined, it would be looked up for each row of each account.
_VOLUMES = """
    WITH days AS (SELECT * FROM unnest(%(days)s::date[], %(before_ids)s::bigint[]) AS d(day, before_id)),
    traded AS (
        SELECT s.* FROM matching_accounttradingday s JOIN days USING (day) WHERE {condition}
    ),
    prices AS MATERIALIZED (
        SELECT d.day, m.id AS market_id,
               CASE WHEN quote.symbol = %(asset)s THEN 1 ELSE (
                   SELECT t.price FROM matching_trade t WHERE t.market_id = v.id AND t.id < d.before_id
                   ORDER BY t.id DESC LIMIT 1
               ) END AS price
        FROM (SELECT DISTINCT day, market_id FROM traded) AS x
        JOIN days d ON d.day = x.day
        JOIN matching_market m ON m.id = x.market_id
        JOIN ledger_asset quote ON quote.id = m.quote_id
        LEFT JOIN matching_market v ON v.symbol = quote.symbol || '-' || %(asset)s
    )
    SELECT a.user_id, trunc(sum((s.maker_quote + s.taker_quote) * p.price), 18)
    FROM traded s
    JOIN prices p ON p.day = s.day AND p.market_id = s.market_id
    JOIN ledger_account a ON a.id = s.account_id
    WHERE p.price IS NOT NULL GROUP BY a.user_id
"""


def counted_days(now: datetime) -> list[date]:
    """The full days whose trades count at that moment, oldest first; today is not over and does not."""
    today = now.astimezone(UTC).date()
    return [today - timedelta(days=number) for number in range(DAYS, 0, -1)]


def sum_up_days(*, now: datetime) -> int:
    """Bring the sums up to yesterday; returns how many days were added up.

    Yesterday is added up again in every run: a worker that was kept from committing past midnight still wrote trades of
    that day then. May run at any time and as often as one likes.
    """
    days = counted_days(now)
    known = set(SummedTradingDay.objects.values_list("day", flat=True))
    with transaction.atomic():
        AccountTradingDay.objects.filter(day__lt=days[0]).delete()
        SummedTradingDay.objects.filter(day__lt=days[0]).delete()
    wanted = [day for day in days if day not in known or day == days[-1]]
    for day in wanted:
        _sum_up(day)
    return len(wanted)


def forget_days() -> None:
    """Drop all sums; the next `sum_up_days` makes them anew, with the house marks of that day."""
    with transaction.atomic():
        SummedTradingDay.objects.all().delete()
        AccountTradingDay.objects.all().delete()


def forget_day_of(*, trade_id: int) -> None:
    """The trade counts no more: the next `sum_up_days` adds up its day anew, if that still matters."""
    executed_at = Trade.objects.values_list("executed_at", flat=True).get(pk=trade_id)
    SummedTradingDay.objects.filter(day=executed_at.astimezone(UTC).date()).delete()


def volumes_by_user(*, now: datetime) -> dict[int, Decimal]:
    """User id to volume, of everybody who traded something that counts."""
    return _volumes(now, "true")


def volume_of_account(*, account_id: int, now: datetime) -> Decimal:
    """The volume of one account, as far as its days are added up."""
    return next(iter(_volumes(now, "s.account_id = %(account)s", account=account_id).values()), Decimal(0))


def _volumes(now: datetime, condition: str, **parameters: int) -> dict[int, Decimal]:
    days = counted_days(now)
    with connection.cursor() as cursor:
        cursor.execute(
            _VOLUMES.format(condition=condition),
            {
                "days": days,
                "before_ids": [first_id_at(_unix_ms(day + timedelta(days=1))) for day in days],
                "asset": settings.FEE_VOLUME_ASSET,
                **parameters,
            },
        )
        rows: Iterable[tuple[int, Decimal]] = cursor.fetchall()
        return dict(rows)


def _sum_up(day: date) -> None:
    """Replace the sums of one day. The row of the day is locked, so two runs do the same one after another."""
    start, end = _midnight(day), _midnight(day + timedelta(days=1))
    with transaction.atomic():
        SummedTradingDay.objects.get_or_create(day=day)
        SummedTradingDay.objects.select_for_update().get(day=day)
        AccountTradingDay.objects.filter(day=day).delete()
        with connection.cursor() as cursor:
            cursor.execute(
                _SUM_UP_DAY,
                {
                    "day": day,
                    "start": start,
                    "end": end,
                    "first_id": first_id_at(_unix_ms(day)),
                    "before_id": first_id_at(_unix_ms(day + timedelta(days=1)) + _CLOCK_MARGIN_MS),
                },
            )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _unix_ms(day: date) -> int:
    """The beginning of the day."""
    return int(_midnight(day).timestamp()) * 1000
