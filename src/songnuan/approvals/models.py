"""Tables of chains, requests and acts on them, and of offices handed to others for a time."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from songnuan.approvals import hold_models  # noqa: F401 - the tables of holds

OPEN = Q(ends_on__isnull=True)


class RequestStatus(models.TextChoices):
    """Where a request stands."""

    PENDING = "pending", _("waiting for approval")
    APPROVED = "approved", _("approved")
    RETURNED = "returned", _("returned")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Verb(models.TextChoices):
    """What a person can do about a request."""

    REQUEST = "request", _("asked for approval")
    APPROVE = "approve", _("approved")
    RETURN = "return", _("returned")


class StepKind(models.TextChoices):
    """What is done at one step of a chain: 核稿, 会签, 签发."""

    REVIEW = "review", pgettext_lazy("step", "review")
    COUNTERSIGN = "countersign", pgettext_lazy("step", "countersign")
    SIGN = "sign", pgettext_lazy("step", "sign")


class DelegationStatus(models.TextChoices):
    """Where a delegation stands; whether it is in force is a question of its days as well."""

    OFFERED = "offered", pgettext_lazy("delegation", "waits to be accepted")
    ACCEPTED = "accepted", pgettext_lazy("delegation", "accepted")
    DECLINED = "declined", pgettext_lazy("delegation", "declined")
    ENDED = "ended", pgettext_lazy("delegation", "ended early")


class Chain(models.Model):
    """The steps that requests of one kind go through below a unit, in one period of days.

    `plan_kind` is the kind of plan they are for; empty for every kind that has no chain of its own here.
    """

    kind = models.CharField(max_length=40)
    plan_kind = models.CharField(max_length=20, default="")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        """A unit has one chain for both kinds at a time; one replaced on its first day was never in force."""

        constraints = [
            models.UniqueConstraint(
                fields=["kind", "unit", "plan_kind"], condition=OPEN, name="approvals_chain_one_open"
            ),
            models.CheckConstraint(
                condition=OPEN | Q(ends_on__gte=F("starts_on")), name="approvals_chain_period"
            ),
        ]


class ChainStep(models.Model):
    """One step of a chain. Without a unit, it is the unit that the request is about. Append-only."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=StepKind)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        """Steps stand in order."""

        constraints = [
            models.UniqueConstraint(fields=["chain", "position"], name="approvals_chain_step_place"),
            models.CheckConstraint(condition=Q(kind__in=StepKind.values), name="approvals_chain_step_kind"),
        ]


class Request(models.Model):
    """A thing put up for approval, as it stood on the day.

    `subject` names it ("plans.plan:front-line-visits@2"), `digest` is the SHA-256 (hex) of what is
    approved, `unit` the unit it is about, `stream` the chain of the trail, `step` the place of the step
    at which it lies, or ended. Who took it back says why, unless it is its own maker.
    """

    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=120)
    stream = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=RequestStatus, default=RequestStatus.PENDING)
    step = models.PositiveSmallIntegerField(default=1)
    requested_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    withdrawn_why = models.TextField(default="")

    class Meta:
        """A subject waits for one approval at a time; what was withdrawn says when and by whom."""

        constraints = [
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(status=RequestStatus.PENDING),
                name="approvals_request_one_pending",
            ),
            models.CheckConstraint(
                condition=Q(status__in=RequestStatus.values), name="approvals_request_status"
            ),
            models.CheckConstraint(
                condition=Q(
                    status=RequestStatus.WITHDRAWN, withdrawn_at__isnull=False, withdrawn_by__isnull=False
                )
                | (
                    ~Q(status=RequestStatus.WITHDRAWN)
                    & Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_why="")
                ),
                name="approvals_request_withdrawn",
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "id"], name="approvals_request_subject"),
            models.Index(fields=["status", "kind", "unit"], name="approvals_request_pending"),
        ]


class RequestStep(models.Model):
    """One step of a request, as its chain had it when approval was asked for. Append-only."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=StepKind)
    permission = models.CharField(max_length=40)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Steps stand in order."""

        constraints = [
            models.UniqueConstraint(fields=["request", "position"], name="approvals_request_step_place"),
            models.CheckConstraint(condition=Q(kind__in=StepKind.values), name="approvals_request_step_kind"),
        ]


class RequestAuthor(models.Model):
    """Who wrote what a request is about: they decide about it at no step. Append-only."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="authors")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Each of them once."""

        constraints = [
            models.UniqueConstraint(fields=["request", "person"], name="approvals_request_author_once"),
        ]


class Delegation(models.Model):
    """Somebody lets another act in the own office, from a day to a day (授权代办).

    It covers what `permission` allows the giver over `unit` and what lies below. `ends_on` is the first
    day on which it is over.
    """

    giver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    delegate = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    permission = models.CharField(max_length=40)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=DelegationStatus, default=DelegationStatus.OFFERED)
    offered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )

    class Meta:
        """Given to another, for at least a day; what was ended says when and by whom."""

        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("delegate")), name="approvals_delegation_to_another"),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="approvals_delegation_period"
            ),
            models.CheckConstraint(
                condition=Q(status__in=DelegationStatus.values), name="approvals_delegation_status"
            ),
            models.CheckConstraint(
                condition=Q(status=DelegationStatus.ENDED, ended_at__isnull=False, ended_by__isnull=False)
                | (~Q(status=DelegationStatus.ENDED) & Q(ended_at__isnull=True, ended_by__isnull=True)),
                name="approvals_delegation_ended",
            ),
        ]
        indexes = [models.Index(fields=["delegate", "status"], name="approvals_delegation_delegate")]


class Act(models.Model):
    """What one person did about a request. Append-only.

    `holder` is whose office it was done in: the person's own, or that of who gave `delegation`. `step` is
    the place of the step, none for the asking.
    """

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="acts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="+", null=True)
    step = models.PositiveSmallIntegerField(null=True)
    verb = models.CharField(max_length=10, choices=Verb)
    at = models.DateTimeField()
    remark = models.TextField(default="")

    class Meta:
        """One act per person and request: the separation of duties. What is returned has a reason.

        One act per office too, so that a giver does not act beside the delegate, and nobody decides in
        the office of who asked. A step is decided once.
        """

        constraints = [
            models.UniqueConstraint(fields=["request", "person"], name="approvals_act_one_per_person"),
            models.UniqueConstraint(fields=["request", "holder"], name="approvals_act_one_per_office"),
            models.UniqueConstraint(
                fields=["request", "step"], condition=Q(step__isnull=False), name="approvals_act_one_per_step"
            ),
            models.CheckConstraint(condition=Q(verb__in=Verb.values), name="approvals_act_verb"),
            models.CheckConstraint(
                condition=~Q(verb=Verb.RETURN) | ~Q(remark=""), name="approvals_act_return_says_why"
            ),
            models.CheckConstraint(
                condition=Q(verb=Verb.REQUEST, step__isnull=True)
                | (~Q(verb=Verb.REQUEST) & Q(step__isnull=False)),
                name="approvals_act_has_step",
            ),
            models.CheckConstraint(
                condition=Q(delegation__isnull=True, holder=F("person"))
                | (Q(delegation__isnull=False) & ~Q(holder=F("person"))),
                name="approvals_act_office",
            ),
        ]
