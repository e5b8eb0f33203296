"""Commands of one request: accepted in one commit, and their answers awaited together."""

import time
from collections.abc import Sequence
from typing import NamedTuple

from django.conf import settings

from matching.answers import Answer, wait_for_answer, wake_worker
from matching.services.accept import accept_commands
from matching.services.commands import Accepted, NewCommand, Receipt

MOST_TOGETHER = 100
"""Orders, or cancels, in one request."""


class CarriedOut(NamedTuple):
    """A command's receipt, and the engine's word on it where it was accepted, awaited and came in time."""

    receipt: Receipt
    answer: Answer | None


def carry_out(commands: Sequence[NewCommand], *, wait: bool) -> list[CarriedOut]:
    """Accept the commands and, if asked to, wait for what the engine says of them; all together no longer than of one.

    Refusals are receipts, as `accept_commands` has them, and it says what is raised.
    """
    with wait_for_answer(wanted=wait) as waiting:
        receipts = accept_commands(commands, reply_to=waiting.reply_to)
        accepted = [receipt for receipt in receipts if isinstance(receipt, Accepted)]
        for shard_name in {receipt.market.shard_name for receipt in accepted}:
            wake_worker(shard_name)
        until = time.monotonic() + settings.ANSWER_TIMEOUT_SECONDS
        answers = {receipt.command_id: waiting.result(receipt.command_id, until=until) for receipt in accepted}
    return [
        CarriedOut(receipt, answers[receipt.command_id] if isinstance(receipt, Accepted) else None)
        for receipt in receipts
    ]


def carry_out_one(command: NewCommand, *, wait: bool) -> CarriedOut:
    """As `carry_out`; raises what refuses the command."""
    (done,) = carry_out([command], wait=wait)
    if isinstance(done.receipt, Exception):
        raise done.receipt
    return done
