"""One round of payouts in a process of its own, for tests that kill it: `python -m tests.support.payout_process`."""

import sys
from pathlib import Path

from tests.support.child_process import start


def run_round(database: str, far_end: Path, *, is_idempotent: bool, failpoint: str = "") -> int:
    """Start the process and wait until it ends; its exit code, minus the signal where one ended it."""
    process = start(
        "tests.support.payout_process",
        str(far_end),
        "1" if is_idempotent else "",
        database=database,
        failpoint=failpoint,
    )
    try:
        return process.wait(120)
    finally:
        process.kill()


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
