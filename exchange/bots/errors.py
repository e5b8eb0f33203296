"""Why a command did not do what it should."""


class BotError(Exception):
    """Anything that keeps a bot from trading for a moment."""


class Refused(BotError):
    """The exchange said no: `code` of docs/errors.md, and the seconds after which a repeat makes sense."""

    def __init__(self, code: str, retry_after: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after


class Unreachable(BotError):
    """No answer: what became of the command is unknown until the next snapshot."""
