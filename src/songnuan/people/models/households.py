"""What somebody decided about a child whose two parents serve at the front on the same days."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from songnuan.kernel.sealed import SealedField
from songnuan.people.models.register import Person


class HouseholdNote(models.Model):
    """A decision of one moment. Only added to, until one of the three persons is erased: then it goes whole.

    `first` and `second` are those who look after `child`, the one with the lower id first. `through` is the
    newest service that was looked at: what is told after it asks for a decision anew. `digest` is what the
    trail has of the text.
    """

    child = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    first = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = SealedField()
    digest = models.CharField(max_length=64, unique=True)
    through = models.PositiveBigIntegerField()
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    noted_at = models.DateTimeField()

    class Meta:
        """Three persons, the two in their order."""

        constraints = [
            models.CheckConstraint(
                condition=Q(first__lt=F("second")) & ~Q(child=F("first")) & ~Q(child=F("second")),
                name="people_household_note_three",
            )
        ]
