"""Sets Django up; import it before anything that has models."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")
django.setup()
