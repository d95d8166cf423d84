"""Tables of what payees say themselves about their money, and of what came of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

TEXT_LONGEST = 500


class Heard(models.TextChoices):
    """What a payee says about a line that was sent."""

    GOT = "got", pgettext_lazy("payee", "got it")
    LESS = "less", pgettext_lazy("payee", "got less")
    NOT = "not", pgettext_lazy("payee", "did not get it")


WRONG = (Heard.LESS, Heard.NOT)
"""What has to be looked into."""


class PayeeWord(models.Model):
    """What a payee says of a line: whether the money came. Append-only; the last one counts.

    The text alone may be erased: it can name people and accounts.
    """

    line = models.ForeignKey("payments.PaymentLine", on_delete=models.PROTECT, related_name="words")
    said = models.CharField(max_length=4, choices=Heard)
    text = models.TextField(default="")
    said_at = models.DateTimeField()

    class Meta:
        """It says one of the three."""

        constraints = [models.CheckConstraint(condition=Q(said__in=Heard.values), name="payments_word_said")]


class PayeeWordAnswer(models.Model):
    """What came of a word by which something is wrong: told once, and shown to the payee. Append-only."""

    word = models.OneToOneField(PayeeWord, on_delete=models.PROTECT, related_name="answer")
    text = models.TextField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
