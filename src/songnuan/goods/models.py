"""Tables of kits, purchases and stock. Every price is in fen; quantities are whole packs of an item."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songnuan.goods.request_models import (
    PurchaseRequest,
    Quotation,
    QuotationLine,
    RequestLine,
    RequestStatus,
)

__all__ = [
    "Item",
    "Kit",
    "KitLine",
    "Movement",
    "MovementKind",
    "MovementLine",
    "Purchase",
    "PurchaseLine",
    "PurchaseRequest",
    "Quotation",
    "QuotationLine",
    "RequestLine",
    "RequestStatus",
    "StockLevel",
]


class MovementKind(models.TextChoices):
    """Why goods move."""

    RECEIVE = "receive", _("received")
    SEND_BACK = "send_back", _("sent back")
    HAND_OVER = "hand_over", _("handed over")


class Item(models.Model):
    """A thing that is bought, with the pack it is counted in: 方便面, 箱."""

    name = models.CharField(max_length=80)
    packing = models.CharField(max_length=20)

    class Meta:
        """The same thing in the same pack is one item."""

        constraints = [models.UniqueConstraint(fields=["name", "packing"], name="goods_item_once")]


class Kit(models.Model):
    """What each unit gets under a measure. `standard_minor` is the most a kit may cost.

    `version` is counted up by every act on the kit, so that two at once wait for each other.
    """

    measure = models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="+")
    fund = models.ForeignKey("funds.Fund", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    standard_minor = models.BigIntegerField()
    version = models.PositiveIntegerField(default=0)

    class Meta:
        """A measure has one kit; a standard is more than nothing."""

        constraints = [
            models.UniqueConstraint(fields=["measure"], name="goods_kit_once"),
            models.CheckConstraint(condition=Q(standard_minor__gt=0), name="goods_kit_standard_positive"),
        ]


class KitLine(models.Model):
    """How many packs of an item are in one kit."""

    kit = models.ForeignKey(Kit, on_delete=models.PROTECT, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()

    class Meta:
        """An item stands once in a kit, with at least one pack."""

        constraints = [
            models.UniqueConstraint(fields=["kit", "item"], name="goods_kit_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="goods_kit_line_quantity"),
        ]


class Purchase(models.Model):
    """One invoice for one kit. `commitment` and `disbursement` are the fund's entries that pay it.

    `number` has no gaps in its fund. A cancelled purchase stays, with its reason, and counts no more.
    `request` is the approved one on which it was bought, none for a small purchase; `invoice_file` the
    picture of its invoice, which may come later.
    """

    kit = models.ForeignKey(Kit, on_delete=models.PROTECT, related_name="purchases")
    fund = models.ForeignKey("funds.Fund", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    supplier = models.CharField(max_length=120)
    invoice_number = models.CharField(max_length=60)
    bought_on = models.DateField()
    total_minor = models.BigIntegerField()
    commitment = models.ForeignKey("funds.Entry", on_delete=models.PROTECT, related_name="+")
    disbursement = models.ForeignKey("funds.Entry", on_delete=models.PROTECT, related_name="+", null=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    recorded_at = models.DateTimeField()
    reason_late = models.CharField(max_length=400, default="")
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=400, default="")
    request = models.ForeignKey(
        PurchaseRequest, on_delete=models.PROTECT, related_name="purchases", null=True
    )
    invoice_file = models.ForeignKey(
        "records.StoredFile", on_delete=models.PROTECT, related_name="+", null=True
    )
    invoice_added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    invoice_added_at = models.DateTimeField(null=True)

    class Meta:
        """Number, invoice, picture, request and entries are used once; what is cancelled says why."""

        constraints = [
            models.UniqueConstraint(fields=["fund", "number"], name="goods_purchase_number_once"),
            models.UniqueConstraint(
                fields=["fund", "supplier", "invoice_number"],
                condition=Q(cancelled_at__isnull=True),
                name="goods_purchase_invoice_once",
            ),
            models.UniqueConstraint(
                fields=["invoice_file"],
                condition=Q(cancelled_at__isnull=True),
                name="goods_purchase_invoice_file_once",
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(cancelled_at__isnull=True),
                name="goods_purchase_request_once",
            ),
            models.UniqueConstraint(fields=["commitment"], name="goods_purchase_commitment_once"),
            models.UniqueConstraint(fields=["disbursement"], name="goods_purchase_disbursement_once"),
            models.CheckConstraint(condition=Q(total_minor__gt=0), name="goods_purchase_total_positive"),
            models.CheckConstraint(
                condition=~Q(supplier="") & ~Q(invoice_number=""), name="goods_purchase_invoice_named"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancel_reason="")
                | Q(cancelled_at__isnull=False) & ~Q(cancel_reason=""),
                name="goods_purchase_cancelled_why",
            ),
        ]


class PurchaseLine(models.Model):
    """Packs of one item at one price; append-only."""

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    unit_price_minor = models.BigIntegerField()

    class Meta:
        """Something, for some money."""

        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_price_minor__gt=0), name="goods_purchase_line_positive"
            ),
        ]


class StockLevel(models.Model):
    """How many packs of an item are at a place: "store", or "unit:<id>" once handed over."""

    kit = models.ForeignKey(Kit, on_delete=models.PROTECT, related_name="levels")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=40)
    quantity = models.BigIntegerField(default=0)

    class Meta:
        """One level per place; nobody gives what is not there."""

        constraints = [
            models.UniqueConstraint(fields=["kit", "item", "place"], name="goods_level_once"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="goods_level_not_negative"),
        ]


class Movement(models.Model):
    """Goods that went from one place to another; append-only. Its lines add up to zero per item."""

    kit = models.ForeignKey(Kit, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=10, choices=MovementKind)
    happened_at = models.DateTimeField()
    at = models.DateTimeField()
    subject = models.CharField(max_length=120, default="")
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="movements", null=True)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        """A unit gets its kit once; deliveries name their purchase, a handing over its unit."""

        constraints = [
            models.UniqueConstraint(
                fields=["kit", "unit"],
                condition=Q(kind=MovementKind.HAND_OVER),
                name="goods_movement_one_kit_per_unit",
            ),
            models.CheckConstraint(
                condition=Q(kind=MovementKind.HAND_OVER, unit__isnull=False, purchase__isnull=True)
                | Q(
                    kind__in=(MovementKind.RECEIVE, MovementKind.SEND_BACK),
                    unit__isnull=True,
                    purchase__isnull=False,
                ),
                name="goods_movement_kind",
            ),
        ]


class MovementLine(models.Model):
    """What a movement takes from (negative) or brings to a place; append-only."""

    movement = models.ForeignKey(Movement, on_delete=models.PROTECT, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=40)
    quantity = models.BigIntegerField()

    class Meta:
        """One line per item and place; nothing moves for nothing."""

        constraints = [
            models.UniqueConstraint(fields=["movement", "item", "place"], name="goods_movement_line_once"),
            models.CheckConstraint(condition=~Q(quantity=0), name="goods_movement_line_not_zero"),
        ]
