"""How processes compute with decimals. Not in the kernel: it changes the state of its process."""

import decimal

from kernel.units import EXACT


def install_decimal_context() -> None:
    """Make this thread and all later ones compute decimals exactly or not at all.

    Python's default context keeps 28 digits and rounds the rest away without a word; sums over many accounts are
    longer than that.
    """
    decimal.DefaultContext.prec = EXACT.prec
    decimal.DefaultContext.traps[decimal.Inexact] = True
    decimal.setcontext(decimal.DefaultContext.copy())
