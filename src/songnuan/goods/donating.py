"""Tables of donations (捐赠) and of what is distributed (分发). Values are in fen, quantities whole packs."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songnuan.kernel.sealed import SealedField


class DonorKind(models.TextChoices):
    """Who gives."""

    ORGANISATION = "organisation", _("organisation")
    PERSON = "person", _("person")


class Valuation(models.TextChoices):
    """Where the value of donated goods comes from."""

    INVOICED = "invoiced", _("by invoice")
    ESTIMATED = "estimated", _("estimated")


class Donation(models.Model):
    """Goods that were given for a plan: into its store, or straight to a unit.

    `number` has no gaps in its store and stands on the receipt. `unit` is None for what came into the store;
    `receiver_name` is who took it in there, another person than who entered it. `late_entry` and
    `before_plan` say why `reason_late` was asked for. A cancelled one stays, and counts no more.
    """

    store = models.ForeignKey("goods.Store", on_delete=models.PROTECT, related_name="donations")
    number = models.PositiveIntegerField()
    donor = models.CharField(max_length=120)
    donor_kind = models.CharField(max_length=12, choices=DonorKind)
    donated_on = models.DateField()
    valuation = models.CharField(max_length=10, choices=Valuation)
    total_minor = models.BigIntegerField()
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", null=True)
    receiver_name = SealedField(default="")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    recorded_at = models.DateTimeField()
    late_entry = models.BooleanField(default=False)
    before_plan = models.BooleanField(default=False)
    reason_late = models.CharField(max_length=400, default="")
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    cancel_reason = models.CharField(max_length=400, default="")

    class Meta:
        """A number is given once; a late entry says why, and so does what is cancelled."""

        constraints = [
            models.UniqueConstraint(fields=["store", "number"], name="goods_donation_number_once"),
            models.CheckConstraint(
                condition=Q(number__gt=0, total_minor__gt=0) & ~Q(donor=""), name="goods_donation_named"
            ),
            models.CheckConstraint(
                condition=Q(late_entry=False, before_plan=False) | ~Q(reason_late=""),
                name="goods_donation_late_entry_says_why",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_by__isnull=True, cancel_reason="")
                | Q(cancelled_at__isnull=False, cancelled_by__isnull=False) & ~Q(cancel_reason=""),
                name="goods_donation_cancelled_why",
            ),
        ]


class DonationLine(models.Model):
    """Packs of one item at one value each; append-only."""

    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="lines")
    item = models.ForeignKey("goods.Item", on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    unit_value_minor = models.BigIntegerField()

    class Meta:
        """Something, of some value."""

        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_value_minor__gt=0), name="goods_donation_line_positive"
            ),
        ]


class Issue(models.Model):
    """That a unit got goods and signed for them: donated ones, or its kit straight out of the store.

    `donation` is the one that came straight to the unit, None for what was given out of the store. One that
    was withdrawn stays, and counts no more: its goods are in the store again, or back with the donor.
    """

    store = models.ForeignKey("goods.Store", on_delete=models.PROTECT, related_name="issues")
    movement = models.OneToOneField("goods.Movement", on_delete=models.PROTECT, related_name="issue")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    donation = models.OneToOneField(Donation, on_delete=models.PROTECT, related_name="issue", null=True)
    happened_on = models.DateField()
    receiver_name = SealedField(default="")
    signature = models.ForeignKey("records.StoredFile", on_delete=models.PROTECT, related_name="+", null=True)
    confirmed_by_name = models.BooleanField(default=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    recorded_at = models.DateTimeField()
    late_entry = models.BooleanField(default=False)
    reason_late = models.CharField(max_length=400, default="")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    withdraw_reason = models.CharField(max_length=400, default="")

    class Meta:
        """It is signed for, or confirmed by name; a late entry says why, and so does what is withdrawn."""

        constraints = [
            models.CheckConstraint(
                condition=Q(signature__isnull=False) | Q(confirmed_by_name=True), name="goods_issue_signed"
            ),
            models.CheckConstraint(
                condition=Q(late_entry=False) | ~Q(reason_late=""), name="goods_issue_late_entry_says_why"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdraw_reason="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdraw_reason=""),
                name="goods_issue_withdrawn_why",
            ),
        ]
