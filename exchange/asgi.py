"""ASGI entry point: the streams, served by daphne."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")

application = ProtocolTypeRouter({"http": get_asgi_application()})
