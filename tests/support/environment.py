"""A pytest plugin, imported before the settings: each parallel test process gets a Redis database of its own."""

import os

REDIS_DATABASES = 16

_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
_number = int(_worker.removeprefix("gw") or 0) % (REDIS_DATABASES - 1) + 1
if "REDIS_URL" in os.environ and "db=" not in os.environ["REDIS_URL"]:
    _url = os.environ["REDIS_URL"].rstrip("/")
    os.environ["REDIS_URL"] = f"{_url}?db={_number}" if _url.startswith("unix") else f"{_url}/{_number}"
os.environ.setdefault("SECRET_KEY", "tests")
os.environ.setdefault("FIELD_ENCRYPTION_KEYS", "t1:dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q=")
