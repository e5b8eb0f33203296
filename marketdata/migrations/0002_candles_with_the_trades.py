from django.db import migrations, models

_SUMS = """
    (array_agg(t.price ORDER BY t.number))[1], max(t.price), min(t.price),
    (array_agg(t.price ORDER BY t.number DESC))[1], sum(t.quantity), sum(t.quote_amount), count(*),
    coalesce(sum(t.quantity) FILTER (WHERE mu.is_house AND tu.is_house), 0),
    coalesce(sum(t.quote_amount) FILTER (WHERE mu.is_house AND tu.is_house), 0),
    count(*) FILTER (WHERE mu.is_house AND tu.is_house), min(t.number)
"""
_COLUMNS = """
    market_id, seconds, opened_at, open, high, low, close, volume, quote_volume, trades,
    house_volume, house_quote_volume, house_trades, first_number
"""
# From now on the worker commits candles with their trades, so all that were traded before must be counted. Hours are
# rolled up by the background task.
_COUNT_ALL = f"""
    INSERT INTO marketdata_storedcandle ({_COLUMNS})
    SELECT t.market_id, lengths.seconds,
           date_bin(make_interval(secs => lengths.seconds), t.executed_at, to_timestamp(0)), {_SUMS}
    FROM matching_trade t
    JOIN (VALUES (1, now() - interval '7 days'), (60, '-infinity')) AS lengths(seconds, since)
      ON t.executed_at >= lengths.since
    JOIN ledger_account ma ON ma.id = t.maker_account_id LEFT JOIN accounts_user mu ON mu.id = ma.user_id
    JOIN ledger_account ta ON ta.id = t.taker_account_id LEFT JOIN accounts_user tu ON tu.id = ta.user_id
    GROUP BY 1, 2, 3
"""  # noqa: S608  constants only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_house_mark"),
        ("ledger", "0001_initial"),
        ("marketdata", "0001_initial"),
        ("matching", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL("DELETE FROM marketdata_storedcandle", migrations.RunSQL.noop),
        migrations.DeleteModel(name="CandleProgress"),
        migrations.AddField(
            model_name="storedcandle",
            name="first_number",
            field=models.BigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="storedcandle",
            name="seconds",
            field=models.PositiveIntegerField(choices=[(1, "1s"), (60, "1m"), (3600, "1h")]),
        ),
        migrations.AddIndex(
            model_name="storedcandle",
            index=models.Index(
                condition=models.Q(("seconds", 60)), fields=["market", "first_number"], name="minute_of_trade_number"
            ),
        ),
        # The rows of the present second and minute change with every batch: they stay on their page.
        migrations.RunSQL(
            "ALTER TABLE marketdata_storedcandle SET (fillfactor = 80)",
            "ALTER TABLE marketdata_storedcandle RESET (fillfactor)",
        ),
        migrations.RunSQL(_COUNT_ALL, migrations.RunSQL.noop),
    ]
