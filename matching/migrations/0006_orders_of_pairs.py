from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0005_professional_trading"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="command",
            index=models.Index(
                condition=models.Q(("kind", 7)),
                fields=["account", "-target_order_id"],
                name="command_of_stop_leg",
            ),
        ),
    ]
