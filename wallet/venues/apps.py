"""Accounts that users hold at other exchanges ("venues" here, so that they are not confused with this one)."""

from django.apps import AppConfig


class VenuesConfig(AppConfig):
    name = "wallet.venues"
    label = "venues"
    verbose_name = "exchange accounts"
    default_auto_field = "django.db.models.BigAutoField"
