"""Checks a plan file: the rules of its text, those of its measures, and those of the house that runs it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from django.utils.translation import gettext as _

from songnuan.journeys.check_house import check_house
from songnuan.journeys.measures import kinds, settings_by_kind
from songnuan.plans.lint import LintFinding, Severity, lint_text
from songnuan.plans.planfile import PlanFile, read

# What a plan has one of: others find the measure by its kind.
ONCE = frozenset(
    {
        "burden",
        "inspection",
        "kit_purchase",
        "leader_visits",
        "lessons",
        "pairing",
        "pickups",
        "problems",
        "response",
        "returnees",
        "screening",
        "unit_visits",
        "visit_reports",
    }
)
# From which other kind the evidence of a kind comes; without it there is nothing that could show anything.
COMES_FROM: Mapping[str, str] = MappingProxyType(
    {
        "early_warning": "situation_reports",
        "unit_visits": "pairing",
        "visit_reports": "unit_visits",
        "problems": "unit_visits",
    }
)


def check_plan(source: str, at: datetime | None = None) -> list[LintFinding]:
    """Return every finding about the plan file, those of the text first.

    Args:
        source: The plan file.
        at: When the house is asked what it knows of the plan's units and posts; None leaves it out.

    Raises:
        Refusal: `plan_unreadable` or `plan_invalid` when it is no plan file at all.

    """
    plan_file = read(source, settings_by_kind())
    findings = [*lint_text(plan_file), *_kind_twice(plan_file), *_without_evidence(plan_file)]
    for clause, entry in plan_file.measures():
        kind = kinds()[entry.kind]
        findings += kind.lint(plan_file, clause, kind.settings.model_validate(entry.settings))
    if at is not None:
        findings += check_house(plan_file, at)
    return findings


def _kind_twice(plan_file: PlanFile) -> Iterator[LintFinding]:
    """Find a measure that the plan has already under this or an earlier clause."""
    first: dict[tuple[str, bool], str] = {}
    for clause, entry in plan_file.measures():
        if entry.kind not in ONCE:
            continue
        # What families get stands beside what units get.
        one = (entry.kind, entry.settings.get("per") == "family")
        if one in first:
            facts = {"kind": kinds()[entry.kind].label(), "first": first[one]}
            yield LintFinding(
                code="kind_twice",
                severity=Severity.ERROR,
                clause=clause.heading,
                message=_("The plan has the measure “%(kind)s” already, under %(first)s.") % facts,
                mend=_("Keep one of them; it stands for the whole plan."),
            )
        first.setdefault(one, clause.heading)


def _without_evidence(plan_file: PlanFile) -> Iterator[LintFinding]:
    """Find a measure whose evidence would come from another one that the plan does not have."""
    have = {entry.kind for _clause, entry in plan_file.measures()}
    for clause, entry in plan_file.measures():
        source = COMES_FROM.get(entry.kind)
        if source is not None and source not in have:
            facts = {"kind": kinds()[entry.kind].label(), "source": kinds()[source].label()}
            message = _(
                "Nothing can show the measure “%(kind)s”: it comes from “%(source)s”, which is missing."
            )
            yield LintFinding(
                code="measure_without_evidence",
                severity=Severity.WARNING,
                clause=clause.heading,
                message=message % facts,
                mend=_("Add that measure, or bind one of another kind to the clause."),
            )
