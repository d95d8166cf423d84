"""Tables of what is put right about purchases afterwards."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class ReplacedInvoice(models.Model):
    """The picture of an invoice that another took the place of, and why; append-only."""

    purchase = models.ForeignKey("goods.Purchase", on_delete=models.PROTECT, related_name="replaced_invoices")
    file = models.ForeignKey("records.StoredFile", on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    added_at = models.DateTimeField()
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    replaced_at = models.DateTimeField()
    reason = models.CharField(max_length=400)

    class Meta:
        """It says why."""

        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="goods_replaced_invoice_says_why"),
        ]


class ShortClosing(models.Model):
    """Packs of a line that do not come any more, because the supplier gave their money back; append-only.

    They count as bought no longer. Where the `refund` is reversed, they are to come again.
    """

    line = models.ForeignKey("goods.PurchaseLine", on_delete=models.PROTECT, related_name="short_closings")
    quantity = models.PositiveIntegerField()
    refund = models.ForeignKey("funds.Entry", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )

    class Meta:
        """Something, once for each refund."""

        constraints = [
            models.UniqueConstraint(fields=["line", "refund"], name="goods_short_closing_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="goods_short_closing_positive"),
        ]
