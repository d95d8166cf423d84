"""Tables of the earmarked funds. Every amount is in fen."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Account(models.TextChoices):
    """Where a fund's money stands."""

    SOURCE = "source", _("source")
    AVAILABLE = "available", _("available")
    COMMITTED = "committed", _("committed")
    DISBURSED = "disbursed", _("disbursed")
    RETURNED = "returned", _("returned")


class Kind(models.TextChoices):
    """What an entry does."""

    APPROPRIATE = "appropriate", _("appropriation")
    COMMIT = "commit", _("commitment")
    RELEASE = "release", _("release")
    DISBURSE = "disburse", _("disbursement")
    REFUND = "refund", _("refund")
    RETURN = "return", _("return")
    REVERSE = "reverse", _("reversal")


VOUCHED = (Kind.APPROPRIATE, Kind.DISBURSE, Kind.REFUND, Kind.RETURN)
DRAWING = (Kind.RELEASE, Kind.DISBURSE, Kind.REFUND)


class Fund(models.Model):
    """Money for one plan under one document. The counters are moved by guarded updates only.

    `granted_minor` is the sum that the document names: no more is ever appropriated. Available is
    appropriated − committed − disbursed − returned. In a closed fund nothing is booked: a trigger keeps it.
    """

    plan = models.ForeignKey("plans.Plan", on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey("records.Document", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    opened_at = models.DateTimeField()
    granted_minor = models.BigIntegerField()
    appropriated_minor = models.BigIntegerField(default=0)
    committed_minor = models.BigIntegerField(default=0)
    disbursed_minor = models.BigIntegerField(default=0)
    returned_minor = models.BigIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """A document sets up one fund of a plan; it is never overdrawn, and closed with nothing left."""

        constraints = [
            models.UniqueConstraint(fields=["plan", "document"], name="funds_fund_once"),
            models.CheckConstraint(
                condition=Q(
                    appropriated_minor__gte=F("committed_minor") + F("disbursed_minor") + F("returned_minor")
                ),
                name="funds_fund_not_overdrawn",
            ),
            models.CheckConstraint(
                condition=Q(appropriated_minor__lte=F("granted_minor")), name="funds_fund_within_document"
            ),
            models.CheckConstraint(
                condition=Q(
                    appropriated_minor__gte=0,
                    committed_minor__gte=0,
                    disbursed_minor__gte=0,
                    returned_minor__gte=0,
                ),
                name="funds_fund_counters_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True)
                | Q(committed_minor=0, appropriated_minor=F("disbursed_minor") + F("returned_minor")),
                name="funds_fund_closed_empty",
            ),
        ]


class Entry(models.Model):
    """One act on a fund; append-only.

    `subject` is what it is for ("goods.purchase:7"), `commitment` the commitment it draws on,
    `reverses` the entry it mirrors. `happened_on` is the day of the act, `at` when it was entered.
    """

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=12, choices=Kind)
    amount_minor = models.BigIntegerField()
    happened_on = models.DateField()
    at = models.DateTimeField()
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    subject = models.CharField(max_length=120, default="")
    clause_key = models.CharField(max_length=60, default="")
    voucher = models.CharField(max_length=200, default="")
    reason = models.CharField(max_length=400, default="")
    commitment = models.ForeignKey("self", on_delete=models.PROTECT, related_name="draws", null=True)
    reverses = models.ForeignKey("self", on_delete=models.PROTECT, related_name="reversals", null=True)

    class Meta:
        """An entry is whole: amount, voucher, commitment and reason are there where its kind needs them."""

        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="funds_entry_kind"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="funds_entry_amount_positive"),
            models.CheckConstraint(
                condition=~Q(kind__in=VOUCHED) | ~Q(voucher=""), name="funds_entry_voucher"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=DRAWING) | Q(commitment__isnull=False), name="funds_entry_draws_on"
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.REVERSE, reverses__isnull=False) & ~Q(reason="")
                | ~Q(kind=Kind.REVERSE) & Q(reverses__isnull=True),
                name="funds_entry_reversal_whole",
            ),
            models.UniqueConstraint(fields=["reverses"], name="funds_entry_reversed_once"),
            models.UniqueConstraint(
                fields=["fund", "voucher"], condition=Q(kind__in=VOUCHED), name="funds_entry_voucher_once"
            ),
        ]
        indexes = [models.Index(fields=["subject"], name="funds_entry_subject")]


class Posting(models.Model):
    """What an entry takes from (negative) or brings to an account; append-only, zero in sum per entry."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    account = models.CharField(max_length=12, choices=Account)
    amount_minor = models.BigIntegerField()

    class Meta:
        """One posting per account; nothing is posted for nothing."""

        constraints = [
            models.CheckConstraint(condition=Q(account__in=Account.values), name="funds_posting_account"),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="funds_posting_not_zero"),
            models.UniqueConstraint(fields=["entry", "account"], name="funds_posting_once"),
        ]


class Commitment(models.Model):
    """What became of one commitment. Its rest is amount − disbursed − released, or nothing if reversed.

    `refunded_minor` is what came back of the money that was disbursed on it.
    """

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="rest")
    amount_minor = models.BigIntegerField()
    disbursed_minor = models.BigIntegerField(default=0)
    released_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    is_reversed = models.BooleanField(default=False)

    class Meta:
        """No more leaves a commitment than was put in; a reversed one was never used."""

        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gte=F("disbursed_minor") + F("released_minor")),
                name="funds_commitment_not_overdrawn",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, disbursed_minor__gte=0, released_minor__gte=0),
                name="funds_commitment_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(is_reversed=False) | Q(disbursed_minor=0, released_minor=0),
                name="funds_commitment_reversed_unused",
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("disbursed_minor")),
                name="funds_commitment_refunded_within_paid",
            ),
        ]


class Step(models.TextChoices):
    """What two people decide about a fund."""

    CLOSE = "close", _("closing")
    REOPEN = "reopen", _("reopening")


class StepStatus(models.TextChoices):
    """How far a closing or a reopening is."""

    PROPOSED = "proposed", _("waits to be confirmed")
    CONFIRMED = "confirmed", _("confirmed")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Closing(models.Model):
    """A fund's closing or reopening: one person proposes, another one confirms or declines.

    `left_minor` is what was available when it was proposed, and goes back under `voucher`; `entry` is
    the return that was booked. `lost_minor` was paid for what never comes, and does not come back. `entries`
    is how many entries the fund had once it was confirmed.
    """

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="closings")
    step = models.CharField(max_length=8, choices=Step)
    status = models.CharField(max_length=10, choices=StepStatus, default=StepStatus.PROPOSED)
    left_minor = models.BigIntegerField()
    lost_minor = models.BigIntegerField(default=0)
    voucher = models.CharField(max_length=200, default="")
    reason = models.CharField(max_length=400)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField(null=True)
    remark = models.CharField(max_length=400, default="")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="closing", null=True)
    entries = models.PositiveIntegerField(null=True)

    class Meta:
        """One proposal waits at a time; somebody else decides about it, its maker alone withdraws it."""

        constraints = [
            models.CheckConstraint(condition=Q(step__in=Step.values), name="funds_closing_step"),
            models.CheckConstraint(condition=~Q(reason=""), name="funds_closing_reason"),
            models.CheckConstraint(condition=Q(lost_minor__gte=0), name="funds_closing_lost"),
            models.CheckConstraint(
                condition=Q(status=StepStatus.PROPOSED, decided_by__isnull=True, decided_at__isnull=True)
                | Q(
                    status__in=(StepStatus.CONFIRMED, StepStatus.DECLINED),
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                )
                & ~Q(decided_by=F("proposed_by"))
                | Q(
                    status=StepStatus.WITHDRAWN,
                    decided_by=F("proposed_by"),
                    decided_at__isnull=False,
                ),
                name="funds_closing_two_people",
            ),
            models.CheckConstraint(
                condition=Q(status=StepStatus.CONFIRMED, entries__isnull=False)
                | ~Q(status=StepStatus.CONFIRMED) & Q(entries__isnull=True, entry__isnull=True),
                name="funds_closing_confirmed_whole",
            ),
            models.UniqueConstraint(
                fields=["fund"], condition=Q(status=StepStatus.PROPOSED), name="funds_closing_one_waits"
            ),
        ]
