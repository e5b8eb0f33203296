"""A pytest plugin, imported before the settings: each parallel test process gets a Redis database of its own."""

import os

REDIS_DATABASES = 16

# The controlling process imports this first and its workers inherit what it set: the bare address is kept beside it.
_server = os.environ.setdefault("TEST_REDIS_SERVER", os.environ.get("REDIS_URL", "")).rstrip("/")
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw") or 0)
if _server:
    _database = _worker % (REDIS_DATABASES - 1) + 1
    os.environ["REDIS_URL"] = f"{_server}?db={_database}" if _server.startswith("unix") else f"{_server}/{_database}"
# A machine that stands still for seconds has lost neither Redis nor a worker. Tests of waiting in vain name their time.
os.environ.setdefault("REDIS_PATIENCE_SECONDS", "20")
os.environ.setdefault("ANSWER_TIMEOUT_SECONDS", "60")
os.environ.setdefault("SECRET_KEY", "tests")
os.environ.setdefault("FIELD_ENCRYPTION_KEYS", "t1:dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q=")
