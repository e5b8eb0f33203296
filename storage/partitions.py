"""Tables range-partitioned by their time-ordered id, one partition a month.

The partition key is the single-column primary key (`kernel.ids`), so Django and its admin see ordinary tables. A
default partition takes what no month covers; `bourse_ensure_partitions()` makes the months ahead and runs with its
owner's rights, so the processes' login can call it without being able to alter tables.
"""

from typing import Any

from django.db import connection, migrations

from kernel.ids import COUNTER_BITS, EPOCH_MS, WRITER_BITS

NEXT_ID_SQL = f"""
CREATE SEQUENCE bourse_id_counter;
CREATE FUNCTION bourse_next_id() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT ((extract(epoch FROM clock_timestamp()) * 1000)::bigint - {EPOCH_MS} << {WRITER_BITS + COUNTER_BITS})
           | (nextval('bourse_id_counter') & {(1 << COUNTER_BITS) - 1})
$$;
"""
"""Ids of writer 0: given by the database, in the transaction that inserts the row."""

ENSURE_PARTITIONS_SQL = f"""
CREATE FUNCTION bourse_ensure_partitions(months_ahead integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    parent record; month timestamptz; partition_name text; lower_id bigint; upper_id bigint; made integer := 0;
BEGIN
    FOR parent IN SELECT c.relname FROM pg_partitioned_table p JOIN pg_class c ON c.oid = p.partrelid
                  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' LOOP
        FOR step IN 0..months_ahead LOOP
            month := date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + make_interval(months => step);
            partition_name := parent.relname || to_char(month AT TIME ZONE 'UTC', '"_"YYYY_MM');
            CONTINUE WHEN to_regclass('public.' || quote_ident(partition_name)) IS NOT NULL;
            lower_id := (extract(epoch FROM month) * 1000)::bigint - {EPOCH_MS} << {WRITER_BITS + COUNTER_BITS};
            upper_id := (extract(epoch FROM month + interval '1 month') * 1000)::bigint - {EPOCH_MS}
                        << {WRITER_BITS + COUNTER_BITS};
            EXECUTE format('CREATE TABLE public.%I PARTITION OF public.%I FOR VALUES FROM (%s) TO (%s)',
                           partition_name, parent.relname, lower_id, upper_id);
            made := made + 1;
        END LOOP;
    END LOOP;
    RETURN made;
END $$;
"""


class CreatePartitionedModel(migrations.CreateModel):
    """CreateModel whose table is partitioned by range of its primary key, with a default partition."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        sql, params = schema_editor.table_sql(model)
        key = schema_editor.quote_name(model._meta.pk.column)
        table = schema_editor.quote_name(model._meta.db_table)
        rest = schema_editor.quote_name(f"{model._meta.db_table}_rest")
        schema_editor.execute(f"{sql} PARTITION BY RANGE ({key})", params or None)
        schema_editor.execute(f"CREATE TABLE {rest} PARTITION OF {table} DEFAULT")
        schema_editor.deferred_sql.extend(schema_editor._model_indexes_sql(model))

    def describe(self) -> str:
        return f"Create partitioned model {self.name}"


def ensure_partitions(*, months_ahead: int) -> int:
    """Make the partitions of this month and the next ones; returns how many were missing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT bourse_ensure_partitions(%s)", [months_ahead])
        return int(cursor.fetchone()[0])
