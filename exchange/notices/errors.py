"""Refusals about notices."""

from kernel.errors import BourseError


class NoticeInvalid(BourseError):
    """A notice cannot be as it was written; `details.fields` says which part and why."""

    code = "NOTICE_INVALID"
    status = 422
    message = "This notice cannot be."


class NoticeStateConflict(BourseError):
    """It was published or withdrawn before, and that happens once."""

    code = "NOTICE_STATE_CONFLICT"
    status = 409
    message = "This was done before, or the notice has been withdrawn."
