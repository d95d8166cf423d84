"""Returnees (返程人员): who came back is entered, asked after each day, and released by a named person."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.emergency.models import DailyStatus, Returnee, ReturneeStatus
from songnuan.emergency.returnee_queries import tallies
from songnuan.emergency.returnee_rules import Tally
from songnuan.journeys.measures.base import Evidence, Kind, Opening, Progress
from songnuan.journeys.returnee_settings import ReturneesSettings, policy_of, until
from songnuan.kernel.days import written
from songnuan.plans.lint import LintFinding, Severity
from songnuan.plans.models import Measure
from songnuan.plans.planfile import ClauseEntry, PlanFile

_DAYS = re.compile(
    r"(?:观察|隔离|留观)[^，。；]{0,6}?([0-9]{1,3})(?:天|日)"
    r"|([0-9]{1,3})(?:天|日)的?(?:医学观察|健康观察|居家观察|隔离)"
)


def lint(plan: PlanFile, clause: ClauseEntry, settings: ReturneesSettings) -> Iterator[LintFinding]:
    """Days of observation agree with the text; the plan has an office that hears of who is unwell."""
    told = {int(one or other) for one, other in _DAYS.findall(clause.text or "")}
    if told and settings.days not in told:
        message = _("The text says %(text)s days of observation, the measure %(days)s.")
        facts = {"text": "、".join(map(str, sorted(told))), "days": settings.days}
        mend = _("Write the same days in both places.")
        yield LintFinding("observation_differs", Severity.WARNING, clause.heading, message % facts, mend)
    if not plan.office:
        message = _("Returnees are observed, but the plan names no office that hears of who is unwell.")
        mend = _("Name the office in the head of the plan.")
        yield LintFinding("returnees_no_office", Severity.ERROR, clause.heading, message, mend)


def open_(_opening: Opening) -> None:
    """Nothing to prepare: people are entered as they come."""


def counted(measure: Measure, at: datetime) -> dict[int, Tally]:
    """Return what is counted of a measure, by unit."""
    return tallies(measure.pk, policy_of(measure).due, until(measure, at))


def progress(measures: Sequence[Measure], at: datetime) -> Mapping[int, Progress]:
    """Count who is over, and who is missing a status that was due."""
    return {measure.pk: _one(sum(counted(measure, at).values(), Tally())) for measure in measures}


def _one(told: Tally) -> Progress:
    if not told.people:
        return Progress(headline=_("Nobody entered yet"))
    words = ngettext("%(count)s person entered", "%(count)s people entered", told.people)
    headline = words % {"count": told.people}
    facts = {"observed": told.observed, "released": told.released}
    headline += " · " + _("%(observed)s under observation, %(released)s released") % facts
    notes = []
    if told.permille is not None:
        rate = {"made": told.made + told.explained, "due": told.due}
        notes.append(_("Due contacts made or explained: %(made)s of %(due)s") % rate)
    after = ""
    if told.unwell:
        after = ngettext("Answer %(count)s who is unwell", "Answer %(count)s who are unwell", told.unwell)
        after %= {"count": told.unwell}
    elif told.waiting:
        after = ngettext("Look at %(count)s registration", "Look at %(count)s registrations", told.waiting)
        after %= {"count": told.waiting}
    return Progress(
        done=told.released + told.ended,
        due=told.people,
        late=told.overdue,
        headline=headline,
        next=after,
        notes=tuple(notes),
    )


def evidence(measure: Measure, at: datetime) -> list[Evidence]:
    """List what was told each day and every release, by the numbers of the entries: no names."""
    statuses = DailyStatus.objects.filter(returnee__measure=measure).select_related("returnee", "by")
    told = [
        Evidence(
            kind="daily_status",
            ref=str(row.pk),
            at=row.reported_at,
            label=_("No. %(number)s · %(day)s · %(who)s")
            % {"number": row.returnee.number, "day": written(row.day), "who": row.by.name},
            note=_("corrected") if row.version > 1 else "",
        )
        for row in statuses.defer("words", "reason").order_by("pk")
    ]
    released = Returnee.objects.filter(measure=measure, status=ReturneeStatus.RELEASED)
    for row in released.select_related("ended_by").only("number", "ended_at", "ended_by__name"):
        label = _("No. %(number)s · released by %(who)s")
        facts = {"number": row.number, "who": row.ended_by.name if row.ended_by else ""}
        told.append(Evidence("returnee", str(row.pk), row.ended_at or at, label % facts))
    return sorted(told, key=lambda one: one.at)


KIND = Kind(
    name="returnees",
    label=lambda: _("Returnees"),
    settings=ReturneesSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=evidence,
)
