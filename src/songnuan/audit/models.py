"""Tables of the trail."""

from django.db import models


class Stream(models.Model):
    """The head of one chain. `seal` is an HMAC over name, length and head, under the trail key."""

    name = models.CharField(max_length=120, unique=True)
    length = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)


class Entry(models.Model):
    """One link. `at` is the act's time, `entered_at` the machine's own, which no demo offset moves.

    `digest` is an HMAC over the link, its place and `previous`, under the trail key.
    """

    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="entries")
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    entered_at = models.DateTimeField()
    actor_key = models.CharField(max_length=60)
    actor_label = models.CharField(max_length=120)
    action = models.CharField(max_length=80)
    subject = models.CharField(max_length=120)
    facts = models.TextField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        """A place in a chain is taken once."""

        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="audit_entry_once")]
        indexes = [
            models.Index(fields=["subject"], name="audit_entry_subject"),
            models.Index(fields=["actor_key"], name="audit_entry_actor"),
        ]
