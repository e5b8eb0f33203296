"""Rights to exchange accounts for groups of staff that were there before exchange accounts were.

A new installation makes its groups with them. One that has some of these rights already is as its superusers want it.
"""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

_LOOK = (
    "view_exchangeaccount",
    "view_supportedexchange",
    "view_depositaddress",
    "view_addressmark",
    "view_addresssynclog",
    "view_addressactivitylog",
)
RIGHTS = {
    "Support": (*_LOOK, "sync_exchangeaccount"),
    "Compliance": (*_LOOK, "sync_exchangeaccount", "change_addressmark"),
    "Auditor": _LOOK,
}


def give_rights(apps, schema_editor):
    database = schema_editor.connection.alias
    groups = list(apps.get_model("auth", "Group").objects.using(database).filter(name__in=RIGHTS))
    groups = [group for group in groups if not group.permissions.filter(content_type__app_label="venues").exists()]
    if not groups:
        return
    # Rights are made after all migrations otherwise.
    create_permissions(installed.get_app_config("venues"), apps=apps, using=database, verbosity=0)
    known = apps.get_model("auth", "Permission").objects.using(database).filter(content_type__app_label="venues")
    for group in groups:
        group.permissions.add(*known.filter(codename__in=RIGHTS[group.name]))


class Migration(migrations.Migration):
    dependencies = [
        ("venues", "0007_when_a_sync_will_end"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give_rights, migrations.RunPython.noop)]
