"""Imported by the process that the processes of tests are forked from: Django and the models, but no connection."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")
django.setup()
