"""Families that are looked after (专人联系、需求台账): a helper for each, contacts at an interval, needs."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.casework import actions as casework
from songnuan.casework.case_models import Case, Contact, HelperState, NeedClosing, Way
from songnuan.casework.case_queries import (
    cases_of,
    families_to_open,
    need_counts,
    need_rows,
    open_needs_of,
    standings,
)
from songnuan.casework.case_rules import contact_due, printed, printed_need, visit_due
from songnuan.journeys.case_settings import (
    FAMILIES,
    CareSettings,
    FamiliesSettings,
    roster_of,
    settings_of,
)
from songnuan.journeys.measures.base import Evidence, Kind, Opening, Progress
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.organisation.queries import day_of
from songnuan.plans.lint import LintFinding, Severity
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.plans.planfile import ClauseEntry, PlanFile
from songnuan.records import actions as records


def lint(_plan: PlanFile, clause: ClauseEntry, settings: CareSettings) -> Iterator[LintFinding]:
    """Who is to be contacted first after the interval would be contacted less often than the clause says."""
    if settings.first > settings.every:
        yield LintFinding(
            code="first_after_interval",
            severity=Severity.WARNING,
            clause=clause.heading,
            message=_("The first contact may come later (%(first)s days) than the interval says (%(every)s).")
            % {"first": settings.first, "every": settings.every},
            mend=_("Let the first contact come within the interval."),
        )


def open_(opening: Opening) -> None:
    """Take in the families that the register gives on this day."""
    take_in(opening.measure, opening.settings, opening.actor, opening.at)


def take_in(measure: Measure, settings: FamiliesSettings, actor: Actor, at: datetime) -> int:
    """Take in every family that has somebody at the front and is not looked after yet; return how many."""
    found = families_to_open(measure.pk, settings.roster, day_of(at))
    numbers = records.next_numbers(name=f"casework.case:{measure.plan_id}", count=len(found))
    numbered = [(number, one.person_id, one.unit_id) for number, one in zip(numbers, found, strict=True)]
    return casework.open_cases(measure=measure, families=numbered, actor=actor, at=at)


def progress(measures: Sequence[Measure], at: datetime) -> Mapping[int, Progress]:
    """Show how many families have a helper, what is overdue, and which needs are open."""
    keys, on = [measure.pk for measure in measures], day_of(at)
    cases: dict[int, list[Case]] = defaultdict(list)
    for case in cases_of(keys):
        cases[case.measure_id].append(case)
    stand = standings([case for some in cases.values() for case in some], on)
    late_needs = Counter(row.need.case_id for row in need_rows(open_needs_of(stand)) if row.is_late(on))
    counts = need_counts(keys)
    found = {}
    for measure in measures:
        settings = settings_of(measure)
        late, in_order = [], 0
        standing = [case for case in cases[measure.pk] if case.ended_at is None]
        for case in standing:
            days = (
                contact_due(stand[case.pk], settings.rhythm),
                visit_due(stand[case.pk], settings.rhythm),
            )
            is_late = late_needs[case.pk] > 0 or any(day is not None and day < on for day in days)
            late += [printed(case.number)] if is_late else []
            in_order += _is_helped(case) and not is_late
        is_open, roster = measure.status == MeasureStatus.OPEN, roster_of(measure)
        waiting = len(families_to_open(measure.pk, roster, on)) if is_open and roster else 0
        found[measure.pk] = _one(standing, late, in_order, waiting, counts[measure.pk])
    return found


def _is_helped(case: Case) -> bool:
    """Return whether who helps a family accepted; a special family has a deputy besides."""
    return case.helper_state == HelperState.ACCEPTED and (not case.is_special or case.deputy_id is not None)


def _one(
    cases: Sequence[Case], late: Sequence[str], in_order: int, waiting: int, needs: tuple[int, int]
) -> Progress:
    helped = sum(map(_is_helped, cases))
    asked = sum(case.helper_state == HelperState.OFFERED for case in cases)
    families = ngettext("%(count)s family", "%(count)s families", len(cases)) % {"count": len(cases)}
    raised, closed = needs
    notes = []
    if raised:
        share = _("%(closed)s of %(raised)s needs closed")
        notes.append(share % {"closed": closed, "raised": raised})
    if waiting:
        sentence = ngettext("%(count)s new family", "%(count)s new families", waiting)
        notes.append(sentence % {"count": waiting})
    after = ""
    if waiting:
        after = _("Take the new families in")
    elif helped + asked < len(cases):
        after = _("Ask helpers for the families without one")
    elif asked:
        after = _("Helpers accept or decline")
    return Progress(
        done=in_order,
        due=len(cases) + waiting,
        late=len(late),
        late_names=tuple(late),
        headline=_("%(families)s, %(helped)s with a helper") % {"families": families, "helped": helped},
        next=after,
        notes=tuple(notes),
    )


def evidence(measure: Measure, _at: datetime) -> list[Evidence]:
    """List the contacts and the needs that were closed, by the numbers of the families: no names."""
    return [*_contacts(measure), *_closings(measure)]


def _contacts(measure: Measure) -> Iterator[Evidence]:
    rows = Contact.objects.filter(case__measure=measure).select_related("case", "by", "home_visit")
    for row in rows.order_by("pk"):
        visited = hasattr(row, "home_visit")
        yield Evidence(
            kind="home_visit" if visited else "contact",
            ref=str(row.pk),
            at=_noon(row.happened_on),
            label=_("%(number)s · %(way)s · %(who)s")
            % {"number": printed(row.case.number), "way": Way(row.way).label, "who": row.by.name},
            note="" if row.reached else _("nobody reached"),
        )


def _closings(measure: Measure) -> Iterator[Evidence]:
    rows = NeedClosing.objects.filter(need__case__measure=measure, reopening__isnull=True)
    for row in rows.select_related("need__case", "feedback").order_by("pk"):
        number = printed_need(row.need.case.number, row.need.number)
        words = {
            "number": number,
            "category": row.need.get_category_display(),
            "outcome": row.get_outcome_display(),
            "feedback": row.feedback.get_satisfied_display(),
        }
        yield Evidence(
            kind="need",
            ref=str(row.pk),
            at=row.at,
            label=_("%(number)s · %(category)s · %(outcome)s · %(feedback)s") % words,
        )


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), CHINA)


KIND = Kind(
    name=FAMILIES,
    label=lambda: _("Care for families"),
    settings=FamiliesSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=evidence,
    fixed=frozenset({"roster"}),
)
