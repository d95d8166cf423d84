"""What journeys share: the rules of the check that need to know the house, its units, posts and pairs."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime

from django.utils.translation import gettext as _

from songnuan.goods.pickup_queries import roster_counts
from songnuan.goods.pickup_states import Mode
from songnuan.journeys.pickup_needs import roster_called, span_of
from songnuan.journeys.pickup_settings import PICKUPS, PickupsSettings
from songnuan.kernel.clock import CHINA
from songnuan.organisation.models import Post, UnitLink
from songnuan.organisation.permissions import Permission, Role
from songnuan.organisation.queries import holders, pairs, unit_by_name, units_by_name
from songnuan.organisation.rules import live
from songnuan.plans.lint import LintFinding, Severity
from songnuan.plans.planfile import ClauseEntry, PlanFile


def check_house(plan_file: PlanFile, at: datetime) -> list[LintFinding]:
    """Return what the plan asks for and the house does not have; nothing for a plan of another house."""
    day = at.astimezone(CHINA).date()
    unit = unit_by_name(plan_file.unit, day)
    if unit is None:
        return []
    return [
        *_office(plan_file, unit.pk, at),
        *_posts(plan_file, unit.pk, day),
        *_leads(plan_file, day),
        *_owners(plan_file, unit.pk, day),
        *_people(plan_file, day),
        *_rosters(plan_file),
    ]


def _finding(code: str, severity: Severity, clause: str, message: str, mend: str) -> LintFinding:
    return LintFinding(code=code, severity=severity, clause=clause, message=message, mend=mend)


def _office(plan_file: PlanFile, unit_id: int, at: datetime) -> Iterator[LintFinding]:
    """The office is there, and somebody in it receives what is reported."""
    if plan_file.office is None:
        return
    office = unit_by_name(plan_file.office, at.astimezone(CHINA).date(), under=unit_id)
    facts = {"office": plan_file.office}
    if office is None:
        message = _("The plan’s office “%(office)s” is not among the units of the house.") % facts
        mend = _("Create the unit, or correct its name.")
        yield _finding("office_unknown", Severity.ERROR, "", message, mend)
    elif not holders(Permission.PROBLEM_CLOSE, office.pk, at).exists():
        message = _("Nobody holds a post at “%(office)s” that follows up what is reported to it.") % facts
        mend = _("Give somebody the post of the epidemic office there.")
        yield _finding("office_unstaffed", Severity.WARNING, "", message, mend)


def _posts(plan_file: PlanFile, unit_id: int, day: date) -> Iterator[LintFinding]:
    """Somebody else signs the plan, and somebody inspects it where there is money."""
    if not _held(Role.APPROVER, unit_id, day):
        message = _("Nobody holds the post that approves the plan.")
        mend = _("Give it to whoever signs plans of this unit.")
        yield _finding("nobody_approves", Severity.WARNING, "", message, mend)
    if plan_file.funds and not _held(Role.INSPECTOR, unit_id, day):
        message = _("Money is spent, but nobody holds the post of the discipline inspector.")
        mend = _("Give the post to somebody who neither makes nor approves nor is paid.")
        yield _finding("no_inspector", Severity.WARNING, "", message, mend)


def _held(role: Role, unit_id: int, day: date) -> bool:
    above = UnitLink.objects.filter(live(day), descendant=unit_id).values("ancestor")
    return Post.objects.filter(live(day), role=role, unit__in=above, user__is_active=True).exists()


def _leads(plan_file: PlanFile, day: date) -> Iterator[LintFinding]:
    """Each unit of the pairing table has one lead, and the table as many rows as the plan says."""
    for clause, measure in plan_file.measures():
        if measure.kind == "pairing":
            yield from _table(plan_file, clause, int(measure.settings["units"]), day)


def _table(plan_file: PlanFile, clause: ClauseEntry, wanted: int, day: date) -> Iterator[LintFinding]:
    rows = Counter(pair.unit_name for pair in pairs(plan_file.slug, day))
    twice = sorted(name for name, count in rows.items() if count > 1)
    facts = {"wanted": wanted, "found": len(rows), "units": "、".join(twice)}
    if twice:
        message = _("These units have more than one lead: %(units)s.") % facts
        mend = _("Let one of the leads end in the workbook of units, and import it again.")
        yield _finding("unit_with_two_leads", Severity.ERROR, clause.heading, message, mend)
    if len(rows) < wanted:
        message = _("%(wanted)s units are to have a lead, %(found)s have one.") % facts
        mend = _("Import the workbook of units before the plan is opened.")
        yield _finding("unit_without_lead", Severity.WARNING, clause.heading, message, mend)
    elif len(rows) > wanted:
        message = _("The annex pairs %(found)s units, the text names %(wanted)s.") % facts
        mend = _("Correct the number in the plan, or take the units out of the workbook.")
        yield _finding("units_beyond_text", Severity.WARNING, clause.heading, message, mend)


def _people(plan_file: PlanFile, day: date) -> Iterator[LintFinding]:
    """Where a standard is per person, the text counts the people whom the tree of units knows.

    Of kits that people pick up it is those on their roster, where it is kept here.
    """
    picked_up = {
        settings.kit for _clause, settings in _picked_up(plan_file) if roster_called(settings.roster)
    }
    for clause, measure in plan_file.measures():
        wanted = int(measure.settings.get("people") or 0)
        if measure.kind != "kit_purchase" or measure.settings.get("per") != "person" or not wanted:
            continue
        if measure.key in picked_up:
            continue
        counts = [pair.staff_count for pair in pairs(plan_file.slug, plan_file.starts_on or day)]
        found, unknown = sum(count or 0 for count in counts), counts.count(None)
        if counts and (found != wanted or unknown):
            message = _(
                "The plan counts %(wanted)s people; its units have %(found)s, and %(unknown)s of them tell no"
                " number. What may be bought follows the units."
            )
            mend = _("Correct the number in the plan, or import the workbook of units with its numbers.")
            facts = {"wanted": wanted, "found": found, "unknown": unknown}
            yield _finding("people_differ", Severity.WARNING, clause.heading, message % facts, mend)


def _picked_up(plan_file: PlanFile) -> Iterator[tuple[ClauseEntry, PickupsSettings]]:
    for clause, measure in plan_file.measures():
        if measure.kind == PICKUPS:
            yield clause, PickupsSettings.model_validate(measure.settings)


def _rosters(plan_file: PlanFile) -> Iterator[LintFinding]:
    """Kits that people pick up are bought for as many as stand on the roster, in every round."""
    bought = {
        measure.key: int(measure.settings.get("people") or 0)
        for _clause, measure in plan_file.measures()
        if measure.kind == "kit_purchase"
    }
    answers = {question.key: question.choice for question in plan_file.questions}
    for clause, settings in _picked_up(plan_file):
        roster, wanted = roster_called(settings.roster), bought.get(settings.kit, 0)
        if roster is None or not wanted:
            continue
        people = roster_counts([roster.pk]).get(roster.pk, 0)
        told = settings.mode or answers.get(settings.question)
        least, most = span_of(people, settings, Mode(told) if told in set(Mode) else None)
        if wanted not in {least, most}:
            message = _(
                "Kits are bought for %(wanted)s people; on the roster “%(roster)s” stand %(people)s, who take"
                " %(kits)s. What may be bought follows the roster."
            )
            facts = {"wanted": wanted, "roster": roster.title, "people": people, "kits": least}
            mend = _("Correct the number in the plan, or import the roster of today.")
            yield _finding("roster_differs", Severity.WARNING, clause.heading, message % facts, mend)


def _owners(plan_file: PlanFile, unit_id: int, day: date) -> Iterator[LintFinding]:
    """Whoever is to do something is a unit of the house."""
    named = [
        (clause, item["owner"])
        for clause, measure in plan_file.measures()
        if measure.kind == "assignments"
        for item in measure.settings["items"]
    ]
    known = units_by_name({owner for _clause, owner in named}, day, under=unit_id)
    for clause, owner in dict.fromkeys((clause.heading, owner) for clause, owner in named):
        if owner not in known:
            message = _("“%(owner)s” is to do something, but is not among the units, or not once.")
            mend = _("Create the unit, or correct its name.")
            yield _finding("owner_unknown", Severity.ERROR, clause, message % {"owner": owner}, mend)
