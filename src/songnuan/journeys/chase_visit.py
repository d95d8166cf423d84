"""The office asks a lead for an overdue visit (催办)."""

from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.journeys.telling import NAME_SHOWN, tell
from songnuan.journeys.who_chased import office_of
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import beside
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, holders, unit_names
from songnuan.visits import actions as visits
from songnuan.visits.access import find_visit
from songnuan.visits.models import Visit
from songnuan.visits.rules import last_day


@journey
def chase_visit(*, visit_id: int, actor: Actor, at: datetime) -> bool:
    """Leave a notice for those who visit for the lead, once a day; return False where they have today's.

    Raises:
        Refusal: `not_permitted`, `visit_unknown`, `nothing_to_chase`.

    """
    if not visits.chase(visit_id=visit_id, actor=actor, at=at):
        return False
    visit, day = find_visit(visit_id), day_of(at)
    names = unit_names({visit.unit_id}, day)
    tell(
        holders(Permission.VISIT_RECORD, visit.lead_id, at),
        partial(_words, visit, names.get(visit.unit_id, ""), actor, at),
        topic="visit.chased",
        key=f"visit.chased:{visit_id}:{day.isoformat()}",
        url=f"/visits/{visit_id}/",
        actor=actor,
        at=at,
    )
    return True


def _words(visit: Visit, name: str, actor: Actor, at: datetime) -> tuple[str, str]:
    """Return title and text of the notice."""
    day = last_day(visit.planned_on, visit.due_on)
    title = _("Report the visit: %(unit)s") % {"unit": name[:NAME_SHOWN]}
    sentence = _(
        "%(office)s asks for it: it was to be made by %(day)s, and no report has come in. Record it, or ask "
        "for a later day."
    )
    office = office_of(actor, Permission.VISIT_CHASE, at)
    return title, sentence % {"office": office, "day": beside(day, visit.due_on)}
