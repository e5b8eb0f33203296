from django.db import migrations

# A statement trigger over all new rows: a deferred trigger per row cost a third of the throughput.
FORWARDS = """
CREATE FUNCTION ledger_refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    offending record;
BEGIN
    SELECT entry_id, asset_id, sum(available_delta + locked_delta) AS remainder INTO offending
    FROM new_postings GROUP BY entry_id, asset_id HAVING sum(available_delta + locked_delta) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'journal entry % does not sum to zero in asset %: %',
            offending.entry_id, offending.asset_id, offending.remainder USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER posting_zero_sum AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS new_postings
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_unbalanced();
"""
BACKWARDS = "DROP TRIGGER posting_zero_sum ON ledger_posting; DROP FUNCTION ledger_refuse_unbalanced"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
