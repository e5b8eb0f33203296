"""The Celery application of all workers and of beat."""

import os

from celery import Celery
from celery.schedules import crontab
from django.conf import settings

import exchange.observability.celery_context  # noqa: F401  connects signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")

app = Celery("bourse")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["wallet.proofs"])
# Here and not in the settings, because every process and command reads those and few need Celery's schedules.
app.conf.beat_schedule["verify the books"] = {
    "task": "exchange.tasks.verify_due_books",
    "schedule": 300.0,
    "options": {"expires": 300.0},
}
app.conf.beat_schedule["verify what changed in the books"] = {
    "task": "exchange.tasks.verify_changed_books",
    "schedule": settings.VERIFY_CHANGES_SECONDS,
    "options": {"expires": settings.VERIFY_CHANGES_SECONDS},
}
app.conf.beat_schedule["recompute fee tiers"] = {
    "task": "matching.tasks.recompute_tiers",
    "schedule": crontab(hour=0, minute=10),
}
app.conf.beat_schedule["publish liabilities"] = {
    "task": "wallet.proofs.tasks.publish_due_liabilities",
    "schedule": 600.0,
    "options": {"expires": 600.0},
}
app.steps["worker"].add("matching.worker.bootstep:MatchingStep")
app.steps["worker"].add("exchange.giving_way:GivingWayStep")
