"""Adds up trades by the hour, each trade once, a stretch at a time.

Trades of a market get rising ids from its one worker, whose commits follow each other: whoever has summed up to an id
has missed nothing before it. The place is kept in the same database transaction as the sums, under a lock, so two runs
at the same time, or one that dies, count nothing twice.

A trade that is busted is taken out of its hour again, each one once: the bust's row says whether that was done, in the
same database transaction.
"""

from django.db import connection, transaction

from matching.fees.volumes import forget_day_of
from matching.models import BustState, Market, SummedTrades, TradeBust, TradingHour

STRETCH = 100_000
"""Trades added up in one database transaction."""

_LAST_OF_STRETCH = """
    SELECT max(id), count(*) FROM (
        SELECT id FROM matching_trade WHERE market_id = %(market)s AND id > %(after)s ORDER BY id LIMIT %(stretch)s
    ) AS stretch
"""
_SUM_UP = """
    INSERT INTO matching_tradinghour
        (market_id, started_at, is_house, trades, quantity, quote_amount, base_fees, quote_fees)
    SELECT t.market_id, date_trunc('hour', t.executed_at, 'UTC'), mu.is_house AND tu.is_house, {sign}count(*),
           {sign}sum(t.quantity), {sign}sum(t.quote_amount),
           {sign}sum(CASE t.taker_side WHEN 1 THEN t.taker_fee ELSE t.maker_fee END),
           {sign}sum(CASE t.taker_side WHEN 1 THEN t.maker_fee ELSE t.taker_fee END)
    FROM matching_trade t
    JOIN ledger_account ma ON ma.id = t.maker_account_id JOIN accounts_user mu ON mu.id = ma.user_id
    JOIN ledger_account ta ON ta.id = t.taker_account_id JOIN accounts_user tu ON tu.id = ta.user_id
    WHERE t.market_id = %(market)s AND {which}
    GROUP BY 1, 2, 3
    ON CONFLICT (started_at, market_id, is_house) DO UPDATE SET
        trades = matching_tradinghour.trades + excluded.trades,
        quantity = matching_tradinghour.quantity + excluded.quantity,
        quote_amount = matching_tradinghour.quote_amount + excluded.quote_amount,
        base_fees = matching_tradinghour.base_fees + excluded.base_fees,
        quote_fees = matching_tradinghour.quote_fees + excluded.quote_fees
"""
_ADD_UP = _SUM_UP.format(sign="", which="t.id > %(after)s AND t.id <= %(last)s")
_TAKE_OUT = _SUM_UP.format(sign="-", which="t.id = ANY(%(trades)s)")


def sum_up_trades(*, stretch: int = STRETCH) -> int:
    """Bring the hours of all markets up to the last committed trade; returns how many trades were added."""
    added = 0
    for market_id in Market.objects.order_by("pk").values_list("pk", flat=True):
        while True:
            count = _sum_up_stretch(market_id, stretch)
            added += count
            if count < stretch:
                break
        _take_out_busted(market_id)
    return added


def forget_sums() -> None:
    """Drop all hours; the next `sum_up_trades` makes them anew, with the house marks of that day."""
    with transaction.atomic():
        SummedTrades.objects.all().delete()
        TradingHour.objects.all().delete()
        TradeBust.objects.filter(is_in_figures=True).update(is_in_figures=False)


def _sum_up_stretch(market_id: int, stretch: int) -> int:
    SummedTrades.objects.get_or_create(market_id=market_id)
    with transaction.atomic():
        place = SummedTrades.objects.select_for_update().get(market_id=market_id)
        scope = {"market": market_id, "after": place.last_trade_id, "stretch": stretch}
        with connection.cursor() as cursor:
            cursor.execute(_LAST_OF_STRETCH, scope)
            last, count = cursor.fetchone()
            if count:
                cursor.execute(_ADD_UP, {**scope, "last": last})
        if count:
            place.last_trade_id = last
            place.save(update_fields=["last_trade_id"])
    return int(count)


def _take_out_busted(market_id: int) -> None:
    """Put right what was summed up before it was busted. The day it counted for in volumes is added up anew."""
    waiting = TradeBust.objects.filter(market_id=market_id, state=BustState.DONE, is_in_figures=False)
    if not waiting.exists():
        return
    with transaction.atomic():
        place = SummedTrades.objects.select_for_update().get(market_id=market_id)
        busts = list(waiting.filter(trade_id__lte=place.last_trade_id))
        trades = [bust.trade_id for bust in busts]
        with connection.cursor() as cursor:
            cursor.execute(_TAKE_OUT, {"market": market_id, "trades": trades})
        for trade_id in trades:
            forget_day_of(trade_id=trade_id)
        TradeBust.objects.filter(pk__in=[bust.pk for bust in busts]).update(is_in_figures=True)
