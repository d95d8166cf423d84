"""Tables of handing kits out to people: distributions, batches, portions, desks, and who picked up what."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from songnuan.goods.pickup_states import PLACE_LENGTH, Doubt, Mode, Portioned
from songnuan.kernel.sealed import SealedField


def _person() -> "models.ForeignKey[models.Model | None, models.Model | None]":
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)


class Distribution(models.Model):
    """That a kit is handed out to everybody on a roster, under a measure; `mode` may still be open.

    `version` is counted up by every act on the whole, so that two at once wait for each other. `seen_on` is
    the day of the roster with which the portions were last brought in line.
    """

    measure = models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="+")
    kit = models.ForeignKey("goods.Kit", on_delete=models.PROTECT, related_name="+")
    roster = models.ForeignKey("people.Roster", on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=6, default="")
    opened_at = models.DateTimeField()
    opened_by = _person()
    seen_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        """A measure hands out once, and a kit is handed out once; portions need a mode."""

        constraints = [
            models.UniqueConstraint(fields=["measure"], name="goods_distribution_once"),
            models.UniqueConstraint(fields=["kit"], name="goods_distribution_of_kit"),
            models.CheckConstraint(
                condition=Q(mode__in=["", *(one.value for one in Mode)]), name="goods_distribution_mode"
            ),
            models.CheckConstraint(
                condition=Q(seen_on__isnull=True) | ~Q(mode=""), name="goods_distribution_mode_first"
            ),
        ]


class Batch(models.Model):
    """A day on which kits are handed out, from 1 in their order, and where."""

    distribution = models.ForeignKey(Distribution, on_delete=models.PROTECT, related_name="batches")
    position = models.PositiveSmallIntegerField()
    on = models.DateField()
    place = models.CharField(max_length=PLACE_LENGTH, default="")

    class Meta:
        """A place in the order, and a day, once each."""

        constraints = [
            models.UniqueConstraint(fields=["distribution", "position"], name="goods_batch_once"),
            models.UniqueConstraint(fields=["distribution", "on"], name="goods_batch_day_once"),
            models.CheckConstraint(condition=Q(position__gt=0), name="goods_batch_position"),
        ]


class Recipient(models.Model):
    """Somebody who stands or stood on the roster. `code` is what a desk scans; it opens nothing else.

    `proxy` is who may fetch it for them, as they named somebody themselves or told the office. What names
    somebody here is emptied with the roster, and so is the code.
    """

    distribution = models.ForeignKey(Distribution, on_delete=models.PROTECT, related_name="recipients")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=12, unique=True, null=True)  # noqa: DJ001 - a code or none
    proxy = SealedField(null=True)
    proxy_named_at = models.DateTimeField(null=True)

    class Meta:
        """A person is a recipient once; who may fetch it was named at some time."""

        constraints = [
            models.UniqueConstraint(fields=["distribution", "person"], name="goods_recipient_once"),
            models.CheckConstraint(
                condition=Q(proxy__isnull=True) | Q(proxy_named_at__isnull=False),
                name="goods_recipient_proxy_named",
            ),
        ]


class Portion(models.Model):
    """One kit for one person; `round` is 1 where batches divide the people.

    `first_batch` is where it was expected first, and stays so when it is passed on to a later `batch`: the
    figures of a day that is over stay as they were. Who settles it, or opens it again after that, says why;
    the `reason` may name somebody, and is emptied with the roster.
    """

    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="portions")
    round = models.PositiveSmallIntegerField()
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    first_batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, default=Portioned.OPEN.value)
    settled_by = _person()
    settled_at = models.DateTimeField(null=True)
    reason = SealedField(null=True)

    class Meta:
        """A person has one portion of a round; what is settled says by whom; what was taken, no reason."""

        constraints = [
            models.UniqueConstraint(fields=["recipient", "round"], name="goods_portion_once"),
            models.CheckConstraint(
                condition=Q(status__in=[one.value for one in Portioned]), name="goods_portion_status"
            ),
            models.CheckConstraint(
                condition=~Q(status=Portioned.SETTLED.value)
                & Q(settled_by__isnull=True, settled_at__isnull=True)
                & (Q(reason__isnull=True) | ~Q(status=Portioned.TAKEN.value))
                | Q(status=Portioned.SETTLED.value, settled_by__isnull=False, settled_at__isnull=False),
                name="goods_portion_settled",
            ),
        ]
        indexes = [models.Index(fields=["batch", "status"], name="goods_portion_batch")]


class Desk(models.Model):
    """Where kits are handed out, with goods of its own: place `desk:<id>` of the stock.

    `version` is counted up by every act on its goods, so that two at once wait for each other.
    """

    distribution = models.ForeignKey(Distribution, on_delete=models.PROTECT, related_name="desks")
    name = models.CharField(max_length=60)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        """A desk has a name of its own."""

        constraints = [
            models.UniqueConstraint(fields=["distribution", "name"], name="goods_desk_once"),
            models.CheckConstraint(condition=~Q(name=""), name="goods_desk_named"),
        ]


class PickupStatus(models.TextChoices):
    """How a record of a pickup stands."""

    BOOKED = "booked", pgettext_lazy("pickup", "picked up")
    WAITING = "waiting", pgettext_lazy("pickup", "to be decided")
    VOID = "void", pgettext_lazy("pickup", "did not happen")
    RETURNED = "returned", pgettext_lazy("pickup", "given back")


class PickupDoubt(models.TextChoices):
    """Why a record of a pickup waits for a decision; every one of them is kept as it was told."""

    TWICE = Doubt.TWICE.value, pgettext_lazy("pickup", "this portion was picked up already")
    LEFT = Doubt.LEFT.value, pgettext_lazy("pickup", "the person is on the roster no more")
    SETTLED = Doubt.SETTLED.value, pgettext_lazy("pickup", "the office has settled this portion")
    SHORT = Doubt.SHORT.value, pgettext_lazy("pickup", "the desk had no such goods left")
    EXPIRED = Doubt.EXPIRED.value, pgettext_lazy("pickup", "the desk had only expired goods left")
    HELD = Doubt.HELD.value, pgettext_lazy("pickup", "the goods are on hold")
    CLOSED = Doubt.CLOSED.value, pgettext_lazy("pickup", "the desk was closed")
    EARLY = Doubt.EARLY.value, pgettext_lazy("pickup", "the day of this round had not come yet")


class Pickup(models.Model):
    """What a desk recorded: who got a portion and when, as the device told it. Never deleted.

    `key` is the device's, `digest` the SHA-256 (hex) of what it sent: sent again, it is the same record.
    `device_at` is when it happened by the device's clock, `taken_at` when by the house's. `proxy` is who
    fetched it for the person, where somebody did (`by_proxy`, which stays when the name is emptied),
    `signature` the picture that was signed; `by_name`: it was confirmed by name instead. `movement` books
    the goods; a record that waits has none, so that stock is never below zero. `decided_by` is another than
    `by`. `proxy` and `reason` may be emptied.
    """

    key = models.UUIDField(unique=True)
    digest = models.CharField(max_length=64)
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="pickups")
    portion = models.ForeignKey(Portion, on_delete=models.PROTECT, related_name="pickups")
    status = models.CharField(max_length=8, choices=PickupStatus)
    doubt = models.CharField(max_length=8, choices=PickupDoubt, default="")
    device_at = models.DateTimeField()
    taken_at = models.DateTimeField()
    received_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proxy = SealedField(null=True)
    by_proxy = models.BooleanField(default=False)
    signature = models.ForeignKey("records.StoredFile", on_delete=models.PROTECT, related_name="+", null=True)
    by_name = models.BooleanField(default=False)
    movement = models.OneToOneField("goods.Movement", on_delete=models.PROTECT, related_name="+", null=True)
    decided_by = _person()
    decided_at = models.DateTimeField(null=True)
    reason = SealedField(null=True)

    class Meta:
        """Goods go with what is booked; who decides is another, and says why; a portion goes out once."""

        constraints = [
            models.UniqueConstraint(
                fields=["portion"],
                condition=Q(status=PickupStatus.BOOKED, decided_at__isnull=True),
                name="goods_pickup_once",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[PickupStatus.BOOKED, PickupStatus.RETURNED], movement__isnull=False)
                | Q(status__in=[PickupStatus.WAITING, PickupStatus.VOID], movement__isnull=True),
                name="goods_pickup_booked",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True, reason__isnull=True)
                & Q(status__in=[PickupStatus.BOOKED, PickupStatus.WAITING])
                | Q(decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(status=PickupStatus.WAITING)
                & ~Q(decided_by=F("by")),
                name="goods_pickup_decided",
            ),
            models.CheckConstraint(
                condition=~Q(status=PickupStatus.WAITING) | ~Q(doubt=""), name="goods_pickup_waits_why"
            ),
            models.CheckConstraint(
                condition=~Q(status=PickupStatus.BOOKED) | Q(doubt="") | Q(decided_at__isnull=False),
                name="goods_pickup_doubt_decided",
            ),
            models.CheckConstraint(
                condition=Q(proxy__isnull=True) | Q(by_proxy=True), name="goods_pickup_by_proxy"
            ),
            models.CheckConstraint(
                condition=Q(signature__isnull=True) | Q(by_name=False), name="goods_pickup_signed_or_named"
            ),
        ]
        indexes = [models.Index(fields=["desk", "status"], name="goods_pickup_desk")]


class BatchPhoto(models.Model):
    """A photo of a batch's day, made anew here: without place, camera and time of the device. Append-only.

    `caption` says what it shows, and may be emptied. Where the photo is taken out again, or the roster is
    erased, the picture goes with it: its place in the order, and who added it when, is all that stays.
    """

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="photos")
    position = models.PositiveSmallIntegerField()
    picture = models.ForeignKey("records.StoredFile", on_delete=models.PROTECT, related_name="+", null=True)
    thumbnail = models.ForeignKey("records.StoredFile", on_delete=models.PROTECT, related_name="+", null=True)
    caption = SealedField(null=True)
    place = models.CharField(max_length=PLACE_LENGTH, default="")
    taken_on = models.DateField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        """Each place in the order is taken once; with the picture goes what stands below it."""

        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="goods_batch_photo_once"),
            models.CheckConstraint(condition=Q(position__gt=0), name="goods_batch_photo_position"),
            models.CheckConstraint(
                condition=Q(picture__isnull=False, thumbnail__isnull=False)
                | Q(picture__isnull=True, thumbnail__isnull=True, caption__isnull=True),
                name="goods_batch_photo_whole",
            ),
        ]
