"""Tables of what was released: batches, an instruction for each line, results, cash that was signed for.

Amounts are fen. A line has at most one instruction that is sent or paid: the database keeps that, whatever is
clicked, retried or crashed.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from songnuan.people.columns import INDEX_DIGITS, LIMITS

REASON_LONGEST, WHY_LONGEST, PURPOSE_LONGEST = 200, 400, 60


class Channel(models.TextChoices):
    """How a batch is paid."""

    BANK = "bank", pgettext_lazy("payment", "by the bank")
    CASH = "cash", pgettext_lazy("payment", "in cash, against a signature")


class InstructionStatus(models.TextChoices):
    """What became of an instruction."""

    SENT = "sent", pgettext_lazy("payment", "sent, no answer yet")
    PAID = "paid", pgettext_lazy("payment", "paid")
    FAILED = "failed", pgettext_lazy("payment", "failed")
    RETURNED = "returned", pgettext_lazy("payment", "paid and came back")


LIVE = (InstructionStatus.SENT, InstructionStatus.PAID)
"""While an instruction stands so, its line is not paid by another."""


class Source(models.TextChoices):
    """Where it is known from what became of instructions."""

    FILE = "file", pgettext_lazy("payment result", "file of the bank")
    HAND = "hand", pgettext_lazy("payment result", "entered by hand")
    CASH = "cash", pgettext_lazy("payment result", "signatures for cash")


class ResultStatus(models.TextChoices):
    """How far a result is."""

    READ = "read", pgettext_lazy("payment result", "read, waits to be booked")
    BOOKED = "booked", pgettext_lazy("payment result", "booked")
    DROPPED = "dropped", pgettext_lazy("payment result", "set aside")


class Effect(models.TextChoices):
    """What a row of a result does, or why nothing is booked by it."""

    PAY = "pay", pgettext_lazy("payment result", "paid")
    LATE = "late", pgettext_lazy("payment result", "paid after all")
    FAIL = "fail", pgettext_lazy("payment result", "failed")
    BACK = "back", pgettext_lazy("payment result", "came back")
    KNOWN = "known", pgettext_lazy("payment result", "known already")
    REPEATED = "repeated", pgettext_lazy("payment result", "stands in the file once more")
    UNKNOWN = "unknown", pgettext_lazy("payment result", "is not of this batch")
    UNREADABLE = "unreadable", pgettext_lazy("payment result", "could not be read")
    UNCLEAR = "unclear", pgettext_lazy("payment result", "does not say whether it was paid")
    ACCOUNT = "account", pgettext_lazy("payment result", "names another account")
    AMOUNT = "amount", pgettext_lazy("payment result", "names another amount")
    CONTRADICTS = "contradicts", pgettext_lazy("payment result", "is told both paid and failed")
    TWICE = "twice", pgettext_lazy("payment result", "says paid, and it was sent again meanwhile")


BOOKS = (Effect.PAY, Effect.LATE, Effect.FAIL, Effect.BACK)
HARMLESS = (Effect.KNOWN, Effect.REPEATED)
"""What books nothing because it is known; all others that book nothing have to be looked into."""


class PaymentBatch(models.Model):
    """Instructions of a list that were released together (发放批次). Append-only.

    `number` counts within the list; the first release has one batch for the bank, one for cash, or both.
    `commitment` is the fund's entry out of which it is paid. `layout` is the bank's layout as it was then,
    as JSON, so that the file can be made again byte for byte; empty for cash.
    """

    payment_list = models.ForeignKey("payments.PaymentList", on_delete=models.PROTECT, related_name="batches")
    number = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=4, choices=Channel)
    commitment = models.ForeignKey("funds.Entry", on_delete=models.PROTECT, related_name="+")
    layout = models.TextField(default="")
    purpose = models.CharField(max_length=PURPOSE_LONGEST, default="")
    lines_count = models.PositiveIntegerField()
    total_minor = models.BigIntegerField()
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField()

    class Meta:
        """A batch pays something, by the bank in a layout."""

        constraints = [
            models.UniqueConstraint(fields=["payment_list", "number"], name="payments_batch_number_once"),
            models.CheckConstraint(
                condition=Q(lines_count__gt=0, total_minor__gt=0), name="payments_batch_pays"
            ),
            models.CheckConstraint(
                condition=Q(channel=Channel.BANK, layout__gt="") | Q(channel=Channel.CASH, layout=""),
                name="payments_batch_layout",
            ),
        ]


class LineCorrection(models.Model):
    """The account of a line's payee as it is after it was corrected, confirmed by a second person.

    Append-only, but for the erasing of personal data. The last one of a line counts.
    """

    line = models.ForeignKey("payments.PaymentLine", on_delete=models.PROTECT, related_name="corrections")
    name = models.CharField(max_length=LIMITS["name"], default="")
    account = models.TextField(null=True)  # noqa: DJ001 - a sealed text or none, as in Person
    account_index = models.CharField(max_length=INDEX_DIGITS, default="")
    bank = models.CharField(max_length=LIMITS["bank"], default="")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class PaymentInstruction(models.Model):
    """That one line is paid, once: `position` is its place in the batch, and in the bank's file.

    Name, account and bank are those of the line, or of `correction`; the account is sealed for its place in
    `people.Person`. Only its state changes, along `sent → paid | failed`, `paid → returned`, and
    `failed → paid` where the bank paid after all.
    """

    batch = models.ForeignKey(
        PaymentBatch, on_delete=models.PROTECT, related_name="instructions", db_index=False
    )
    position = models.PositiveIntegerField()
    line = models.ForeignKey("payments.PaymentLine", on_delete=models.PROTECT, related_name="instructions")
    correction = models.ForeignKey(
        LineCorrection, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    amount_minor = models.BigIntegerField()
    name = models.CharField(max_length=LIMITS["name"], default="")
    account = models.TextField(null=True)  # noqa: DJ001
    account_index = models.CharField(max_length=INDEX_DIGITS, default="")
    bank = models.CharField(max_length=LIMITS["bank"], default="")
    status = models.CharField(max_length=8, choices=InstructionStatus, default=InstructionStatus.SENT)
    reason = models.CharField(max_length=REASON_LONGEST, default="")
    result = models.ForeignKey(
        "PaymentResult", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    back = models.ForeignKey(
        "PaymentResult", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )

    class Meta:
        """Nobody is paid twice for one line; what became of it is told by a result."""

        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="payments_instruction_place"),
            models.UniqueConstraint(
                fields=["line"], condition=Q(status__in=LIVE), name="payments_instruction_once"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payments_instruction_pays"),
            models.CheckConstraint(
                condition=Q(status=InstructionStatus.SENT, result__isnull=True, back__isnull=True)
                | Q(
                    status__in=(InstructionStatus.PAID, InstructionStatus.FAILED),
                    result__isnull=False,
                    back__isnull=True,
                )
                | Q(status=InstructionStatus.RETURNED, result__isnull=False, back__isnull=False),
                name="payments_instruction_told",
            ),
        ]


class LineEnd(models.Model):
    """That a line is not paid after all: it failed or came back, and is not tried again. Append-only."""

    line = models.OneToOneField("payments.PaymentLine", on_delete=models.PROTECT, related_name="end")
    why = models.CharField(max_length=WHY_LONGEST)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField()


class PaymentResult(models.Model):
    """What became of instructions of a batch (回单), read first and then booked whole.

    `digest` is the SHA-256 (hex) of the bank's file, which is kept sealed. `disbursement` and `refund` are
    the entries that it made in the fund.
    """

    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="results")
    number = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=4, choices=Source)
    file = models.ForeignKey("records.StoredFile", on_delete=models.PROTECT, related_name="+", null=True)
    digest = models.CharField(max_length=64, default="")
    status = models.CharField(max_length=8, choices=ResultStatus, default=ResultStatus.READ)
    rows_count = models.PositiveIntegerField()
    paid_count = models.PositiveIntegerField(default=0)
    paid_minor = models.BigIntegerField(default=0)
    failed_count = models.PositiveIntegerField(default=0)
    failed_minor = models.BigIntegerField(default=0)
    back_count = models.PositiveIntegerField(default=0)
    back_minor = models.BigIntegerField(default=0)
    odd_count = models.PositiveIntegerField(default=0)
    happened_on = models.DateField(null=True)
    disbursement = models.OneToOneField("funds.Entry", on_delete=models.PROTECT, related_name="+", null=True)
    refund = models.OneToOneField("funds.Entry", on_delete=models.PROTECT, related_name="+", null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        """One waits at a time; a file is booked once; what was paid has its entry."""

        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="payments_result_number_once"),
            models.UniqueConstraint(
                fields=["batch"], condition=Q(status=ResultStatus.READ), name="payments_result_one_waits"
            ),
            models.UniqueConstraint(
                fields=["batch", "digest"],
                condition=Q(digest__gt="") & ~Q(status=ResultStatus.DROPPED),
                name="payments_result_file_once",
            ),
            models.CheckConstraint(
                condition=Q(status=ResultStatus.READ, decided_at__isnull=True)
                | ~Q(status=ResultStatus.READ) & Q(decided_at__isnull=False),
                name="payments_result_decided",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status=ResultStatus.BOOKED, happened_on__isnull=False)
                    & (
                        Q(paid_minor=0, disbursement__isnull=True)
                        | Q(paid_minor__gt=0, disbursement__isnull=False)
                    )
                    & (Q(back_minor=0, refund__isnull=True) | Q(back_minor__gt=0, refund__isnull=False))
                )
                | ~Q(status=ResultStatus.BOOKED) & Q(disbursement__isnull=True, refund__isnull=True),
                name="payments_result_booked",
            ),
        ]


class ResultRow(models.Model):
    """One row of a result: what it says, of which instruction, and what that comes to."""

    result = models.ForeignKey(PaymentResult, on_delete=models.PROTECT, related_name="rows", db_index=False)
    row = models.PositiveIntegerField()
    position = models.PositiveIntegerField(null=True)
    account_index = models.CharField(max_length=INDEX_DIGITS, default="")
    amount_minor = models.BigIntegerField(null=True)
    is_paid = models.BooleanField(null=True)
    reason = models.CharField(max_length=REASON_LONGEST, default="")
    instruction = models.ForeignKey(
        PaymentInstruction, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    effect = models.CharField(max_length=11, choices=Effect, default=Effect.UNKNOWN)

    class Meta:
        """A row stands once."""

        constraints = [models.UniqueConstraint(fields=["result", "row"], name="payments_resultrow_once")]


class CashReceipt(models.Model):
    """That cash was signed for, by the payee or by whom they sent (`relation`, empty for the payee).

    Append-only, but for the erasing of personal data. `signature` is the picture of the signature, or the
    scan of the sheet that was signed.
    """

    instruction = models.OneToOneField(PaymentInstruction, on_delete=models.PROTECT, related_name="receipt")
    signed_by = models.CharField(max_length=LIMITS["name"], default="")
    relation = models.CharField(max_length=LIMITS["relation"], default="")
    signed_on = models.DateField()
    signature = models.ForeignKey("records.StoredFile", on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()


class Recall(models.Model):
    """That the bank was asked to give a batch back. Append-only."""

    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="recalls")
    why = models.CharField(max_length=WHY_LONGEST)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
