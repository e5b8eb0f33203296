"""One sync in a process of its own, for tests that kill it: `python -m tests.support.sync_process <sync id>`.

The exchange has as many currencies as it is told, and thinks about most of them for ever.
"""

import itertools
import os
import subprocess
import sys
import time
from uuid import UUID

from tests.support import databases

CURRENCIES = [f"C{number}" for number in range(60)]
QUICK, NEVER_SECONDS = 10, 600
"""So many of them are answered at once, and the others not before the process is killed."""


def start_sync(database: str, sync_id: UUID) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.sync_process", str(sync_id)],
        cwd=databases.ROOT,
        env=os.environ | {"DATABASE_URL": databases.app_url(database), "DJANGO_SETTINGS_MODULE": "exchange.settings"},
        stderr=subprocess.DEVNULL,
    )


def main() -> None:
    import django

    django.setup()
    from tests.support.told_venue import told_venue
    from wallet.venues.services.running import run_sync

    with told_venue() as venue:
        for number, currency in enumerate(CURRENCIES):
            venue.gives(currency, "ERC20", f"0x{number:040x}")

        asked = itertools.count()

        def think(_: str) -> None:
            if next(asked) >= QUICK:
                time.sleep(NEVER_SECONDS)

        venue.hook = think
        run_sync(sync_id=UUID(sys.argv[1]))


if __name__ == "__main__":
    main()
