"""The Celery application of all workers and of beat."""

import os

from celery import Celery

import exchange.observability.celery_context  # noqa: F401  connects signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")

app = Celery("bourse")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add("matching.worker.bootstep:MatchingStep")
