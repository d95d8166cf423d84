"""Tables of public notices (公示): what of a list everybody may read, and what was objected to it.

A notice keeps masked texts and no key of a person: nothing that is asked of it can unmask anybody.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import pgettext_lazy

from songnuan.kernel.sealed import SealedField
from songnuan.people.columns import LIMITS
from songnuan.people.masking import TAIL

PLACE_LONGEST, EMAIL_LONGEST, WHY_LONGEST = 200, 254, 400
TITLE_LONGEST, ROW_LONGEST = 300, 300
PHONE_LONGEST = 40


class How(models.TextChoices):
    """By which way an objection came."""

    PAGE = "page", pgettext_lazy("objection", "on the page of the notice")
    VISIT = "visit", pgettext_lazy("objection", "in person")
    PHONE = "phone", pgettext_lazy("objection", "by phone")
    LETTER = "letter", pgettext_lazy("objection", "by letter")
    EMAIL = "email", pgettext_lazy("objection", "by e-mail")


class Notice(models.Model):
    """A list put up for everybody to read, from `begins_on` to `ends_on`, `days` working days. Append-only.

    `key` is its address; `number` counts the notices of the list, of which one runs. `organ` is who puts it
    up, as it is called then. `digest` is the SHA-256 (hex) over its lines.
    """

    payment_list = models.ForeignKey("payments.PaymentList", on_delete=models.PROTECT, related_name="notices")
    number = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=32, unique=True)
    title = models.CharField(max_length=TITLE_LONGEST)
    organ = models.CharField(max_length=LIMITS["unit_name"])
    begins_on = models.DateField()
    ends_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    place = models.CharField(max_length=PLACE_LONGEST)
    phone = models.CharField(max_length=PHONE_LONGEST)
    email = models.CharField(max_length=EMAIL_LONGEST, default="")
    lines_count = models.PositiveIntegerField()
    total_minor = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        """The second notice of a list is its second; it says where to object."""

        constraints = [
            models.UniqueConstraint(fields=["payment_list", "number"], name="payments_notice_number_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("begins_on"), days__gte=1), name="payments_notice_days"
            ),
            models.CheckConstraint(condition=Q(phone__gt="", place__gt=""), name="payments_notice_where"),
        ]


class NoticeLine(models.Model):
    """A line as everybody reads it: `tail` is the end of an identity number, empty of a minor. Append-only.

    `row` is the row of the standard by which it is paid.
    """

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=LIMITS["name"])
    tail = models.CharField(max_length=TAIL, default="")
    unit = models.CharField(max_length=LIMITS["unit_name"])
    row = models.CharField(max_length=ROW_LONGEST)
    amount_minor = models.BigIntegerField()

    class Meta:
        """The database takes no name without a star, and no more of a number than its end."""

        constraints = [
            models.UniqueConstraint(fields=["notice", "position"], name="payments_noticeline_place"),
            models.CheckConstraint(condition=Q(name__contains="*"), name="payments_noticeline_masked"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("tail"), TAIL), name="payments_noticeline_tail"
            ),
        ]


class NoticeEnd(models.Model):
    """That a notice was taken back, or ended with its list. Append-only."""

    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, related_name="end")
    why = models.CharField(max_length=WHY_LONGEST)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    ended_at = models.DateTimeField()


class Objection(models.Model):
    """What somebody objects to a notice: to one of its lines, or to the whole. Append-only.

    The text alone may be erased: it can name people. `recorded_by` is nobody where the page took it in.
    """

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="objections", db_index=False)
    number = models.PositiveSmallIntegerField()
    line = models.ForeignKey(NoticeLine, on_delete=models.PROTECT, related_name="+", null=True)
    text = models.TextField()
    how = models.CharField(max_length=6, choices=How)
    received_on = models.DateField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    recorded_at = models.DateTimeField()

    class Meta:
        """The page takes in what comes by the page, people what comes otherwise."""

        constraints = [
            models.UniqueConstraint(fields=["notice", "number"], name="payments_objection_number_once"),
            models.CheckConstraint(
                condition=Q(how=How.PAGE, recorded_by__isnull=True)
                | Q(how__in=(How.VISIT, How.PHONE, How.LETTER, How.EMAIL), recorded_by__isnull=False),
                name="payments_objection_how",
            ),
        ]


class Objector(models.Model):
    """Who objects, where they said so: a row that is not there is nobody's."""

    objection = models.OneToOneField(Objection, on_delete=models.PROTECT, related_name="objector")
    name = SealedField(default="")
    phone = SealedField(default="")


class ObjectionAnswer(models.Model):
    """What is answered to an objection, once; upheld, the list has to be cancelled. Append-only."""

    objection = models.OneToOneField(Objection, on_delete=models.PROTECT, related_name="answer")
    text = models.TextField()
    is_upheld = models.BooleanField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
