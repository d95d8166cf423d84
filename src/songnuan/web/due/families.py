"""What is due about families: to answer, to contact, to visit, to see to needs; and to oversee."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from songnuan.casework.case_access import led_measures, own_cases
from songnuan.casework.case_models import HelperState, Satisfied
from songnuan.casework.case_queries import cases_of, families_to_open
from songnuan.journeys.case_settings import FAMILIES, roster_of, settings_of
from songnuan.kernel.days import written
from songnuan.organisation.permissions import Permission
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.web.case_page import FamilyRow, family_rows
from songnuan.web.due.base import Desk, Due, Part

_AHEAD = 3
"""Days ahead for which contacts and visits are shown."""


def to_help(desk: Desk) -> Iterator[Due]:
    """Yield the families that the reader is asked to help, is to contact or to visit, and their needs."""
    cases = own_cases(desk.user.pk).filter(measure__status=MeasureStatus.OPEN)
    found = list(cases.select_related("helper", "measure", "plan").order_by("pk"))
    if not found:
        return
    for row in family_rows(found, desk.day):
        if row.case.deputy_id == desk.user.pk:
            # While its contact person is on time the deputy has nothing to do.
            yield from _own(row, desk) if row.is_late else ()
        elif row.helper_state == HelperState.OFFERED:
            yield _due(row, desk, _("Keep in touch with family %(number)s?"), pgettext("family", "Answer"))
        else:
            yield from _own(row, desk)


def _own(row: FamilyRow, desk: Desk) -> Iterator[Due]:
    soon = desk.day + timedelta(days=_AHEAD)
    if row.contact_on is not None and row.contact_on <= soon:
        yield Due(
            title=_("Contact family %(number)s") % {"number": row.number},
            plan=row.case.plan.title,
            detail=row.unit,
            url=reverse("family_contact", args=(row.case.pk,)),
            action=_("Record a contact"),
            today=desk.day,
            due_on=row.contact_on,
        )
    if row.visit_on is not None and row.came_back_on is not None:
        yield Due(
            title=_("Visit family %(number)s at home") % {"number": row.number},
            plan=row.case.plan.title,
            detail=_("Service at the front ended on %(day)s.") % {"day": written(row.came_back_on)},
            url=reverse("family_visit", args=(row.case.pk,)),
            action=_("Record the visit"),
            today=desk.day,
            due_on=row.visit_on,
        )
    for one in row.needs:
        yield Due(
            title=_("Need %(number)s: %(about)s")
            % {"number": one.number, "about": one.need.get_category_display()},
            plan=row.case.plan.title,
            detail=str(one.need.get_urgency_display()),
            url=reverse("family_need", args=(one.need.pk,)),
            action=pgettext("need", "See to it"),
            today=desk.day,
            due_on=one.promised_on,
            original_due_on=one.need.promised_on,
        )


def _due(row: FamilyRow, desk: Desk, title: str, action: str) -> Due:
    return Due(
        title=title % {"number": row.number},
        plan=row.case.plan.title,
        detail=row.unit,
        url=reverse("family_case", args=(row.case.pk,)),
        action=action,
        today=desk.day,
    )


def to_oversee_families(desk: Desk) -> Iterator[Due]:
    """Yield what the union's officer sees to: new families, helpers, missed contacts, words to judge."""
    plans = desk.running(desk.reach_ids(Permission.CASE_MANAGE))
    if not plans:
        return
    rows = Measure.objects.filter(plan__in=plans, kind=FAMILIES, status=MeasureStatus.OPEN)
    measures = list(rows.select_related("plan").order_by("pk"))
    families = family_rows(list(cases_of([one.pk for one in measures])), desk.day) if measures else []
    for measure in measures:
        own = [row for row in families if row.case.measure_id == measure.pk]
        yield from _missing(measure, own, desk)
        yield from _missed(measure, own, desk)
        yield from _to_judge(own, desk)


def to_lead_special_families(desk: Desk) -> Iterator[Due]:
    """Yield what the office that leads special families sees to: who helps, deputies, missed contacts."""
    if not desk.may(Permission.CASE_LEAD):
        return
    rows = led_measures(desk.actor, desk.at).filter(status=MeasureStatus.OPEN)
    measures = list(rows.select_related("plan").order_by("pk"))
    cases = cases_of([one.pk for one in measures]).filter(ended_at=None) if measures else ()
    families = family_rows(list(cases), desk.day) if measures else []
    for measure in measures:
        own = [row for row in families if row.case.measure_id == measure.pk]
        yield from _missing(measure, own, desk)
        yield from _without_deputy(measure, own, desk)
        yield from _missed(measure, own, desk)
        yield from _to_judge(own, desk)


def _without_deputy(measure: Measure, rows: Sequence[FamilyRow], desk: Desk) -> Iterator[Due]:
    without = [row for row in rows if not row.deputy]
    if without:
        count = len(without)
        sentence = ngettext("%(count)s family has no deputy", "%(count)s families have no deputy", count)
        yield Due(
            title=sentence % {"count": count},
            plan=measure.plan.title,
            url=reverse("families_board", args=(measure.pk,)) + "?show=without",
            action=_("Name deputies"),
            today=desk.day,
            parts=tuple(
                Part(row.number, row.unit, reverse("family_case", args=(row.case.pk,)) + "#deputy")
                for row in without
            ),
        )


def _missing(measure: Measure, rows: Sequence[FamilyRow], desk: Desk) -> Iterator[Due]:
    board = reverse("families_board", args=(measure.pk,))
    roster = roster_of(measure)
    if waiting := len(families_to_open(measure.pk, roster, desk.day)) if roster else 0:
        sentence = ngettext(
            "%(count)s new family with somebody at the front",
            "%(count)s new families with somebody at the front",
            waiting,
        )
        yield Due(
            title=sentence % {"count": waiting},
            plan=measure.plan.title,
            url=board,
            action=_("Take them in"),
            today=desk.day,
        )
    without = sum(row.helper_state == HelperState.NONE for row in rows)
    if without:
        sentence = ngettext("%(count)s family has no helper", "%(count)s families have no helper", without)
        yield Due(
            title=sentence % {"count": without},
            plan=measure.plan.title,
            url=reverse("families_helpers", args=(measure.pk,)),
            action=_("Propose helpers"),
            today=desk.day,
        )


def _missed(measure: Measure, rows: Sequence[FamilyRow], desk: Desk) -> Iterator[Due]:
    """Yield the contacts and visits that helpers missed for so many days that the officer hears of it."""
    chase = timedelta(days=settings_of(measure).chase)
    late = [
        row
        for row in rows
        if row.case.helper_id != desk.user.pk
        and any(day is not None and day + chase <= desk.day for day in (row.contact_on, row.visit_on))
    ]
    if not late:
        return
    sentence = ngettext(
        "%(count)s family was not contacted", "%(count)s families were not contacted", len(late)
    )
    yield Due(
        title=sentence % {"count": len(late)},
        plan=measure.plan.title,
        url=reverse("families_board", args=(measure.pk,)) + "?show=late",
        action=_("See the list"),
        today=desk.day,
        due_on=min(day for row in late for day in (row.contact_on, row.visit_on) if day is not None),
        parts=tuple(
            Part(row.number, f"{row.helper} · {row.unit}", reverse("family_case", args=(row.case.pk,)))
            for row in late
        ),
    )


def _to_judge(rows: Sequence[FamilyRow], desk: Desk) -> Iterator[Due]:
    """Yield the needs of which the helper can't be the one who closes them."""
    for row in rows:
        for one in row.needs:
            said = one.feedback
            if said is None or said.heard_by_id == desk.user.pk:
                continue
            heard_by = said.heard_by_id or (said.link.by_id if said.link else None)
            if said.satisfied == Satisfied.NO or (heard_by and heard_by == row.case.helper_id):
                yield Due(
                    title=_("Need %(number)s: the family has answered") % {"number": one.number},
                    plan=row.case.plan.title,
                    detail=str(said.get_satisfied_display()),
                    url=reverse("family_need", args=(one.need.pk,)) + "#close",
                    action=_("Read and decide"),
                    today=desk.day,
                    due_on=one.promised_on,
                )
