from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0006_orders_of_pairs"),
    ]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="engine_version",
            field=models.PositiveSmallIntegerField(db_default=1),
        ),
    ]
