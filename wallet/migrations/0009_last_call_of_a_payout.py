from typing import Any

from django.db import migrations, models
from django.utils import timezone

UNDER_WAY = ["SENDING", "UNKNOWN", "SENT"]


def take_calls_as_just_begun(apps: Any, schema_editor: Any) -> None:
    """When the last call was made is not known, so it may still arrive; what the rail has not taken was never made."""
    withdrawals = apps.get_model("wallet", "Withdrawal").objects.filter(state__in=UNDER_WAY)
    withdrawals.exclude(state="SENDING", waits_for="NOT_TAKEN").update(called_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("wallet", "0008_lighter_hot_rows")]

    operations = [
        migrations.AddField("withdrawal", "called_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(take_calls_as_just_begun, migrations.RunPython.noop),
    ]
