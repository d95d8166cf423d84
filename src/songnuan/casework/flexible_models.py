"""Tables of flexible work (弹性工作): what was asked for, for whom, and what was decided about it since."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from songnuan.kernel.sealed import SealedField

PATTERN_LONGEST, WHY_LONGEST = 200, 400


class FlexibleForm(models.TextChoices):
    """How somebody works flexibly."""

    HOURS = "hours", pgettext_lazy("flexible work", "other working hours")
    REMOTE = "remote", pgettext_lazy("flexible work", "work from home")
    ROTA = "rota", pgettext_lazy("flexible work", "another rota")


class FlexibleStatus(models.TextChoices):
    """Where a request stands; once approved, it is an arrangement until it is ended or its days are over."""

    PENDING = "pending", pgettext_lazy("flexible work", "waits for approval")
    RETURNED = "returned", pgettext_lazy("flexible work", "returned")
    WITHDRAWN = "withdrawn", pgettext_lazy("flexible work", "withdrawn")
    APPROVED = "approved", pgettext_lazy("flexible work", "approved")
    ENDED = "ended", pgettext_lazy("flexible work", "ended early")


class FlexibleVerb(models.TextChoices):
    """What was decided about an arrangement."""

    BEGIN = "begin", pgettext_lazy("flexible work", "approved")
    GO_ON = "go_on", pgettext_lazy("flexible work", "goes on")
    CHANGE = "change", pgettext_lazy("flexible work", "changed")
    END = "end", pgettext_lazy("flexible work", "ended")


class Dependant(models.TextChoices):
    """Who has to be looked after."""

    CHILD = "child", pgettext_lazy("flexible work", "child")
    ELDER = "elder", pgettext_lazy("flexible work", "elder")


class _Terms(models.Model):
    """How somebody works: of `form`, on `weekdays` ("135"), between two minutes of the day, or by a rota."""

    form = models.CharField(max_length=8, choices=FlexibleForm)
    weekdays = models.CharField(max_length=7, default="")
    begins = models.PositiveSmallIntegerField(null=True)
    ends = models.PositiveSmallIntegerField(null=True)
    pattern = models.CharField(max_length=PATTERN_LONGEST, default="")

    class Meta:
        """A part of tables, no table."""

        abstract = True


def _whole(name: str) -> models.CheckConstraint:
    """Return the constraint that each form says what belongs to it, and nothing else."""
    hours = Q(
        form=FlexibleForm.HOURS, weekdays__gt="", begins__isnull=False, ends__gt=F("begins"), pattern=""
    )
    remote = Q(form=FlexibleForm.REMOTE, weekdays__gt="", begins__isnull=True, ends__isnull=True, pattern="")
    rota = Q(form=FlexibleForm.ROTA, weekdays="", begins__isnull=True, ends__isnull=True, pattern__gt="")
    return models.CheckConstraint(condition=hours | remote | rota, name=name)


class FlexibleRequest(_Terms):
    """What was asked for an employee, as it stood at `made_at`; `number` has no gaps in its plan.

    Only `status` moves. `reason` is what the family data told then, in a sentence, `facts` the same as data
    (JSON); `why` says why nobody else can look after them, `exception` why it is asked for though the family
    data do not allow it. These are sealed, and `sealed_digest` is over their blind indexes; `digest` is the
    SHA-256 (hex) over it and everything else, so that erasing what is sealed breaks no proof.
    """

    measure = models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    is_eligible = models.BooleanField()
    reason = SealedField(default="")
    facts = SealedField(default="")
    why = SealedField(default="")
    exception = SealedField(default="")
    sealed_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=FlexibleStatus, default=FlexibleStatus.PENDING)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        """One request of a person waits at a time; a period does not end before it starts."""

        constraints = [
            models.UniqueConstraint(fields=["measure", "number"], name="casework_flexible_number_once"),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(status=FlexibleStatus.PENDING),
                name="casework_flexible_one_pending",
            ),
            models.CheckConstraint(
                condition=Q(status__in=FlexibleStatus.values), name="casework_flexible_status"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="casework_flexible_period"),
            _whole("casework_flexible_terms"),
        ]
        indexes = [models.Index(fields=["status", "unit"], name="casework_flexible_standing")]


class FlexibleDependant(models.Model):
    """A child or an elder for whose sake flexible work is asked for. Append-only."""

    request = models.ForeignKey(FlexibleRequest, on_delete=models.PROTECT, related_name="dependants")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Dependant)

    class Meta:
        """Each stands once."""

        constraints = [
            models.UniqueConstraint(fields=["request", "person"], name="casework_flexible_dependant_once"),
            models.CheckConstraint(
                condition=Q(kind__in=Dependant.values), name="casework_flexible_dependant_kind"
            ),
        ]


class FlexibleAct(_Terms):
    """A decision about an arrangement, and how it stands from `from_on` on. Append-only.

    `review_on` is when it has to be looked at next, None where its last day comes before. `is_eligible` and
    `service_over` are what the family data told on that day; `words`, sealed, what was said.
    """

    request = models.ForeignKey(FlexibleRequest, on_delete=models.PROTECT, related_name="acts")
    verb = models.CharField(max_length=8, choices=FlexibleVerb)
    from_on = models.DateField()
    review_on = models.DateField(null=True)
    is_eligible = models.BooleanField()
    service_over = models.BooleanField()
    words = SealedField(default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """It begins once and ends once; what is ended is not looked at again."""

        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(verb=FlexibleVerb.BEGIN),
                name="casework_flexible_act_begins_once",
            ),
            models.UniqueConstraint(
                fields=["request"], condition=Q(verb=FlexibleVerb.END), name="casework_flexible_act_ends_once"
            ),
            models.CheckConstraint(
                condition=Q(verb__in=FlexibleVerb.values), name="casework_flexible_act_verb"
            ),
            models.CheckConstraint(
                condition=~Q(verb=FlexibleVerb.END) | Q(review_on__isnull=True),
                name="casework_flexible_act_ended",
            ),
            _whole("casework_flexible_act_terms"),
        ]
