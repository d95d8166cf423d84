"""Tables of special families (计生特殊家庭): who they are, sealed; who leads them; and who looked."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from songnuan.casework.case_models import Case, CaseText
from songnuan.kernel.sealed import SealedField


class Looked(models.TextChoices):
    """What of a special family somebody saw."""

    CASE = "case", pgettext_lazy("look", "the page of the family")
    NEED = "need", pgettext_lazy("look", "the page of a need")
    PHONE = "phone", pgettext_lazy("look", "the phone number")
    LEDGER = "ledger", pgettext_lazy("look", "the ledger")
    INSPECTED = "inspected", pgettext_lazy("look", "the page of the family, as inspector")


class CaseOffice(models.Model):
    """The unit that leads the special families of a measure, as the plan named it when it was opened."""

    measure = models.OneToOneField(
        "plans.Measure", on_delete=models.PROTECT, related_name="+", primary_key=True
    )
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")


class SpecialFamily(models.Model):
    """Who a special family is; emptied when its time is over.

    `index` finds the same name and phone again. `told_at` is when it was put down or corrected last.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="special")
    name = SealedField(default="")
    phone = SealedField(default="")
    address = SealedField(default="")
    about = SealedField(default="")
    ended_why = SealedField(default="")
    index = models.CharField(max_length=64, default="", blank=True, db_index=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    told_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        """Who is erased is found no more, and who is not is found."""

        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) & ~Q(index="") | Q(erased_at__isnull=False, index=""),
                name="casework_special_indexed",
            )
        ]


class CaseLook(models.Model):
    """That somebody saw a special family: who, when, what; an inspector says why. Append-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="looks")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    what = models.CharField(max_length=9, choices=Looked)
    why = models.OneToOneField(CaseText, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        """What was seen is among those named; who inspects says why."""

        constraints = [
            models.CheckConstraint(condition=Q(what__in=Looked.values), name="casework_look_what"),
            models.CheckConstraint(
                condition=~Q(what=Looked.INSPECTED) | Q(why__isnull=False), name="casework_look_why"
            ),
        ]
