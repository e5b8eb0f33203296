from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class ExchangeConfig(AppConfig):
    name = "exchange"

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in

        from exchange.identity.welcome import welcome
        from exchange.staff.groups import make_staff_groups

        # The signal comes for apps with models only, in their order; `storage` is the last one, when all rights exist.
        post_migrate.connect(make_staff_groups, sender=apps.get_app_config("storage"))
        user_logged_in.connect(welcome, dispatch_uid="demo money")
