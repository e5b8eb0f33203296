"""ASGI entry point: the streams, served by daphne (`python -m exchange.streams`)."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")
django.setup()

from exchange.streams.application import application  # noqa: E402  its models need Django

__all__ = ["application"]
