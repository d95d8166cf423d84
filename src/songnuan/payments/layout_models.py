"""The table of own layouts of bank files; the shipped ones stand in `layouts/shipped`."""

from django.conf import settings
from django.db import models
from django.db.models import Q

SLUG_LONGEST, TITLE_LONGEST, NOTE_LONGEST = 60, 60, 200


class BankLayout(models.Model):
    """A version of a layout (银行文件模板) that a unit wrote; `body` is its JSON. Append-only.

    `slug` names the layout for ever, `number` counts its versions from 1; `unit` is whose it is. `note` says
    what changed.
    """

    slug = models.CharField(max_length=SLUG_LONGEST)
    number = models.PositiveIntegerField()
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=TITLE_LONGEST)
    body = models.TextField()
    note = models.CharField(max_length=NOTE_LONGEST, default="")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    written_at = models.DateTimeField()

    class Meta:
        """The second version of a layout is its second."""

        constraints = [
            models.UniqueConstraint(fields=["slug", "number"], name="payments_layout_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1, title__gt=""), name="payments_layout_told"),
        ]
