from django.apps import AppConfig
from django.core.signals import request_started
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class StorageConfig(AppConfig):
    """Last of the apps in INSTALLED_APPS, so its post_migrate handler sees all tables."""

    name = "storage"

    def ready(self) -> None:
        from storage.connections import drop_dead_connection, widen_send_buffer
        from storage.grants import grant_app_role

        post_migrate.connect(grant_app_role, sender=self)
        connection_created.connect(widen_send_buffer)
        request_started.connect(drop_dead_connection)
