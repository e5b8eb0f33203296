"""Staff look at the newest rows of everybody, which are many."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("venues", "0002_the_eight_exchanges"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="addressactivitylog",
            index=models.Index(fields=["-at", "-id"], name="activities_newest"),
        ),
        migrations.AddIndex(
            model_name="addresssynclog",
            index=models.Index(fields=["-started_at", "-id"], name="syncs_newest"),
        ),
        migrations.AddIndex(
            model_name="depositaddress",
            index=models.Index(fields=["-created_at", "-id"], name="addresses_newest"),
        ),
    ]
