"""What is due about visits and what came of them: visits, days, kits to hand over, problems."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.journeys.hand_over_later import visit_of
from songnuan.journeys.who_chased import offices_of
from songnuan.kernel.days import written
from songnuan.organisation.permissions import Permission, Role
from songnuan.organisation.queries import units_of
from songnuan.plans.models import Measure
from songnuan.tasks.queries import last_asked as asked_problems
from songnuan.tasks.queries import open_of_units
from songnuan.visits.kept import last_asked as asked_visits
from songnuan.visits.owed import Where
from songnuan.visits.queries import VisitRow
from songnuan.visits.rules import last_day
from songnuan.web.due.base import Desk, Due, sunday_of
from songnuan.web.views.shared import names_on
from songnuan.web.views.visits import to_do
from songnuan.web.views.visits import to_hand_over as kits_to_hand_over


def to_visit(desk: Desk) -> Iterator[Due]:
    """Yield the reader's visits that are late or planned for this week, and those that have no day."""
    measures, rows = to_do(desk)
    yield from _to_make(desk, measures, rows)
    yield from _to_date(desk, measures, rows)


def _to_make(desk: Desk, measures: Mapping[int, Measure], rows: Sequence[VisitRow]) -> Iterator[Due]:
    ends = sunday_of(desk.day)
    rows = [row for row in rows if row.overdue or (row.planned_on is not None and row.planned_on <= ends)]
    names = names_on((row.unit_id for row in rows), desk.day)
    asked = _asked(desk, asked_visits([row.visit_id for row in rows if row.overdue]), Permission.VISIT_CHASE)
    for row in rows:
        yield Due(
            title=_("Visit %(unit)s") % {"unit": names[row.unit_id]},
            plan=measures[row.measure_id].plan.title,
            detail=asked.get(row.visit_id, ""),
            url=reverse("visit_record", args=(row.visit_id,)),
            action=_("Record the visit"),
            today=desk.day,
            due_on=last_day(row.planned_on, row.due_on),
            deadline=row.due_on if row.planned_on is not None and row.planned_on < row.due_on else None,
        )


def _to_date(desk: Desk, measures: Mapping[int, Measure], rows: Sequence[VisitRow]) -> Iterator[Due]:
    """Yield the visits without a day, those of one plan together, by their deadline."""
    undated = [row for row in rows if row.planned_on is None and not row.overdue]
    for measure_id in dict.fromkeys(row.measure_id for row in undated):
        of_one = [row for row in undated if row.measure_id == measure_id]
        title = ngettext("%(count)s visit has no day yet", "%(count)s visits have no day yet", len(of_one))
        yield Due(
            title=title % {"count": len(of_one)},
            plan=measures[measure_id].plan.title,
            url=reverse("visits_mine"),
            action=_("Choose the days"),
            today=desk.day,
            due_on=min(row.due_on for row in of_one),
        )


def to_hand_over(desk: Desk) -> Iterator[Due]:
    """Yield the kits that the reader's visits still owe and that are in the store now."""
    rows = [row for row, where in kits_to_hand_over(desk).items() if where is Where.READY]
    names = names_on((row.unit_id for row in rows), desk.day)
    for row in rows:
        yield Due(
            title=_("Hand over the kit: %(unit)s") % {"unit": names[row.unit_id]},
            detail=_("Visited already; kits are in the store."),
            url=reverse("visit", args=(row.visit_id,)) + "#kit",
            action=_("Book the hand-over"),
            today=desk.day,
        )


def to_solve(desk: Desk) -> Iterator[Due]:
    """Yield the open problems that the reader may close, or that the reader's lead office has to solve."""
    may_close = desk.reach_ids(Permission.PROBLEM_CLOSE)
    own = set(units_of(desk.actor, Role.LEAD_LIAISON, desk.at).values_list("pk", flat=True))
    # What a hand-over closes stands among the kits owed.
    rows = [row for row in open_of_units(may_close | own) if visit_of(row.source) is None]
    names = names_on((pk for row in rows for pk in (row.unit_id, row.owner_id)), desk.day)
    titles = {plan.slug: plan.title for plan in desk.plans}
    closing = _("raised by %(unit)s; %(owner)s answers for it")
    solving = _("raised by %(unit)s; %(owner)s answers for it, the epidemic office closes it")
    late = [row.task_id for row in rows if row.is_overdue(desk.day)]
    asked = _asked(desk, asked_problems(late), Permission.PROBLEM_CLOSE)
    for row in rows:
        who = (closing if row.owner_id in may_close else solving) % {
            "unit": names[row.unit_id],
            "owner": names[row.owner_id],
        }
        yield Due(
            title=row.title,
            plan=titles.get(row.plan_slug, ""),
            detail=_("; ").join(filter(None, (asked.get(row.task_id), who))),
            url=reverse("problem", args=(row.task_id,)),
            action=_("Close") if row.owner_id in may_close else _("Report progress"),
            today=desk.day,
            due_on=row.due_on,
            original_due_on=row.original_due_on,
        )


def _asked(desk: Desk, last: Mapping[int, tuple[int | None, date]], permission: Permission) -> dict[int, str]:
    """Return who asked for these things last, and when, in words."""
    offices = offices_of({pk for pk, _day in last.values() if pk is not None}, permission, desk.day)
    words = _("%(office)s asked for it on %(day)s")
    return {
        pk: words % {"office": offices[by_id], "day": written(day)}
        for pk, (by_id, day) in last.items()
        if by_id in offices
    }
