"""The Celery application of all workers and of beat."""

import os

from celery import Celery
from celery.schedules import crontab

import exchange.observability.celery_context  # noqa: F401  connects signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")

app = Celery("bourse")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["wallet.proofs"])
# Here and not in the settings, because every process and command reads those and few need Celery's schedules.
app.conf.beat_schedule["verify the books"] = {
    "task": "exchange.tasks.verify_books",
    "schedule": crontab(hour=3, minute=17),
}
app.conf.beat_schedule["verify what changed in the books"] = {
    "task": "exchange.tasks.verify_changed_books",
    "schedule": 60.0,
    "options": {"expires": 60.0},
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
