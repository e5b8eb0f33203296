"""Refusals of the demo's faucet."""

from kernel.errors import BourseError


class FaucetClosed(BourseError):
    """This is no demo, or it has no simulated chain that carries the asset."""

    code = "FAUCET_CLOSED"
    status = 404
    message = "There is no faucet here."


class FaucetDry(BourseError):
    """The account has been given as much as the faucet gives within an hour."""

    code = "FAUCET_DRY"
    status = 429
    message = "The faucet has given you enough for now. Come back in an hour."
    retry_after = 3600
