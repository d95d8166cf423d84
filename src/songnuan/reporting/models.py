"""Tables of figures about the work."""

from django.db import models
from django.db.models import F, Q

from songnuan.organisation.permissions import Role


class InputCount(models.Model):
    """What one form asked of the people of a unit who hold one post, in one week.

    `week` is its Monday in China. `posted` are the times the form was handed in and taken; `shown` the inputs
    it had then, `filled` those that were not empty, `typed` those of them that the house had not filled in
    itself.
    """

    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=24, choices=[(role.value, role.value) for role in Role])
    week = models.DateField()
    form = models.CharField(max_length=60)
    posted = models.PositiveIntegerField(default=0)
    shown = models.PositiveIntegerField(default=0)
    filled = models.PositiveIntegerField(default=0)
    typed = models.PositiveIntegerField(default=0)

    class Meta:
        """One count for each unit, post, week and form; nobody types what was not asked."""

        constraints = [
            models.UniqueConstraint(
                fields=["unit", "role", "week", "form"], name="reporting_input_count_once"
            ),
            models.CheckConstraint(
                condition=Q(typed__lte=F("filled"), filled__lte=F("shown")),
                name="reporting_input_count_nested",
            ),
        ]
        indexes = [models.Index(fields=["week", "unit"], name="reporting_input_count_week")]
