"""One round of payouts in a process of its own, for tests that kill it: `python -m tests.support.payout_process`."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support import databases


def run_round(database: str, far_end: Path, *, is_idempotent: bool, failpoint: str = "") -> int:
    """Start the process and wait until it ends; its exit code, minus the signal where one ended it."""
    finished = subprocess.run(
        [sys.executable, "-m", "tests.support.payout_process", str(far_end), "1" if is_idempotent else ""],
        cwd=databases.ROOT,
        env=os.environ
        | {
            "DATABASE_URL": databases.app_url(database),
            "BOURSE_FAILPOINT": failpoint,
            "DJANGO_SETTINGS_MODULE": "exchange.settings",
        },
        stderr=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )
    return finished.returncode


def main() -> None:
    import django

    django.setup()
    from tests.support.payout_rail import FileRail
    from wallet.models import Rail
    from wallet.services.payouts import send_payouts_of

    path, is_idempotent = sys.argv[1:]
    send_payouts_of(Rail.objects.get(), FileRail(Path(path), is_payout_idempotent=bool(is_idempotent)))


if __name__ == "__main__":
    main()
