"""What journeys share: which units the head of a plan file names."""

from datetime import date

from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import unit_by_name
from songnuan.plans.planfile import PlanFile


def units_of_head(plan_file: PlanFile, on: date) -> tuple[int, int | None]:
    """Return the ids of the unit and the office as they are called on the day.

    Raises:
        Refusal: `unit_unknown`.

    """
    unit = unit_by_name(plan_file.unit, on)
    if unit is None:
        sentence = _(
            "The plan is that of “%(name)s”, which is not among the units. Check the name, or create it."
        )
        raise Refusal("unit_unknown", sentence % {"name": plan_file.unit}, field="unit")
    if plan_file.office is None:
        return unit.pk, None
    office = unit_by_name(plan_file.office, on)
    if office is None:
        sentence = _("The plan’s office “%(name)s” is not among the units. Check the name, or create it.")
        raise Refusal("unit_unknown", sentence % {"name": plan_file.office}, field="office")
    return unit.pk, office.pk
