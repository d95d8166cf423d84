"""Tables of stock counts (盘点) and of what is disposed of (报废). Quantities are whole packs of a lot."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CountStatus(models.TextChoices):
    """How far a count is."""

    COUNTING = "counting", _("being counted")
    WAITING = "waiting", _("differences wait for a decision")
    AGREED = "agreed", _("agrees with the books")
    ACCEPTED = "accepted", _("differences accepted")
    RECOUNT = "recount", _("to be counted again")
    ABANDONED = "abandoned", pgettext_lazy("stock count", "abandoned")


class DisposalStatus(models.TextChoices):
    """How far a disposal is."""

    WAITING = "waiting", _("waits for a decision")
    ACCEPTED = "accepted", _("disposed of")
    RETURNED = "returned", _("not allowed")


UNDECIDED = (CountStatus.COUNTING, CountStatus.WAITING)
DECIDED = (CountStatus.ACCEPTED, CountStatus.RECOUNT)
SETTLED = (CountStatus.AGREED, *DECIDED)
"""Of these nothing changes any more, whatever is entered afterwards."""


class Count(models.Model):
    """One count of a store, for what was in it at the moment `taken_at`.

    Whoever counts hands the figures in without seeing those of the books; what differs is accepted, or
    counted again, by somebody who neither began the count nor handed it in. One that is abandoned before it
    is handed in says who gave it up and why.
    """

    store = models.ForeignKey("goods.Store", on_delete=models.PROTECT, related_name="counts")
    taken_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=CountStatus, default=CountStatus.COUNTING)
    counted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    counted_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=400, default="")

    class Meta:
        """One count at a time in a store; a decision is another person's, with its reason."""

        constraints = [
            models.UniqueConstraint(
                fields=["store"], condition=Q(status__in=UNDECIDED), name="goods_count_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(status=CountStatus.COUNTING, counted_by__isnull=True, counted_at__isnull=True)
                | Q(status=CountStatus.ABANDONED, counted_by__isnull=True, counted_at__isnull=True)
                | ~Q(status__in=(CountStatus.COUNTING, CountStatus.ABANDONED))
                & Q(counted_by__isnull=False, counted_at__isnull=False),
                name="goods_count_counted_whole",
            ),
            models.CheckConstraint(
                condition=Q(status__in=DECIDED, decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(reason="")
                & ~Q(decided_by=F("started_by"))
                & ~Q(decided_by=F("counted_by"))
                | Q(status=CountStatus.ABANDONED, decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(reason="")
                | ~Q(status__in=(*DECIDED, CountStatus.ABANDONED))
                & Q(decided_by__isnull=True, decided_at__isnull=True, reason=""),
                name="goods_count_decided_by_another",
            ),
        ]


class CountLine(models.Model):
    """One lot of a count: what the books said when it began, and what was counted, None until then."""

    count = models.ForeignKey(Count, on_delete=models.PROTECT, related_name="lines")
    lot = models.ForeignKey("goods.Lot", on_delete=models.PROTECT, related_name="+")
    booked = models.BigIntegerField()
    counted = models.BigIntegerField(null=True)

    class Meta:
        """A lot stands once in a count, with figures that can be."""

        constraints = [
            models.UniqueConstraint(fields=["count", "lot"], name="goods_count_line_once"),
            models.CheckConstraint(
                condition=Q(booked__gte=0) & (Q(counted__isnull=True) | Q(counted__gte=0)),
                name="goods_count_line_not_negative",
            ),
        ]


class Disposal(models.Model):
    """Packs of a lot that somebody wants to be disposed of, why, and what another person decided."""

    lot = models.ForeignKey("goods.Lot", on_delete=models.PROTECT, related_name="disposals")
    quantity = models.PositiveIntegerField()
    reason = models.CharField(max_length=400)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=DisposalStatus, default=DisposalStatus.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField(null=True)
    remark = models.CharField(max_length=400, default="")

    class Meta:
        """One waits for a lot at a time; it is decided by another person."""

        constraints = [
            models.UniqueConstraint(
                fields=["lot"], condition=Q(status=DisposalStatus.WAITING), name="goods_disposal_one_waits"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) & ~Q(reason=""), name="goods_disposal_of_something"
            ),
            models.CheckConstraint(
                condition=Q(status=DisposalStatus.WAITING, decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(status=DisposalStatus.WAITING)
                & Q(decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(decided_by=F("proposed_by")),
                name="goods_disposal_decided_by_another",
            ),
        ]
