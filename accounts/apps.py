from django.apps import AppConfig
from django.conf import settings


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts.second_factor.selectors import require_purposes_with_email_code

        require_purposes_with_email_code(settings.EMAIL_CODE_PURPOSES)
