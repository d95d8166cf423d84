"""Tables of requests and acts."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RequestStatus(models.TextChoices):
    """Where a request stands."""

    PENDING = "pending", _("waiting for approval")
    APPROVED = "approved", _("approved")
    RETURNED = "returned", _("returned")


class Verb(models.TextChoices):
    """What a person can do about a request."""

    REQUEST = "request", _("asked for approval")
    APPROVE = "approve", _("approved")
    RETURN = "return", _("returned")


class Request(models.Model):
    """A thing put up for approval, as it stood on the day.

    `subject` names it ("plans.plan:front-line-visits@2"), `digest` is the SHA-256 (hex) of what is
    approved, `unit` the unit over which the permission must be held, `stream` the chain of the trail.
    """

    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=120)
    stream = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=RequestStatus, default=RequestStatus.PENDING)
    requested_at = models.DateTimeField()

    class Meta:
        """A subject waits for one approval at a time."""

        constraints = [
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(status=RequestStatus.PENDING),
                name="approvals_request_one_pending",
            ),
            models.CheckConstraint(
                condition=Q(status__in=RequestStatus.values), name="approvals_request_status"
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "id"], name="approvals_request_subject"),
            models.Index(fields=["status", "kind", "unit"], name="approvals_request_pending"),
        ]


class Act(models.Model):
    """What one person did about a request. Append-only."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="acts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=10, choices=Verb)
    at = models.DateTimeField()
    remark = models.TextField(default="")

    class Meta:
        """One act per person and request: the separation of duties. What is returned has a reason."""

        constraints = [
            models.UniqueConstraint(fields=["request", "person"], name="approvals_act_one_per_person"),
            models.CheckConstraint(condition=Q(verb__in=Verb.values), name="approvals_act_verb"),
            models.CheckConstraint(
                condition=~Q(verb=Verb.RETURN) | ~Q(remark=""), name="approvals_act_return_says_why"
            ),
        ]
