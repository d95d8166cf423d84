"""Helpers are reminded of their families each day; the union's officer hears of contacts that stay missed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.casework.case_models import Case, HelperState
from songnuan.casework.case_queries import cases_of, need_rows, open_needs_of, standings
from songnuan.casework.case_rules import contact_due, printed, visit_due, visit_owed
from songnuan.journeys.base import journey
from songnuan.journeys.case_find import tell_deputy, tell_officers
from songnuan.journeys.case_settings import KINDS, settings_of
from songnuan.journeys.telling import listed, tell
from songnuan.journeys.working_days import works
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import User
from songnuan.organisation.queries import day_of
from songnuan.plans.models import Measure, MeasureStatus


@dataclass(slots=True)
class _Day:
    """What one helper has to do: numbers of families and needs."""

    contact: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    visit: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many things that is."""
        return len(self.contact) + len(self.missed) + len(self.visit) + len(self.needs)


@journey
def remind_of_families(*, actor: Actor, at: datetime) -> int:
    """Leave each helper one notice a day of what is due or missed, however often it runs.

    What was missed is spoken of on working days alone. Where a contact or a visit stays missed for as many
    days as the plan sets, the officers hear of it, once for each missed day.

    Returns:
        How many things were spoken of.

    """
    day = day_of(at)
    measures = Measure.objects.filter(kind__in=KINDS, status=MeasureStatus.OPEN)
    rhythms = {one.pk: settings_of(one).rhythm for one in measures}
    cases = list(cases_of(rhythms).filter(helper_state=HelperState.ACCEPTED, ended_at=None))
    stand = standings(cases, day)
    days: dict[int, _Day] = defaultdict(_Day)
    for case in cases:
        assert case.helper_id is not None  # noqa: S101 - who accepted is somebody
        rhythm, mine = rhythms[case.measure_id], days[case.helper_id]
        number, one = printed(case.number), stand[case.pk]
        due = contact_due(one, rhythm)
        if due == day:
            mine.contact.append(number)
        elif due is not None and due < day and works(day):
            mine.missed.append(number)
        home = visit_due(one, rhythm)
        if home is not None and (visit_owed(one) == day - timedelta(days=1) or home <= day):
            mine.visit.append(number)
        for missed in (due, home):
            if missed is not None and missed + timedelta(days=rhythm.chase) <= day:
                _escalate(case, missed, actor, at)
    _needs(cases, days, day)
    for helper_id, mine in days.items():
        if mine.count:
            _tell_helper(helper_id, mine, day, actor, at)
    return sum(mine.count for mine in days.values())


def _needs(cases: Sequence[Case], days: dict[int, _Day], day: date) -> None:
    helpers = {case.pk: case.helper_id or 0 for case in cases}
    for row in need_rows(open_needs_of(helpers)):
        if row.promised_on == day or (row.promised_on < day and works(day)):
            days[helpers[row.need.case_id]].needs.append(row.number)


def _tell_helper(helper_id: int, mine: _Day, day: date, actor: Actor, at: datetime) -> None:
    tell(
        User.objects.filter(pk=helper_id, is_active=True),
        partial(_words, mine),
        topic="families.due",
        key=f"families.due:{helper_id}:{day}",
        url="/families/",
        actor=actor,
        at=at,
    )


def _words(mine: _Day) -> tuple[str, str]:
    title = ngettext("Families: %(count)s thing is due", "Families: %(count)s things are due", mine.count)
    lines = (
        (_("To contact today: %(numbers)s"), mine.contact),
        (_("Contact missed: %(numbers)s"), mine.missed),
        (_("To visit at home: %(numbers)s"), mine.visit),
        (_("Needs due: %(numbers)s"), mine.needs),
    )
    body = "\n".join(line % {"numbers": listed(numbers)} for line, numbers in lines if numbers)
    return title % {"count": mine.count}, body


def _escalate(case: Case, missed: date, actor: Actor, at: datetime) -> None:
    for tell_ in (tell_officers, tell_deputy):
        tell_(
            case,
            partial(_missed, case),
            topic="families.missed",
            key=f"families.missed:{case.pk}:{missed}",
            actor=actor,
            at=at,
        )


def _missed(case: Case) -> tuple[str, str]:
    helper = case.helper.name if case.helper else ""
    facts = {"number": printed(case.number), "helper": helper}
    title = _("Family %(number)s was not contacted") % facts
    return title, _("%(helper)s is late. Ask, or give the family to somebody else.") % facts
