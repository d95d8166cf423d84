"""Tables of robots of groups: their secret addresses, and what was sent to them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from songnuan.kernel.sealed import SealedField
from songnuan.organisation.models import Unit
from songnuan.outreach.lesson_models import Lesson


class Service(models.TextChoices):
    """What takes a message for a group."""

    WECOM = "wecom", pgettext_lazy("robot", "WeCom group robot")
    DINGTALK = "dingtalk", pgettext_lazy("robot", "DingTalk group robot")
    FEISHU = "feishu", pgettext_lazy("robot", "Feishu group robot")
    GATEWAY = "gateway", pgettext_lazy("robot", "SMS gateway (JSON over HTTPS)")


class Robot(models.Model):
    """A robot of a group, or a gateway. `address` is its secret, sealed; `hint` the end of it."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    service = models.CharField(max_length=10, choices=Service)
    label = models.CharField(max_length=60)
    address = SealedField()
    hint = models.CharField(max_length=8)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """A name is given once in a unit; what is ended keeps no address."""

        constraints = [
            models.UniqueConstraint(
                fields=["unit", "label"], condition=Q(ended_at__isnull=True), name="outreach_robot_label"
            ),
            models.CheckConstraint(condition=~Q(label=""), name="outreach_robot_named"),
        ]


class RobotStatus(models.TextChoices):
    """Where a sending to a robot stands."""

    QUEUED = "queued", pgettext_lazy("robot", "on its way")
    SENT = "sent", pgettext_lazy("robot", "taken by the service")
    FAILED = "failed", pgettext_lazy("robot", "failed")


class RobotSending(models.Model):
    """A lesson goes to a robot: tried again by the worker, then failed with the reason."""

    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="+")
    robot = models.ForeignKey(Robot, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, choices=RobotStatus, default=RobotStatus.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=200, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        """A lesson goes to a robot once, unless that failed."""

        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "robot"],
                condition=~Q(status=RobotStatus.FAILED),
                name="outreach_robotsending_once",
            ),
            models.CheckConstraint(
                condition=Q(status=RobotStatus.SENT, sent_at__isnull=False)
                | (~Q(status=RobotStatus.SENT) & Q(sent_at__isnull=True)),
                name="outreach_robotsending_sent",
            ),
        ]
