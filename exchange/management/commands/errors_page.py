"""Writes docs/errors.md from the error classes, so no code is ever undocumented."""

import importlib
import pkgutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from kernel.errors import BourseError

PACKAGES = ("kernel", "storage", "accounts", "ledger", "risk", "matching", "marketdata", "wallet", "exchange")
SKIPPED = frozenset({"migrations", "management", "embedded", "asgi", "wsgi", "celery"})
"""Modules that do something when they are imported, or cannot hold an error of the API."""

HEADER = """# Errors

Every refusal, over REST and over the WebSocket, has this shape:

```json
{
  "error": {
    "code": "INSUFFICIENT_BALANCE",
    "message": "A sentence for people.",
    "details": {"asset": "USDT", "required": "20.00", "available": "3.10"},
    "request_id": "0f6c1f0e5d6b4f7f9c7f0e5d6b4f7f9c",
    "timestamp": "2026-01-20T14:25:00.000000Z"
  }
}
```

Act on `code`: it is stable and always has the same HTTP status. `message` may change. `retry_after` (seconds, also in
the header `Retry-After`) is there where a repeat makes sense. `request_id` is in the header `X-Request-Id` too; give it
to support. A refused request changed nothing.

This page is generated from the error classes by `./bourse manage errors_page`.

| status | code | message | when |
| --- | --- | --- | --- |
"""


def all_errors() -> list[type[BourseError]]:
    """Every error class of the product, by status and code."""
    for package in PACKAGES:
        _import_all(package)
    found: list[type[BourseError]] = []
    waiting: list[type[BourseError]] = [BourseError]
    while waiting:
        error = waiting.pop()
        waiting.extend(error.__subclasses__())
        if error is not BourseError and error.__module__.partition(".")[0] in PACKAGES:
            found.append(error)
    return sorted(set(found), key=lambda error: (error.status, error.code, error.__module__, error.__qualname__))


def errors_page() -> str:
    """The page as it should be."""
    rows = []
    for error in all_errors():
        when = " ".join((error.__doc__ or "").split("\n\n")[0].split())
        cells = (str(error.status), f"`{error.code}`", error.message, when)
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return HEADER + "\n".join(rows) + "\n"


def page_path() -> Path:
    return Path(settings.BASE_DIR) / "docs" / "errors.md"


def _import_all(package: str) -> None:
    module = importlib.import_module(package)
    for found in pkgutil.iter_modules(module.__path__, f"{package}."):
        if found.name.rpartition(".")[2] in SKIPPED:
            continue
        if found.ispkg:
            _import_all(found.name)
        else:
            importlib.import_module(found.name)


class Command(BaseCommand):
    help = "Write docs/errors.md from the error classes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Only say whether the page is up to date.")

    def handle(self, *args: Any, **options: Any) -> None:
        page = errors_page()
        if options["check"]:
            if page_path().read_text() != page:
                raise SystemExit("docs/errors.md is out of date: run ./bourse manage errors_page")
            return
        page_path().write_text(page)
        self.stdout.write(f"{page_path()} written")
