"""Tables of the inspector's call-backs: payments drawn at random, and what whoever was paid says of them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

WORDS_LONGEST, NAME_LONGEST = 1000, 60


class Received(models.TextChoices):
    """What somebody says of what reached them."""

    WHOLE = "whole", pgettext_lazy("call-back", "yes, the whole sum")
    OTHER = "other", pgettext_lazy("call-back", "yes, but another sum")
    NOTHING = "nothing", pgettext_lazy("call-back", "no, nothing")


class Kept(models.TextChoices):
    """What became of the money in their hands."""

    KEPT = "kept", pgettext_lazy("call-back", "yes, kept, and nobody asked for it")
    ASKED = "asked", pgettext_lazy("call-back", "asked to give it back, and did not")
    GAVE_BACK = "gave_back", pgettext_lazy("call-back", "gave it back, all or in part")


class Finding(models.TextChoices):
    """What of an answer is otherwise than the books say; no column holds it, it follows from the answer."""

    LESS = "less", pgettext_lazy("call-back", "received less than was paid")
    MORE = "more", pgettext_lazy("call-back", "received more than was paid")
    NOTHING = "nothing", pgettext_lazy("call-back", "received nothing")
    ASKED = "asked", pgettext_lazy("call-back", "was asked to give it back")
    GAVE_BACK = "gave_back", pgettext_lazy("call-back", "gave it back, all or in part")
    UNSIGNED = "unsigned", pgettext_lazy("call-back", "did not sign for the cash")
    CAME_BACK = "came_back", pgettext_lazy("call-back", "says to have it, though it came back")


class PaymentSample(models.Model):
    """Payments drawn at random out of those that were paid (发放回访抽样). Append-only.

    Attributes:
        number: Its number in the plan, without gaps: a draw that nobody used stays.
        payment_list: The released list that it was drawn from; None where it is drawn from several.
        measure: The clause whose lists it was drawn from, where it is not one list; None for all of the plan.
        since: The first day of payment that counts, and `until` the last, where it is not one list.
        seed: What the draw was made with; with `drawn_from` it gives the same payments again.
        by_unit: Whether every unit has its share, at least one.
        drawn_from: Every payment it could have drawn, as JSON: [payment, unit] in order.
        total_minor: What all that it could have drawn come to, in fen.
        digest: SHA-256 (hex) over seed, kind of draw, all payments and those drawn.
        confidence: Per cent; `margin_for` gives the error that its size allows in the worst case.
        reason: Why it was drawn while people of an earlier one were still to be called.

    """

    plan = models.ForeignKey("plans.Plan", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    payment_list = models.ForeignKey(
        "payments.PaymentList", on_delete=models.PROTECT, related_name="+", null=True
    )
    measure = models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="+", null=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    seed = models.CharField(max_length=64)
    by_unit = models.BooleanField()
    drawn_from = models.TextField()
    population = models.PositiveIntegerField()
    total_minor = models.BigIntegerField()
    size = models.PositiveIntegerField()
    confidence = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    reason = models.TextField(default="")
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()

    class Meta:
        """Numbers have no gaps to hide in; no more is drawn than there is; it is of a list or of a period."""

        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="payments_sample_number_once"),
            models.CheckConstraint(
                condition=Q(size__gt=0, size__lte=F("population")), name="payments_sample_size"
            ),
            models.CheckConstraint(
                condition=Q(confidence__in=(80, 90, 95, 99)), name="payments_sample_confidence"
            ),
            models.CheckConstraint(condition=~Q(seed=""), name="payments_sample_seeded"),
            models.CheckConstraint(
                condition=Q(payment_list__isnull=False, measure__isnull=True, since=None, until=None)
                | Q(payment_list__isnull=True, since__isnull=False, until__gte=F("since")),
                name="payments_sample_scope",
            ),
        ]


class SampledPayment(models.Model):
    """One payment that was drawn, in the order of the draw. Append-only.

    `came_back`: it was paid and had come back by then, so that nothing received is what the books say too.
    """

    sample = models.ForeignKey(PaymentSample, on_delete=models.PROTECT, related_name="payments")
    position = models.PositiveIntegerField()
    instruction = models.ForeignKey("payments.PaymentInstruction", on_delete=models.PROTECT, related_name="+")
    came_back = models.BooleanField()

    class Meta:
        """A payment is drawn once."""

        constraints = [
            models.UniqueConstraint(fields=["sample", "position"], name="payments_sampled_place_once"),
            models.UniqueConstraint(fields=["sample", "instruction"], name="payments_sampled_once"),
        ]


class CallBack(models.Model):
    """What calling one person back came to; the newest one counts.

    Append-only, but that the words and whom money was given back to go with the person who was called.

    Sums are fen. Where nobody was reached the answers are empty. `received_minor` is told where another sum
    reached them, `back_minor` and `back_to` where they gave some of it back. `signed` is asked of cash alone:
    whether they signed for it themselves. `is_amiss`: something of it is otherwise than the books say.
    """

    payment = models.ForeignKey(SampledPayment, on_delete=models.PROTECT, related_name="calls")
    reached = models.BooleanField()
    received = models.CharField(max_length=8, choices=Received, default="")
    received_minor = models.BigIntegerField(null=True)
    kept = models.CharField(max_length=9, choices=Kept, default="")
    back_minor = models.BigIntegerField(null=True)
    back_to = models.CharField(max_length=NAME_LONGEST, default="")
    signed = models.BooleanField(null=True)
    is_amiss = models.BooleanField()
    words = models.TextField(default="")
    happened_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """Who was not reached says nothing; what is amiss is told in words, sums and to whom."""

        constraints = [
            models.CheckConstraint(
                condition=Q(reached=False, received="", kept="", signed__isnull=True, is_amiss=False)
                | Q(reached=True, received__in=Received.values),
                name="payments_callback_reached",
            ),
            models.CheckConstraint(
                condition=(
                    Q(received=Received.OTHER, received_minor__gt=0, received_minor__isnull=False)
                    | ~Q(received=Received.OTHER) & Q(received_minor__isnull=True)
                ),
                name="payments_callback_received",
            ),
            models.CheckConstraint(
                condition=Q(received__in=(Received.WHOLE, Received.OTHER), kept__in=Kept.values)
                | Q(received__in=(Received.NOTHING, ""), kept=""),
                name="payments_callback_kept",
            ),
            models.CheckConstraint(
                condition=Q(kept=Kept.GAVE_BACK, back_minor__isnull=False, back_minor__gt=0, back_to__gt="")
                | ~Q(kept=Kept.GAVE_BACK) & Q(back_minor__isnull=True, back_to=""),
                name="payments_callback_gave_back",
            ),
            models.CheckConstraint(
                condition=Q(is_amiss=False) | ~Q(words=""), name="payments_callback_amiss_says_what"
            ),
            models.CheckConstraint(
                condition=Q(is_amiss=True)
                | ~Q(received=Received.OTHER) & ~Q(kept__in=(Kept.ASKED, Kept.GAVE_BACK)),
                name="payments_callback_amiss",
            ),
        ]
