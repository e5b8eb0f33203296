"""Where codes by e-mail are asked for: what cannot be is refused at the start, not when somebody is locked out."""

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from accounts.second_factor.models import Purpose


@pytest.mark.parametrize("purposes", [[], ["withdrawal"]])
def test_what_can_be_asked_for_starts(settings: Settings, purposes: list[str]) -> None:
    settings.EMAIL_CODE_PURPOSES = purposes
    apps.get_app_config("accounts").ready()


@pytest.mark.parametrize(
    "purpose", ["withdrawals", "WITHDRAWAL", "", *(other for other in Purpose.values if other != Purpose.WITHDRAWAL)]
)
def test_what_nobody_could_give_a_code_for_does_not_start(settings: Settings, purpose: str) -> None:
    settings.EMAIL_CODE_PURPOSES = ["withdrawal", purpose]
    with pytest.raises(ImproperlyConfigured, match=f"EMAIL_CODE_PURPOSES has '{purpose}'.* withdrawal"):
        apps.get_app_config("accounts").ready()
