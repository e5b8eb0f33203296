from django.db import migrations


class Migration(migrations.Migration):
    """Balances change all the time and their indexed columns never do: with room on the page an update stays there."""

    dependencies = [("ledger", "0002_zero_sum")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE ledger_balance SET (fillfactor = 50)", "ALTER TABLE ledger_balance RESET (fillfactor)"
        )
    ]
