"""When a sync that runs will have ended, by our reckoning."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("venues", "0006_answers_to_repeats"),
    ]

    operations = [
        migrations.AddField(
            model_name="addresssynclog",
            name="expected_end_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
