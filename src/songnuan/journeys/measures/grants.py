"""Money to people (慰问金发放): a standard reckoned for those of a roster, paid from an earmarked fund."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field

from songnuan.benefits.double_queries import open_counts
from songnuan.benefits.lists import latest
from songnuan.benefits.models import Reckoning
from songnuan.journeys.measures.base import Evidence, Kind, Opening, Progress, Settings
from songnuan.kernel.money import yuan
from songnuan.plans.lint import LintFinding, Severity
from songnuan.plans.models import Measure
from songnuan.plans.planfile import ClauseEntry, PlanFile

FAMILY_CHOICES: Mapping[str, frozenset[str]] = {
    "couple": frozenset({"each", "one"}),
    "two_children": frozenset({"each", "one", "split"}),
}
"""What a question on families may be answered, by the setting that names it."""


class GrantSettings(Settings):
    """By which standard who is paid, from which fund, and where the plan answers what it leaves open."""

    standard: str = Field(description="标准简称 / short name of the standard")
    roster: str = Field(description="领取人名册 / key of the roster of those who are paid")
    fund: str = Field(description="专项资金文号 / document number of the fund")
    couple: str = Field(default="", description="一户多人的问题 / key of the question on households")
    two_children: str = Field(
        default="", description="一人多名亲属的问题 / key of the question on several payees of one person"
    )


def lint(plan: PlanFile, clause: ClauseEntry, settings: GrantSettings) -> Iterator[LintFinding]:
    """The fund is one of the plan's; what is asked about families is a question of it, with its choices."""
    if all(fund.number != settings.fund for fund in plan.funds):
        yield LintFinding(
            code="benefit_without_fund",
            severity=Severity.ERROR,
            clause=clause.heading,
            message=_(
                "The money is to be paid from “%(fund)s”, which the plan does not name among its funds."
            )
            % {"fund": settings.fund},
            mend=_("Add the fund with its document number to the head of the plan, or correct the number."),
        )
    questions = {question.key: question for question in plan.questions}
    for name, known in FAMILY_CHOICES.items():
        key = getattr(settings, name)
        if not key:
            continue
        if key not in questions:
            yield LintFinding(
                code="question_unknown",
                severity=Severity.ERROR,
                clause=clause.heading,
                message=_("The plan has no question “%(key)s”.") % {"key": key},
                mend=_("Add the question to the head of the plan, or correct its short name."),
            )
        elif not known >= {choice.key for choice in questions[key].choices} or not questions[key].choices:
            yield LintFinding(
                code="question_without_choices",
                severity=Severity.ERROR,
                clause=clause.heading,
                message=_("The question “%(key)s” cannot be gone by: its answers are in free words.")
                % {"key": key},
                mend=_("Give it choices with the keys %(known)s.") % {"known": "、".join(sorted(known))},
            )


def open_(_opening: Opening) -> None:
    """Nothing to do: it is reckoned when somebody asks."""


def progress(measures: Sequence[Measure], _at: datetime) -> Mapping[int, Progress]:
    """Show how many people get how much, and what waits."""
    found = latest(measure.pk for measure in measures)
    doubles = open_counts(row.pk for row in found.values())
    return {measure.pk: _one(found.get(measure.pk), doubles) for measure in measures}


def _one(reckoning: Reckoning | None, doubles: Mapping[int, int]) -> Progress:
    if reckoning is None:
        return Progress(due=1, headline=_("Not reckoned yet"), next=_("Reckon the list"))
    people = ngettext("%(count)s person", "%(count)s people", reckoning.people) % {"count": reckoning.people}
    notes = []
    if reckoning.blocked:
        sentence = ngettext("%(count)s line waits", "%(count)s lines wait", reckoning.blocked)
        notes.append(sentence % {"count": reckoning.blocked})
    doubled = doubles.get(reckoning.pk, 0)
    if doubled:
        sentence = ngettext(
            "%(count)s possible double payment", "%(count)s possible double payments", doubled
        )
        notes.append(sentence % {"count": doubled})
    return Progress(
        due=reckoning.people,
        headline=_("%(people)s, %(sum)s yuan reckoned")
        % {"people": people, "sum": yuan(reckoning.total_minor)},
        notes=tuple(notes),
        undecided=bool(reckoning.blocked or doubled),
    )


def evidence(measure: Measure, _at: datetime) -> list[Evidence]:
    """List what was reckoned."""
    return [
        Evidence(
            kind="reckoning",
            ref=str(row.pk),
            at=row.made_at,
            label=_("%(standard)s, version %(number)s · %(lines)s lines · %(sum)s yuan")
            % {
                "standard": row.version.title,
                "number": row.version.number,
                "lines": row.lines,
                "sum": yuan(row.total_minor),
            },
        )
        for row in Reckoning.objects.filter(measure=measure).select_related("version").order_by("pk")
    ]


KIND = Kind(
    name="grants",
    label=lambda: _("Money to people"),
    settings=GrantSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=evidence,
    fixed=frozenset({"fund"}),
)
