"""Checks a plan file: the rules of its text, and those of its measures."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from songnuan.journeys.measures import kinds, settings_by_kind
from songnuan.plans.lint import LintFinding, Severity, lint_text
from songnuan.plans.planfile import PlanFile, read

# What a plan has one of: others find the measure by its kind.
ONCE = frozenset({"inspection", "kit_purchase", "pairing", "problems", "unit_visits", "visit_reports"})


def check_plan(source: str) -> list[LintFinding]:
    """Return every finding about the plan file, those of the text first.

    Raises:
        Refusal: `plan_unreadable` or `plan_invalid` when it is no plan file at all.

    """
    plan_file = read(source, settings_by_kind())
    findings = [*lint_text(plan_file), *_kind_twice(plan_file)]
    for clause, entry in plan_file.measures():
        kind = kinds()[entry.kind]
        findings += kind.lint(plan_file, clause, kind.settings.model_validate(entry.settings))
    return findings


def _kind_twice(plan_file: PlanFile) -> Iterator[LintFinding]:
    """Find a measure that the plan has already under this or an earlier clause."""
    first: dict[str, str] = {}
    for clause, entry in plan_file.measures():
        if entry.kind not in ONCE:
            continue
        if entry.kind in first:
            facts = {"kind": kinds()[entry.kind].label(), "first": first[entry.kind]}
            yield LintFinding(
                code="kind_twice",
                severity=Severity.ERROR,
                clause=clause.heading,
                message=_("The plan has the measure “%(kind)s” already, under %(first)s.") % facts,
                mend=_("Keep one of them; it stands for the whole plan."),
            )
        first.setdefault(entry.kind, clause.heading)
