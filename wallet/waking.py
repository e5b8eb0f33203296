"""Waking the balance processor: a task on its queue as soon as something was asked of it.

The truth is in the log; a wake-up that gets lost costs two seconds, until beat sends the next one.
"""

import logging
from functools import cache

import redis
from django.conf import settings
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

TASK = "wallet.tasks.process_operations"
QUEUE = "funds"
WAKE_KEY = "wake:funds"
"""There while a wake-up waits in the queue: one serves all who ask until it is taken."""
WAKE_SECONDS = 2


@cache
def redis_client() -> "redis.Redis":
    """A client that gives up soon: nothing in Redis is the truth."""
    # Twice: what is not told now is told late, or not at all.
    patience = 2 * settings.REDIS_PATIENCE_SECONDS
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=patience, socket_connect_timeout=patience)


def wake_processor() -> None:
    """Have the processor look at the log. Never raises."""
    try:
        if redis_client().set(WAKE_KEY, 1, nx=True, ex=WAKE_SECONDS):
            # By name, and through our own application: a web process has loaded no other.
            import_string(settings.TASK_SENDER).send_task(TASK, queue=QUEUE, retry=False, expires=WAKE_SECONDS)
    except (redis.RedisError, OperationalError, OSError):
        log.warning("the balance processor was not woken: Redis is away")


def take_wake_up() -> None:
    """From here on a new request sends a wake-up of its own. Never raises."""
    try:
        redis_client().delete(WAKE_KEY)
    except redis.RedisError:
        log.warning("wake-ups of the balance processor cannot be counted: Redis is away")
