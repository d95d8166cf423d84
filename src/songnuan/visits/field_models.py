"""Tables of what belongs to a visit beside its report: photos, position, earlier reports, receipts."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from songnuan.kernel.sealed import SealedField

PHOTOS_MOST = 6


class VisitPhoto(models.Model):
    """A photo taken at a visit, as it was made anew here: without place, camera and time of the device."""

    visit = models.ForeignKey("visits.Visit", on_delete=models.PROTECT, related_name="photos")
    position = models.PositiveSmallIntegerField()
    picture = models.ForeignKey("records.StoredFile", on_delete=models.PROTECT, related_name="+")
    thumbnail = models.ForeignKey("records.StoredFile", on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    added_at = models.DateTimeField()

    class Meta:
        """Each of a few places is taken once."""

        constraints = [
            models.UniqueConstraint(fields=["visit", "position"], name="visits_photo_place_once"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=PHOTOS_MOST), name="visits_photo_few"
            ),
        ]


class VisitPosition(models.Model):
    """Where the visitors' device stood when they asked it to: "latitude,longitude,metres", sealed."""

    visit = models.OneToOneField("visits.Visit", on_delete=models.PROTECT, related_name="device_position")
    place = SealedField()


class ReportVersion(models.Model):
    """A report that a corrected one took the place of, as it was. Append-only.

    `report` holds what `visits.versions.FIELDS` names; the receipt of the unit stays with the version it
    was given for. `written_by` and `written_at` tell who wrote this version and when it was received,
    `reason` why it took the place of the one before; "" for the first.
    """

    visit = models.ForeignKey("visits.Visit", on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    report = models.JSONField()
    receiver_name = SealedField(default="")
    signature = models.ForeignKey("records.StoredFile", on_delete=models.PROTECT, related_name="+", null=True)
    confirmed_by_name = models.BooleanField(default=False)
    signed_for = models.TextField(default="")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    written_at = models.DateTimeField()
    reason = models.TextField(default="")

    class Meta:
        """A number is given once for each visit."""

        constraints = [
            models.UniqueConstraint(fields=["visit", "number"], name="visits_version_once"),
        ]


class LaterReceipt(models.Model):
    """That a unit has what it did not get of its kit at the visit: signed, or confirmed by name."""

    visit = models.OneToOneField("visits.Visit", on_delete=models.PROTECT, related_name="later_receipt")
    receiver_name = SealedField()
    signature = models.ForeignKey("records.StoredFile", on_delete=models.PROTECT, related_name="+", null=True)
    confirmed_by_name = models.BooleanField(default=False)
    signed_for = models.TextField()
    signed_at = models.DateTimeField()

    class Meta:
        """It is signed or confirmed."""

        constraints = [
            models.CheckConstraint(
                condition=Q(signature__isnull=False, confirmed_by_name=False)
                | Q(signature__isnull=True, confirmed_by_name=True),
                name="visits_later_receipt_signed",
            ),
        ]


class VisitChase(models.Model):
    """That the lead was asked for an overdue visit (催办), once on a day in China."""

    visit = models.ForeignKey("visits.Visit", on_delete=models.PROTECT, related_name="chases")
    day = models.DateField()
    chased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    chased_at = models.DateTimeField()

    class Meta:
        """Once a day."""

        constraints = [models.UniqueConstraint(fields=["visit", "day"], name="visits_chase_once_a_day")]
