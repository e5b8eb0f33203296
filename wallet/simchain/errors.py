"""What the simulated chain answers instead of a result: always a definite refusal, after which nothing has changed."""


class RequestRefused(Exception):
    """Refused with a code for programs, a sentence for people and an HTTP status. Nothing was done."""

    def __init__(self, code: str, message: str, *, status: int = 422) -> None:
        self.code = code
        self.message = message
        self.status = status
        super().__init__(f"{code}: {message}")


def malformed(message: str) -> RequestRefused:
    return RequestRefused("MALFORMED", message, status=400)


def not_found(what: str) -> RequestRefused:
    return RequestRefused("NOT_FOUND", f"There is no such {what}.", status=404)


def insufficient() -> RequestRefused:
    return RequestRefused("INSUFFICIENT_FUNDS", "The wallet holds less than the outputs and the fee.")
