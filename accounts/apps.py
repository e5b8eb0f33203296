from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        import accounts.api.schema  # noqa: F401  registers how the OpenAPI description names our authentication
