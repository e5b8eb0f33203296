from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wallet", "0010_frozen_since_and_reversed_once")]

    operations = [
        migrations.AddField(
            model_name="bankentry",
            name="booking_id",
            field=models.CharField(blank=True, default="", max_length=128),
        ),
        migrations.AddIndex(
            model_name="bankentry",
            index=models.Index(fields=["rail", "booking_id"], name="bank_entries_of_booking"),
        ),
    ]
