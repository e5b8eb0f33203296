"""Groups of staff of an installation that is older than exchange accounts get the rights to them, once."""

from importlib import import_module

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from exchange.staff.groups import GROUPS

migration = import_module("wallet.venues.migrations.0008_rights_of_staff")
pytestmark = pytest.mark.django_db


def upgrade() -> None:
    """With the models as the migration finds them."""
    executor = MigrationExecutor(connection)
    before = executor.loader.project_state([("venues", "0007_when_a_sync_will_end")]).apps
    with connection.schema_editor() as editor:
        migration.give_rights(before, editor)


def rights_of(name: str) -> set[str]:
    held = Group.objects.get(name=name).permissions.filter(content_type__app_label="venues")
    return {f"venues.{codename}" for codename in held.values_list("codename", flat=True)}


def test_they_are_those_of_a_new_installation() -> None:
    wanted = {name: {right for right in rights if right.startswith("venues.")} for name, rights in GROUPS.items()}
    assert {name: rights_of(name) for name in GROUPS} == wanted
    others = {name: Group.objects.get(name=name).permissions.count() for name in GROUPS}
    for group in Group.objects.all():
        group.permissions.remove(*group.permissions.filter(content_type__app_label="venues"))
    Permission.objects.filter(content_type__app_label="venues").delete()
    upgrade()
    assert {name: rights_of(name) for name in GROUPS} == wanted
    assert {name: Group.objects.get(name=name).permissions.count() for name in GROUPS} == others


def test_a_group_that_has_some_keeps_what_it_has() -> None:
    support = Group.objects.get(name="Support")
    support.permissions.remove(Permission.objects.get(codename="sync_exchangeaccount"))
    before = rights_of("Support")
    upgrade()
    assert rights_of("Support") == before


def test_groups_that_are_not_there_are_not_made() -> None:
    Group.objects.all().delete()
    upgrade()
    assert not Group.objects.exists()
