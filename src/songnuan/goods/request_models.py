"""Tables of requests for purchases, and of the quotations that are compared for them. Prices are in fen."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy


class RequestStatus(models.TextChoices):
    """Where a request for a purchase stands."""

    PENDING = "pending", pgettext_lazy("purchase request", "waits for approval")
    APPROVED = "approved", pgettext_lazy("purchase request", "approved")
    RETURNED = "returned", pgettext_lazy("purchase request", "returned")
    WITHDRAWN = "withdrawn", pgettext_lazy("purchase request", "withdrawn")
    BOUGHT = "bought", pgettext_lazy("purchase request", "bought")


class PurchaseRequest(models.Model):
    """What is to be bought for a kit, and for how much at most; `number` has no gaps in its fund.

    `digest` is the SHA-256 (hex) of what is approved. `commitment` is the fund's entry that sets
    `total_minor` aside once it is approved; a purchase that is cancelled brings a new one. `chosen` is the
    quotation that is bought from, with who chose it, when and why; `is_compared` says that it was chosen
    among as many as the plan asks for.
    """

    kit = models.ForeignKey("goods.Kit", on_delete=models.PROTECT, related_name="requests")
    fund = models.ForeignKey("funds.Fund", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    reason = models.CharField(max_length=400)
    total_minor = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=RequestStatus, default=RequestStatus.PENDING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    commitment = models.ForeignKey("funds.Entry", on_delete=models.PROTECT, related_name="+", null=True)
    chosen = models.ForeignKey("goods.Quotation", on_delete=models.PROTECT, related_name="+", null=True)
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    chosen_at = models.DateTimeField(null=True)
    chosen_why = models.CharField(max_length=400, default="")
    is_compared = models.BooleanField(default=False)
    withdrawn_why = models.CharField(max_length=400, default="")

    class Meta:
        """Numbers and entries are used once; what was approved has its money; who chose is known."""

        constraints = [
            models.UniqueConstraint(fields=["fund", "number"], name="goods_request_number_once"),
            models.UniqueConstraint(fields=["commitment"], name="goods_request_commitment_once"),
            models.CheckConstraint(condition=Q(total_minor__gt=0), name="goods_request_total_positive"),
            models.CheckConstraint(condition=~Q(reason=""), name="goods_request_says_why"),
            models.CheckConstraint(
                condition=Q(status=RequestStatus.WITHDRAWN)
                | Q(status__in=(RequestStatus.PENDING, RequestStatus.RETURNED), commitment__isnull=True)
                | Q(status__in=(RequestStatus.APPROVED, RequestStatus.BOUGHT), commitment__isnull=False),
                name="goods_request_funded",
            ),
            models.CheckConstraint(
                condition=Q(chosen__isnull=True, chosen_by__isnull=True, chosen_at__isnull=True)
                | Q(chosen__isnull=False, chosen_by__isnull=False, chosen_at__isnull=False),
                name="goods_request_chosen_by",
            ),
        ]


class RequestLine(models.Model):
    """Packs of one item, each at `most_minor` at the most; append-only."""

    request = models.ForeignKey(PurchaseRequest, on_delete=models.PROTECT, related_name="lines")
    item = models.ForeignKey("goods.Item", on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    most_minor = models.BigIntegerField()

    class Meta:
        """An item once, something of it, for some money."""

        constraints = [
            models.UniqueConstraint(fields=["request", "item"], name="goods_request_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, most_minor__gt=0), name="goods_request_line_positive"
            ),
        ]


class Quotation(models.Model):
    """What a supplier asks for the items of a request. One entered wrongly is set aside, with the reason.

    `file` is a picture or PDF of the paper, where there is one.
    """

    request = models.ForeignKey(PurchaseRequest, on_delete=models.PROTECT, related_name="quotations")
    supplier = models.CharField(max_length=120)
    quoted_on = models.DateField()
    note = models.CharField(max_length=400, default="")
    file = models.ForeignKey("records.StoredFile", on_delete=models.PROTECT, related_name="+", null=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    set_aside_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    set_aside_at = models.DateTimeField(null=True)
    set_aside_why = models.CharField(max_length=400, default="")

    class Meta:
        """A supplier is compared once in a request; what was set aside says why and by whom."""

        constraints = [
            models.UniqueConstraint(
                fields=["request", "supplier"],
                condition=Q(set_aside_at__isnull=True),
                name="goods_quotation_supplier_once",
            ),
            models.CheckConstraint(condition=~Q(supplier=""), name="goods_quotation_supplier_named"),
            models.CheckConstraint(
                condition=Q(set_aside_at__isnull=True, set_aside_by__isnull=True, set_aside_why="")
                | Q(set_aside_at__isnull=False, set_aside_by__isnull=False) & ~Q(set_aside_why=""),
                name="goods_quotation_set_aside_why",
            ),
        ]


class QuotationLine(models.Model):
    """The price of a pack of one item; append-only."""

    quotation = models.ForeignKey(Quotation, on_delete=models.PROTECT, related_name="lines")
    item = models.ForeignKey("goods.Item", on_delete=models.PROTECT, related_name="+")
    unit_price_minor = models.BigIntegerField()

    class Meta:
        """An item once, for some money."""

        constraints = [
            models.UniqueConstraint(fields=["quotation", "item"], name="goods_quotation_line_once"),
            models.CheckConstraint(condition=Q(unit_price_minor__gt=0), name="goods_quotation_line_positive"),
        ]
