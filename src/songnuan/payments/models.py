"""Tables of payment lists. Amounts are fen."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from songnuan.payments.layout_models import BankLayout
from songnuan.payments.notice_models import (
    How,
    Notice,
    NoticeEnd,
    NoticeLine,
    Objection,
    ObjectionAnswer,
    Objector,
)
from songnuan.payments.payee_models import Heard, PayeeWord, PayeeWordAnswer
from songnuan.payments.release_models import (
    CashReceipt,
    Channel,
    InstructionStatus,
    LineCorrection,
    LineEnd,
    PaymentBatch,
    PaymentInstruction,
    PaymentResult,
    Recall,
    ResultRow,
)
from songnuan.payments.sample_models import CallBack, Kept, PaymentSample, Received, SampledPayment
from songnuan.people.columns import INDEX_DIGITS, LIMITS

__all__ = [
    "RUNNING",
    "BankLayout",
    "CallBack",
    "CashReceipt",
    "Channel",
    "Heard",
    "How",
    "InstructionStatus",
    "Kept",
    "LineCorrection",
    "LineEnd",
    "ListAct",
    "ListStatus",
    "Notice",
    "NoticeEnd",
    "NoticeLine",
    "Objection",
    "ObjectionAnswer",
    "Objector",
    "PayeeWord",
    "PayeeWordAnswer",
    "PaymentBatch",
    "PaymentInstruction",
    "PaymentLine",
    "PaymentList",
    "PaymentResult",
    "PaymentSample",
    "PersonAccount",
    "Recall",
    "Received",
    "ResultRow",
    "SampledPayment",
    "Verb",
]


class ListStatus(models.TextChoices):
    """Where a list stands."""

    PENDING = "pending", pgettext_lazy("payment list", "waits for approval")
    RETURNED = "returned", pgettext_lazy("payment list", "returned")
    WITHDRAWN = "withdrawn", pgettext_lazy("payment list", "withdrawn")
    APPROVED = "approved", pgettext_lazy("payment list", "approved, waits for the inspector")
    SIGNED = "signed", pgettext_lazy("payment list", "signed by the inspector")
    RELEASED = "released", pgettext_lazy("payment list", "released")
    CANCELLED = "cancelled", pgettext_lazy("payment list", "cancelled")


PROMISED = (ListStatus.APPROVED, ListStatus.SIGNED, ListStatus.RELEASED)
"""How a list stands for which money was set aside."""
RUNNING = (ListStatus.PENDING, ListStatus.APPROVED, ListStatus.SIGNED)
"""How a list stands that is not paid yet, and can still be."""


class Verb(models.TextChoices):
    """What a person can do about a list (制表、复核、审批、纪检签字、放款)."""

    MAKE = "make", pgettext_lazy("payment list", "made it")
    CHECK = "check", pgettext_lazy("payment list", "checked it")
    APPROVE = "approve", pgettext_lazy("payment list", "approved it")
    RETURN = "return", pgettext_lazy("payment list", "returned it")
    INSPECT = "inspect", pgettext_lazy("payment list", "signed as inspector")
    RELEASE = "release", pgettext_lazy("payment list", "released it")


class PaymentList(models.Model):
    """Who is paid what under a measure, as it stood at `made_at`; `number` has no gaps in its fund.

    `digest` is the SHA-256 (hex) over its lines. `first` is the list that this one follows, where it pays
    latecomers or what lacked. `commitment` is the fund's entry that sets the total aside once it is approved.
    """

    measure = models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="+")
    reckoning = models.OneToOneField("benefits.Reckoning", on_delete=models.PROTECT, related_name="+")
    fund = models.ForeignKey("funds.Fund", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    first = models.ForeignKey("self", on_delete=models.PROTECT, related_name="followers", null=True)
    lines_count = models.PositiveIntegerField()
    people_count = models.PositiveIntegerField()
    total_minor = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=ListStatus, default=ListStatus.PENDING)
    commitment = models.ForeignKey("funds.Entry", on_delete=models.PROTECT, related_name="+", null=True)
    made_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    cancelled_why = models.CharField(max_length=400, default="")

    class Meta:
        """A measure has one list under way; what is approved has its money; what is cancelled says why."""

        constraints = [
            models.UniqueConstraint(fields=["fund", "number"], name="payments_list_number_once"),
            models.UniqueConstraint(fields=["commitment"], name="payments_list_commitment_once"),
            models.UniqueConstraint(
                fields=["measure"], condition=Q(status=ListStatus.PENDING), name="payments_list_one_pending"
            ),
            models.CheckConstraint(condition=Q(status__in=ListStatus.values), name="payments_list_status"),
            models.CheckConstraint(
                condition=Q(total_minor__gt=0, lines_count__gt=0, people_count__gt=0),
                name="payments_list_pays",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=(ListStatus.PENDING, ListStatus.RETURNED, ListStatus.WITHDRAWN),
                    commitment__isnull=True,
                )
                | Q(
                    status__in=(*PROMISED, ListStatus.CANCELLED),
                    commitment__isnull=False,
                ),
                name="payments_list_funded",
            ),
            models.CheckConstraint(
                condition=Q(status=ListStatus.CANCELLED, cancelled_at__isnull=False, cancelled_why__gt="")
                | (~Q(status=ListStatus.CANCELLED) & Q(cancelled_at__isnull=True, cancelled_why="")),
                name="payments_list_cancelled",
            ),
        ]


class PaymentLine(models.Model):
    """What a list pays one payee for one qualifier. Append-only, but for the erasing of personal data.

    `name`, `id_number`, `account` and `bank` are the payee's as they stood; the two numbers are sealed for
    their places in `people.Person`. `digest` is the SHA-256 over all of the line, of the name and the numbers
    by their blind indexes, so that erasing them breaks no proof: `name_index` is the name's, written when the
    name is erased.
    """

    payment_list = models.ForeignKey(
        PaymentList, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    position = models.PositiveIntegerField()
    payee = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    qualifier = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    relation = models.CharField(max_length=LIMITS["relation"], default="")
    days = models.PositiveIntegerField()
    counted = models.TextField()
    amount_minor = models.BigIntegerField()
    name = models.CharField(max_length=LIMITS["name"], default="")
    id_number = models.TextField(null=True)  # noqa: DJ001 - a sealed text or none, as in Person
    id_index = models.CharField(max_length=INDEX_DIGITS, default="")
    account = models.TextField(null=True)  # noqa: DJ001
    account_index = models.CharField(max_length=INDEX_DIGITS, default="")
    bank = models.CharField(max_length=LIMITS["bank"], default="")
    digest = models.CharField(max_length=64)
    name_index = models.CharField(max_length=64, default="", db_default="")

    class Meta:
        """A place is one line, and so are payee and qualifier; a line pays something."""

        constraints = [
            models.UniqueConstraint(fields=["payment_list", "position"], name="payments_line_place"),
            models.UniqueConstraint(fields=["payment_list", "payee", "qualifier"], name="payments_line_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payments_line_pays"),
        ]


class PersonAccount(models.Model):
    """Which person of the register a user of the house is: whom a list pays decides nothing about it."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()


class ListAct(models.Model):
    """What one person did about a list. Append-only.

    Where somebody stood in for another, both have acted: each has a row.
    """

    payment_list = models.ForeignKey(PaymentList, on_delete=models.PROTECT, related_name="acts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=8, choices=Verb)
    stood_in = models.BooleanField(default=False)
    remark = models.TextField(default="")
    at = models.DateTimeField()

    class Meta:
        """One act per person and list: the separation of duties. One makes it, one inspector signs."""

        constraints = [
            models.UniqueConstraint(fields=["payment_list", "person"], name="payments_act_one_per_person"),
            models.UniqueConstraint(
                fields=["payment_list"],
                condition=Q(verb=Verb.MAKE),
                name="payments_act_made_once",
            ),
            models.UniqueConstraint(
                fields=["payment_list"],
                condition=Q(verb=Verb.INSPECT, stood_in=False),
                name="payments_act_inspected_once",
            ),
            models.UniqueConstraint(
                fields=["payment_list"],
                condition=Q(verb=Verb.RELEASE, stood_in=False),
                name="payments_act_released_once",
            ),
            models.CheckConstraint(condition=Q(verb__in=Verb.values), name="payments_act_verb"),
        ]
