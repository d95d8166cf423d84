"""Who cannot have received a visit, or its goods, for the unit: who went there, and who entered it."""

from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext as _

from songnuan.kernel.actor import Actor
from songnuan.organisation.queries import actor_of
from songnuan.visits.models import LaterReceipt, Visit
from songnuan.visits.rules import FieldProblem, Report


def enterers(visit: Visit, actor: Actor) -> list[str]:
    """Return the names of who enters something of a visit now, and who recorded it."""
    first = visit.recorded_by
    return [actor.label, *([actor_of(first).label] if first else [])]


def barring(visit: Visit, report: Report, actor: Actor) -> Report:
    """Return a corrected report with who cannot have received it; nobody, where no name in it is new."""
    names = [one.name for one in report.members]
    if report.receiver_name == visit.receiver_name and names == members(visit):
        return report
    return replace(report, barred=[*enterers(visit, actor), *names])


def members(visit: Visit) -> list[str]:
    """Return the names of who went there, as the report stands, in its order."""
    return list(visit.members.order_by("position").values_list("name", flat=True))


def received_later(visit: Visit, report: Report) -> Iterator[FieldProblem]:
    """Yield that somebody who signed for what was owed is now said to have gone there."""
    went = {one.name for one in report.members}
    for receipt in LaterReceipt.objects.filter(visit=visit):
        if receipt.receiver_name in went:
            sentence = _("%(name)s received for the unit what was handed over later, so did not go there.")
            yield FieldProblem("members", "member_received", sentence % {"name": receipt.receiver_name})
