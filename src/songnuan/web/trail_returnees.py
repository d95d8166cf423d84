"""What the trail tells of returnees and screening: the number of the entry, never a name."""

from collections.abc import Callable, Collection, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from songnuan.emergency.models import Returnee, ScreeningRound
from songnuan.emergency.returnee_access import reached
from songnuan.organisation.permissions import Permission
from songnuan.web.trail_named import Named, numbers
from songnuan.web.views.shared import Reader


def returnees(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name entries by their numbers; who works with them is led there."""
    rows = Returnee.objects.filter(pk__in=numbers(keys)).only("number")
    own = set(reached(reader.actor, reader.at).filter(pk__in=numbers(keys)).values_list("pk", flat=True))
    return {
        str(row.pk): Named(
            _("Returnee No. %(number)s") % {"number": row.number},
            reverse("returnee", args=(row.pk,)) if row.pk in own else "",
        )
        for row in rows
    }


def rounds(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name rounds of screening by their titles."""
    rows = ScreeningRound.objects.filter(pk__in=numbers(keys)).select_related("measure__plan")
    return {
        str(row.pk): Named(
            row.title,
            reverse("screening_round", args=(row.pk,))
            if reader.may(Permission.EMERGENCY_VIEW, row.measure.plan.unit_id)
            else "",
        )
        for row in rows
    }


RETURNEES: Mapping[str, Callable[[Collection[str], Reader], dict[str, Named]]] = {
    "emergency.returnee": returnees,
    "emergency.round": rounds,
}
