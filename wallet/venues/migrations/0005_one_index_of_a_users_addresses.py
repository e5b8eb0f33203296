"""A user's addresses by one index: with two the server chose the one that does not have them in order."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("venues", "0004_addresses_by_currency"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(model_name="depositaddress", name="address_of_user"),
        migrations.AddIndex(
            model_name="depositaddress",
            index=models.Index(fields=["user", "-created_at", "-id"], name="address_of_user"),
        ),
        migrations.AlterField(
            model_name="depositaddress",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
