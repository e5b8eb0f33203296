"""Tiers get their volumes, and tiers that were given by hand stay: the table as it was goes on to hold."""

from decimal import Decimal
from typing import Any

from django.db import migrations

VOLUMES = {2: "100000", 3: "1000000", 4: "10000000", 5: "50000000"}


def set_volumes(apps: Any, schema_editor: Any) -> None:
    tiers = apps.get_model("matching", "FeeTier")
    for tier, volume in VOLUMES.items():
        tiers.objects.filter(tier=tier).update(min_volume=Decimal(volume))


def keep_tiers_given_by_hand(apps: Any, schema_editor: Any) -> None:
    exceptions = apps.get_model("matching", "FeeException")
    changes = apps.get_model("accounts", "AccountChange")
    for user in apps.get_model("accounts", "User").objects.exclude(fee_tier=1).order_by("pk"):
        last = changes.objects.filter(user=user, field="fee_tier").order_by("-pk").first()
        exceptions.objects.create(
            user=user,
            tier=user.fee_tier,
            set_by_id=last.by_id if last else None,
            reason=last.reason if last else "was in this tier before tiers went by volume",
        )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_staff_actions"),
        ("matching", "0003_fees"),
    ]

    operations = [
        migrations.RunPython(set_volumes, migrations.RunPython.noop),
        migrations.RunPython(keep_tiers_given_by_hand, migrations.RunPython.noop),
    ]
