from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "exchange"

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in

        from exchange.identity.welcome import welcome

        user_logged_in.connect(welcome, dispatch_uid="demo money")
