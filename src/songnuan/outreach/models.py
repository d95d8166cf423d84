"""Tables of reminders that leave the house."""

from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import Q

from songnuan.jobs.models import OutboxMessage
from songnuan.outreach import (  # noqa: F401 - tables of lessons, courses and events
    course_models,
    event_models,
    lesson_models,
    material_models,
    robot_models,
    sending_models,
)

QUIET_FROM, QUIET_UNTIL, DIGEST_AT = time(21), time(7, 30), time(8, 15)


class Wishes(models.Model):
    """How somebody wants to be reminded. Times are China's; equal ends of the quiet hours mean none.

    `at_once`: each notice goes out as it comes, instead of the normal ones once a day together.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at_once = models.BooleanField(default=False)
    quiet_from = models.TimeField(default=QUIET_FROM)
    quiet_until = models.TimeField(default=QUIET_UNTIL)
    digest_at = models.TimeField(default=DIGEST_AT)
    changed_at = models.DateTimeField()


class Way(models.Model):
    """One way by which a user is reached outside the house, while `is_on`.

    `address_digest` is the blind index of the address that was confirmed: another address in the account
    counts as none until it is confirmed. `since`: only notices from then on. `refused_at`: the last letter
    was refused for good, which turned it off. `digest_on` is the day of the last digest, also where there
    was nothing to say; `turn` counts the looks at it, so that of two at once one goes on.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=20)
    is_on = models.BooleanField(default=True)
    address_digest = models.CharField(max_length=64, default="")
    since = models.DateTimeField()
    refused_at = models.DateTimeField(null=True)
    digest_on = models.DateField(null=True)
    turn = models.PositiveBigIntegerField(default=0)

    class Meta:
        """One row for each user and channel; what is on was not refused."""

        constraints = [
            models.UniqueConstraint(fields=["user", "channel"], name="outreach_way_once"),
            models.CheckConstraint(
                condition=Q(is_on=False) | Q(refused_at__isnull=True), name="outreach_way_on_not_refused"
            ),
        ]


class AddressCode(models.Model):
    """A code sent to an address to see that its owner reads it; codes and addresses as blind indexes."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=20)
    address_digest = models.CharField(max_length=64)
    code_digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        """The newest of a user is looked for."""

        indexes = [models.Index(fields=["user", "sent_at"], name="outreach_code_user")]


class LetterKind(models.TextChoices):
    """What a letter holds: notices that go out at once, mostly one alone, or what is due and new in a day."""

    ALONE = "alone"
    DIGEST = "digest"


class Letter(models.Model):
    """A message of the outbox that passes notices on; `day` is China's.

    `settled_at`: it could not be sent, and what follows from that was done.
    """

    way = models.ForeignKey(Way, on_delete=models.PROTECT, related_name="letters")
    message = models.OneToOneField(OutboxMessage, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=LetterKind)
    day = models.DateField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """One digest a day."""

        constraints = [
            models.UniqueConstraint(
                fields=["way", "day"], condition=Q(kind=LetterKind.DIGEST), name="outreach_digest_once"
            )
        ]


class Passed(models.Model):
    """A notice that has left by a channel; without a letter it was left out, being done meanwhile."""

    message = models.ForeignKey(OutboxMessage, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=20)
    letter = models.ForeignKey(Letter, null=True, on_delete=models.PROTECT, related_name="passed")

    class Meta:
        """Once for each notice and channel."""

        constraints = [models.UniqueConstraint(fields=["message", "channel"], name="outreach_passed_once")]
