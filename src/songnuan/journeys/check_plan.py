"""Checks a plan file: the rules of its text, and those of its measures."""

from songnuan.journeys.measures import kinds, settings_by_kind
from songnuan.plans.lint import LintFinding, lint_text
from songnuan.plans.planfile import read


def check_plan(source: str) -> list[LintFinding]:
    """Return every finding about the plan file, those of the text first.

    Raises:
        Refusal: `plan_unreadable` or `plan_invalid` when it is no plan file at all.

    """
    plan_file = read(source, settings_by_kind())
    findings = lint_text(plan_file)
    for clause, entry in plan_file.measures():
        kind = kinds()[entry.kind]
        findings += kind.lint(plan_file, clause, kind.settings.model_validate(entry.settings))
    return findings
