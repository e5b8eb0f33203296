"""What the journal refuses."""

from kernel.errors import BourseError


class EntryUnbalanced(BourseError):
    """The postings of an entry do not sum to zero in some asset."""

    code = "ENTRY_UNBALANCED"
    status = 500
    message = "A journal entry did not balance and was not written."
