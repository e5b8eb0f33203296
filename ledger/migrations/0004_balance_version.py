from django.db import migrations, models


class Migration(migrations.Migration):
    """Two writers may tell of one balance in another order than they changed it: the version says which is newer."""

    dependencies = [("ledger", "0003_room_for_updates")]
    operations = [
        migrations.AddField(model_name="balance", name="version", field=models.BigIntegerField(db_default=0, default=0))
    ]
