"""What was answered to requests that carry a key under which they may be repeated."""

from django.conf import settings
from django.db import models


class GivenAnswer(models.Model):
    """The first answer to a request. Of what was asked only a keyed digest is kept: there are secrets in it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    request_id = models.CharField(max_length=100)
    """The client's own, in the header Idempotency-Key."""
    input_hash = models.BinaryField(max_length=32)
    """Of the kind of request and its content, under a key of ours: it tells nobody what the content was."""
    content = models.TextField()
    """JSON as it was answered."""
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "request_id"], name="answer_once")]

    def __str__(self) -> str:
        return self.request_id
