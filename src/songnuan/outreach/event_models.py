"""Tables of events: who is invited, what they answered, and who came."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from songnuan.kernel.sealed import SealedField
from songnuan.organisation.models import User
from songnuan.outreach.event_rules import Answer, Came, Capacity
from songnuan.plans.models import Measure


class EventStatus(models.TextChoices):
    """Where an event stands."""

    PLANNED = "planned", pgettext_lazy("event", "planned")
    HELD = "held", pgettext_lazy("event", "held")
    CANCELLED = "cancelled", pgettext_lazy("event", "cancelled")


class AnswerGiven(models.TextChoices):
    """What somebody answered to an invitation."""

    YES = Answer.YES.value, pgettext_lazy("invitation", "comes")
    NO = Answer.NO.value, pgettext_lazy("invitation", "does not come")
    DEPUTY = Answer.DEPUTY.value, pgettext_lazy("invitation", "sends a deputy")


class WhoCame(models.TextChoices):
    """Who came to an event for an invitation."""

    SELF = Came.SELF.value, pgettext_lazy("event", "came")
    DEPUTY = Came.DEPUTY.value, pgettext_lazy("event", "a deputy came")
    NOBODY = Came.NOBODY.value, pgettext_lazy("event", "nobody came")


class As(models.TextChoices):
    """As what somebody is invited."""

    CHAIR = Capacity.CHAIR.value, pgettext_lazy("invited as", "chair of the union")
    COMMITTEE = Capacity.COMMITTEE.value, pgettext_lazy("invited as", "member of the union's committee")
    LEADER = Capacity.LEADER.value, pgettext_lazy("invited as", "representative of the leaders")
    GUEST = Capacity.GUEST.value, pgettext_lazy("invited as", "guest")


def _user(*, may_lack: bool = False) -> "models.ForeignKey[User | None, User | None]":
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=may_lack
    )


class Event(models.Model):
    """Something that takes place under a measure. `sequence` counts its changes, for calendars."""

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=80)
    place = models.CharField(max_length=80)
    words = models.CharField(max_length=400, default="")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    status = models.CharField(max_length=9, choices=EventStatus, default=EventStatus.PLANNED)
    sequence = models.PositiveIntegerField(default=0)
    made_by = _user()
    made_at = models.DateTimeField()
    remark = models.CharField(max_length=400, default="")
    ended_by = _user(may_lack=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """It ends after it begins; what was held or cancelled is said to be so by somebody."""

        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("begins_at")) & ~Q(title="") & ~Q(place=""),
                name="outreach_event_whole",
            ),
            models.CheckConstraint(
                condition=Q(status=EventStatus.PLANNED, ended_at__isnull=True, ended_by__isnull=True)
                | Q(
                    status__in=[EventStatus.HELD, EventStatus.CANCELLED],
                    ended_at__isnull=False,
                    ended_by__isnull=False,
                ),
                name="outreach_event_ended",
            ),
        ]


class Invitation(models.Model):
    """Somebody is invited: a user, or a person of the register who answers by the `code` of a link.

    `answer` is the last one, by the invited; `deputy` (sealed) whom they send. `code` and `deputy` may be
    emptied.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="invitations")
    capacity = models.CharField(max_length=9, choices=As)
    user = _user(may_lack=True)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", null=True)
    code = models.CharField(max_length=24, unique=True, null=True)  # noqa: DJ001 - a code or none
    invited_by = _user()
    invited_at = models.DateTimeField()
    answer = models.CharField(max_length=6, choices=AnswerGiven, default="")
    answered_at = models.DateTimeField(null=True)
    deputy = SealedField(null=True)
    came = models.CharField(max_length=6, choices=WhoCame, default="")
    came_by = _user(may_lack=True)
    came_at = models.DateTimeField(null=True)

    class Meta:
        """Everybody is invited once; who answered, and who came, is said with its time."""

        constraints = [
            models.UniqueConstraint(
                fields=["event", "user"], condition=Q(user__isnull=False), name="outreach_invited_user"
            ),
            models.UniqueConstraint(
                fields=["event", "person"], condition=Q(person__isnull=False), name="outreach_invited_person"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, person__isnull=True)
                | Q(user__isnull=True, person__isnull=False),
                name="outreach_invited_one",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True, deputy__isnull=True)
                | (Q(answered_at__isnull=False, answer=AnswerGiven.DEPUTY))
                | Q(
                    answered_at__isnull=False,
                    answer__in=[AnswerGiven.YES, AnswerGiven.NO],
                    deputy__isnull=True,
                ),
                name="outreach_invited_answer",
            ),
            models.CheckConstraint(
                condition=Q(came="", came_at__isnull=True, came_by__isnull=True)
                | (~Q(came="") & Q(came_at__isnull=False, came_by__isnull=False)),
                name="outreach_invited_came",
            ),
        ]
