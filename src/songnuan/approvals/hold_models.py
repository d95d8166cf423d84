"""Tables of holds: what an inspector stopped, and what was said about it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

ACTIVE = Q(lifted_at__isnull=True)


class Hold(models.Model):
    """A thing that an inspector stopped (暂缓), until an inspector lifts it.

    `subject` names it ("funds.fund:3", "goods.purchase:7"), `plan_slug` and `unit` say to whom it belongs,
    `stream` is the chain of the trail, `maker` who recorded the thing, where one person did. `findings` says
    what was found when it was lifted.
    """

    subject = models.CharField(max_length=120)
    plan_slug = models.CharField(max_length=60)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    stream = models.CharField(max_length=120)
    maker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    reason = models.TextField()
    file = models.ForeignKey("records.StoredFile", on_delete=models.PROTECT, related_name="+", null=True)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    lifted_at = models.DateTimeField(null=True)
    findings = models.TextField(default="")

    class Meta:
        """One hold at a time on a thing; a lifted one is whole; nobody inspects what they made."""

        constraints = [
            models.UniqueConstraint(fields=["subject"], condition=ACTIVE, name="approvals_hold_one_active"),
            models.CheckConstraint(condition=~Q(reason=""), name="approvals_hold_says_why"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, findings="")
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(findings="")),
                name="approvals_hold_lifted_whole",
            ),
            models.CheckConstraint(
                condition=Q(maker__isnull=True)
                | (~Q(placed_by=F("maker")) & (Q(lifted_by__isnull=True) | ~Q(lifted_by=F("maker")))),
                name="approvals_hold_not_by_maker",
            ),
        ]
        indexes = [models.Index(fields=["plan_slug", "id"], name="approvals_hold_plan")]


class HoldStatement(models.Model):
    """What somebody said about a hold: an answer (答复), or a further question of an inspector. Append-only.

    `placed_by` is who placed the hold, repeated so that the database itself keeps the two apart.
    """

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="statements")
    is_answer = models.BooleanField()
    text = models.TextField()
    file = models.ForeignKey("records.StoredFile", on_delete=models.PROTECT, related_name="+", null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """Something is said; nobody answers the own hold."""

        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="approvals_hold_statement_says"),
            models.CheckConstraint(
                condition=Q(is_answer=False) | ~Q(by=F("placed_by")), name="approvals_hold_answer_by_another"
            ),
        ]
