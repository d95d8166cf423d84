"""Tables of what went out of a lesson: to accounts, by hand into groups, to robots of groups."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from songnuan.organisation.models import Unit
from songnuan.outreach.lesson_models import Lesson


class SendingKind(models.TextChoices):
    """Why a lesson went out to accounts."""

    SEND = "send", pgettext_lazy("sending", "sent")
    REMIND = "remind", pgettext_lazy("sending", "who had not read it was reminded")


class Sending(models.Model):
    """A lesson went out to so many accounts, in the house and by the ways that each wishes. Append-only."""

    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="sendings")
    kind = models.CharField(max_length=6, choices=SendingKind)
    people = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """It went to somebody."""

        constraints = [models.CheckConstraint(condition=Q(people__gt=0), name="outreach_sending_people")]


class Addressed(models.Model):
    """Somebody to whom a lesson was sent, for a unit. `read_at`: they opened it with their account."""

    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="addressed")
    sending = models.ForeignKey(Sending, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True)

    class Meta:
        """Everybody gets a lesson once."""

        constraints = [
            models.UniqueConstraint(fields=["lesson", "user"], name="outreach_addressed_once"),
        ]


class HandWay(models.TextChoices):
    """How a lesson was passed on by hand."""

    WECHAT = "wechat", pgettext_lazy("passed on", "WeChat group")
    QQ = "qq", pgettext_lazy("passed on", "QQ group")
    BOARD = "board", pgettext_lazy("passed on", "display board")
    LEAFLET = "leaflet", pgettext_lazy("passed on", "leaflet")
    SPOKEN = "spoken", pgettext_lazy("passed on", "told in a meeting or at the door")


class HandedOn(models.Model):
    """Somebody says that they passed a lesson on by hand: how, where, to about how many. Append-only."""

    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="handed_on")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=8, choices=HandWay)
    place = models.CharField(max_length=60)
    people = models.PositiveIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """It was somewhere."""

        constraints = [models.CheckConstraint(condition=~Q(place=""), name="outreach_handedon_place")]
