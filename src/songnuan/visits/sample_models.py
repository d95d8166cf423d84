"""Tables of the inspector: samples of receipts, what calling back came to, and signs that were looked at."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    """What a unit says of its kit when it is called back."""

    OK = "ok", _("received whole and kept")
    SHORT = "short", _("something was missing")
    NOT_RECEIVED = "not_received", _("not received")
    TAKEN_BACK = "taken_back", _("taken back or asked for money")
    NOT_REACHED = "not_reached", _("not reached")


BAD = (Outcome.SHORT, Outcome.NOT_RECEIVED, Outcome.TAKEN_BACK)


class Sample(models.Model):
    """Receipts drawn at random out of those a plan had then (抽查). Append-only.

    Attributes:
        number: Its number in the plan, without gaps: a draw that nobody used stays.
        lead: The lead office whose receipts it was drawn from; None for all.
        compound: The compound it was drawn from; empty for all.
        seed: What the draw was made with; with `drawn_from` it gives the same receipts again.
        by_lead: Whether every lead has its share, at least one.
        drawn_from: Every receipt it could have drawn, as JSON: [movement, lead] in order.
        digest: SHA-256 (hex) over seed, kind of draw, all receipts and those drawn.
        confidence: Per cent; `margin` the error, in per cent either way, that it allows in the worst case.

    """

    plan = models.ForeignKey("plans.Plan", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    lead = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", null=True)
    compound = models.CharField(max_length=200, default="")
    seed = models.CharField(max_length=64)
    by_lead = models.BooleanField()
    drawn_from = models.TextField()
    population = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    confidence = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()

    class Meta:
        """Numbers have no gaps to hide in; no more is drawn than there is."""

        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="visits_sample_number_once"),
            models.CheckConstraint(
                condition=Q(size__gt=0, size__lte=F("population")), name="visits_sample_size"
            ),
            models.CheckConstraint(
                condition=Q(confidence__in=(80, 90, 95, 99)), name="visits_sample_confidence"
            ),
            models.CheckConstraint(condition=~Q(seed=""), name="visits_sample_seeded"),
        ]


class SampleReceipt(models.Model):
    """One receipt that was drawn, in the order of the draw. Append-only.

    `visit` is the one at which the kit was handed over, None where the unit got it at the store. `handed_by`
    is who recorded that.
    """

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="receipts")
    position = models.PositiveIntegerField()
    movement = models.ForeignKey("goods.Movement", on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey("visits.Visit", on_delete=models.PROTECT, related_name="+", null=True)
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )

    class Meta:
        """A receipt is drawn once."""

        constraints = [
            models.UniqueConstraint(fields=["sample", "position"], name="visits_sample_place_once"),
            models.UniqueConstraint(fields=["sample", "movement"], name="visits_sample_movement_once"),
        ]

    @property
    def unit_id(self) -> int:
        """Return the unit that signed."""
        unit_id = self.movement.unit_id
        assert unit_id is not None  # noqa: S101 - what is handed over names its unit
        return int(unit_id)


class ReceiptCheck(models.Model):
    """What calling one unit back came to; the newest one counts. Append-only.

    `words` is what the unit said. `handed_by` is repeated from the receipt, so that the database itself
    keeps who hands over from who checks.
    """

    receipt = models.ForeignKey(SampleReceipt, on_delete=models.PROTECT, related_name="checks")
    outcome = models.CharField(max_length=12, choices=Outcome)
    words = models.TextField(default="")
    happened_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    at = models.DateTimeField()

    class Meta:
        """What is amiss is told in words; nobody checks what they handed over."""

        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="visits_receipt_outcome"),
            models.CheckConstraint(
                condition=~Q(outcome__in=BAD) | ~Q(words=""), name="visits_receipt_amiss_says_what"
            ),
            models.CheckConstraint(
                condition=Q(handed_by__isnull=True) | ~Q(by=F("handed_by")),
                name="visits_receipt_checked_by_another",
            ),
        ]


class FlagNote(models.Model):
    """An inspector looked at a sign that something may be amiss, and what came of it. Append-only.

    `key` names the sign by its rule and what it is about; the newest note counts.
    """

    plan = models.ForeignKey("plans.Plan", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    remark = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """Whoever looked says what was seen."""

        constraints = [models.CheckConstraint(condition=~Q(remark=""), name="visits_flag_note_says")]
        indexes = [models.Index(fields=["plan", "key"], name="visits_flag_note_key")]
