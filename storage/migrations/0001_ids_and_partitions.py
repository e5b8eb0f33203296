from django.db import migrations

from storage.partitions import ENSURE_PARTITIONS_SQL, NEXT_ID_SQL


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(NEXT_ID_SQL, "DROP FUNCTION bourse_next_id; DROP SEQUENCE bourse_id_counter"),
        migrations.RunSQL(ENSURE_PARTITIONS_SQL, "DROP FUNCTION bourse_ensure_partitions"),
    ]
