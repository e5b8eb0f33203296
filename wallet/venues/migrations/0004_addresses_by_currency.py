"""A user's addresses in the order of their currencies."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("venues", "0003_newest_of_everybody"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="depositaddress",
            index=models.Index(
                condition=models.Q(("deleted_at", None)),
                fields=["user", "currency", "id"],
                name="address_of_user_by_currency",
            ),
        ),
    ]
