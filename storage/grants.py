"""What the login the processes run as may do: everything to ordinary rows, only read and add to history.

Runs after every `migrate`, which the owner performs, so a new table never stays without its rule.
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections

from storage.models import AppendOnlyModel

READ_AND_ADD = "SELECT, INSERT"
EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"


def grant_app_role(using: str = "default", **_signal: Any) -> None:
    """Give `settings.DATABASE_APP_ROLE` its privileges; does nothing where the owner itself is the only login."""
    role = settings.DATABASE_APP_ROLE
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT current_user = %s, EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role, role])
        is_owner, exists = cursor.fetchone()
        if is_owner or not exists:
            return
        quote = connections[using].ops.quote_name
        name = quote(role)
        existing = set(connections[using].introspection.table_names(cursor))
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}")
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if table not in existing:
                continue
            cursor.execute(f"REVOKE ALL ON {quote(table)} FROM {name}")
            rights = READ_AND_ADD if issubclass(model, AppendOnlyModel) else EVERYTHING
            cursor.execute(f"GRANT {rights} ON {quote(table)} TO {name}")
        cursor.execute(f"GRANT SELECT ON django_migrations TO {name}")
        cursor.execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {name}")
