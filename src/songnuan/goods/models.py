"""Tables of kits, purchases and stock. Every price is in fen; quantities are whole packs of an item."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from songnuan.goods.counting import Count, CountLine, CountStatus, Disposal, DisposalStatus
from songnuan.goods.describing import label_of
from songnuan.goods.donating import Donation, DonationLine, DonorKind, Issue, Valuation
from songnuan.goods.mending import ReplacedInvoice, ShortClosing
from songnuan.goods.moving import AT_DESKS, MovementKind
from songnuan.goods.pickup_models import Batch, BatchPhoto, Desk, Distribution, Pickup, Portion, Recipient
from songnuan.goods.request_models import (
    PurchaseRequest,
    Quotation,
    QuotationLine,
    RequestLine,
    RequestStatus,
)

__all__ = [
    "AT_DESKS",
    "Batch",
    "BatchPhoto",
    "Count",
    "CountLine",
    "CountStatus",
    "Desk",
    "Disposal",
    "DisposalStatus",
    "Distribution",
    "Donation",
    "DonationLine",
    "DonorKind",
    "Issue",
    "Item",
    "Kit",
    "KitLine",
    "Movement",
    "MovementKind",
    "MovementLine",
    "Pickup",
    "Portion",
    "Purchase",
    "PurchaseLine",
    "PurchaseRequest",
    "Quotation",
    "QuotationLine",
    "Recipient",
    "ReplacedInvoice",
    "RequestLine",
    "RequestStatus",
    "ShortClosing",
    "StockLevel",
    "Valuation",
]


class Store(models.Model):
    """The store of a plan. `version` is counted up by every movement, so that two at once wait."""

    plan = models.ForeignKey("plans.Plan", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)

    class Meta:
        """A plan has one store."""

        constraints = [models.UniqueConstraint(fields=["plan"], name="goods_store_once")]


class Item(models.Model):
    """A thing that is bought or given, with the pack it is counted in: 方便面, 12桶装, 箱.

    `specification` (规格) is empty where nobody tells it.
    """

    name = models.CharField(max_length=80)
    specification = models.CharField(max_length=40, default="")
    packing = models.CharField(max_length=20)

    class Meta:
        """The same thing of the same make in the same pack is one item."""

        constraints = [
            models.UniqueConstraint(fields=["name", "specification", "packing"], name="goods_item_once")
        ]

    @property
    def label(self) -> str:
        """Its name with its specification, where it has one."""
        return label_of(self.name, self.specification)


class Kit(models.Model):
    """What each unit, person or family gets under a measure. `standard_minor` is the most a kit may cost.

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
    """How many packs of an item are in one kit; `expires` says that none is received without its date."""

    kit = models.ForeignKey(Kit, on_delete=models.PROTECT, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    expires = models.BooleanField(default=False)

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


class Lot(models.Model):
    """Packs of one item that came with one lot number and one expiry date; append-only.

    Bought ones name their purchase line, so that each pack has its price; donated ones their donation's
    line. `number` is empty where none is printed; `expires_on` is the last good day, None where none is.
    """

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="lots")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=60, default="")
    expires_on = models.DateField(null=True)
    line = models.ForeignKey(PurchaseLine, on_delete=models.PROTECT, related_name="lots", null=True)
    gift = models.ForeignKey(DonationLine, on_delete=models.PROTECT, related_name="lots", null=True)

    class Meta:
        """A lot came from one place; of one line number and date tell it apart."""

        constraints = [
            models.UniqueConstraint(
                fields=["line", "number", "expires_on"],
                condition=Q(expires_on__isnull=False),
                name="goods_lot_once",
            ),
            models.UniqueConstraint(
                fields=["line", "number"], condition=Q(expires_on__isnull=True), name="goods_lot_undated_once"
            ),
            models.UniqueConstraint(fields=["gift"], name="goods_lot_of_gift_once"),
            models.CheckConstraint(
                condition=Q(line__isnull=False, gift__isnull=True) | Q(line__isnull=True, gift__isnull=False),
                name="goods_lot_origin",
            ),
        ]


class StockLevel(models.Model):
    """How many packs of a lot are at a place: the names of places are in `places`."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="levels")
    place = models.CharField(max_length=40)
    quantity = models.BigIntegerField(default=0)

    class Meta:
        """One level per place; nobody gives what is not there."""

        constraints = [
            models.UniqueConstraint(fields=["lot", "place"], name="goods_level_once"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="goods_level_not_negative"),
        ]


class Movement(models.Model):
    """Goods that went from one place to another; append-only. Its lines add up to zero per lot.

    `kit` is None where the goods belong to no kit, or to several. `reason` says why goods went back. `part`
    counts how often a unit got something of its kit: what it lacked at first follows.
    """

    kit = models.ForeignKey(Kit, on_delete=models.PROTECT, related_name="movements", null=True)
    kind = models.CharField(max_length=10, choices=MovementKind)
    happened_at = models.DateTimeField()
    at = models.DateTimeField()
    subject = models.CharField(max_length=120, default="")
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="movements", null=True)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", null=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    reason = models.CharField(max_length=400, default="")
    part = models.PositiveSmallIntegerField(default=1)

    class Meta:
        """A unit gets a part of its kit once; deliveries name their purchase, what a unit gets its unit."""

        constraints = [
            models.UniqueConstraint(
                fields=["kit", "unit", "part"],
                condition=Q(kind=MovementKind.HAND_OVER),
                name="goods_movement_part_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind=MovementKind.HAND_OVER,
                    kit__isnull=False,
                    unit__isnull=False,
                    purchase__isnull=True,
                )
                | Q(
                    kind__in=(MovementKind.RECEIVE, MovementKind.SEND_BACK),
                    kit__isnull=False,
                    unit__isnull=True,
                    purchase__isnull=False,
                )
                | Q(
                    kind__in=AT_DESKS,
                    kit__isnull=False,
                    unit__isnull=True,
                    purchase__isnull=True,
                )
                | Q(
                    kind__in=(MovementKind.ISSUE, MovementKind.RECLAIM),
                    kit__isnull=True,
                    unit__isnull=False,
                    purchase__isnull=True,
                )
                | Q(
                    kind__in=(
                        MovementKind.DONATE,
                        MovementKind.COUNT,
                        MovementKind.DISPOSE,
                        MovementKind.TAKE_BACK,
                    ),
                    kit__isnull=True,
                    unit__isnull=True,
                    purchase__isnull=True,
                ),
                name="goods_movement_kind",
            ),
        ]
        indexes = [models.Index(fields=["subject"], name="goods_movement_subject")]


class MovementLine(models.Model):
    """What a movement takes from (negative) or brings to a place; append-only."""

    movement = models.ForeignKey(Movement, on_delete=models.PROTECT, related_name="lines")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="lines")
    place = models.CharField(max_length=40)
    quantity = models.BigIntegerField()

    class Meta:
        """One line per lot and place; nothing moves for nothing."""

        constraints = [
            models.UniqueConstraint(fields=["movement", "lot", "place"], name="goods_movement_line_once"),
            models.CheckConstraint(condition=~Q(quantity=0), name="goods_movement_line_not_zero"),
        ]
