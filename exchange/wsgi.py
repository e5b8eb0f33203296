"""WSGI entry point: REST, admin and the page, served by granian."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")

application = get_wsgi_application()

from wallet.venues.exchanges.making import load_ahead  # noqa: E402  after Django is set up

# What is loaded now stays for the life of the process: without this the collector walks all of it every few requests.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 100)
load_ahead()
