from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0009_last_call_of_a_payout"),
    ]

    operations = [
        migrations.AddField(
            model_name="rail",
            name="payouts_frozen_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="bankstatementimport",
            name="covers_until",
            field=models.DateField(null=True),
        ),
        migrations.RemoveConstraint(
            model_name="bankpayout",
            name="bank_payout_paid_by_a_file",
        ),
        migrations.AddConstraint(
            model_name="bankpayout",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "IN_FILE"), _negated=True) | models.Q(("file__isnull", False)),
                name="bank_payout_in_a_file",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_approved__isnull", True), ("is_approved", True), _connector="OR"),
                fields=("reverses_entry_id",),
                name="entry_reversed_once",
            ),
        ),
        migrations.AddField(
            model_name="payoutstatement",
            name="period",
            field=models.PositiveSmallIntegerField(default=1),
        ),
    ]
